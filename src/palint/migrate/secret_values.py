"""Read values from files, merge them into a secret, and compare it. Needs only the standard library.

`palint migrate --format shell` copies this module into its script, which runs it without palint:
`python3 FILE MODE SPEC`, with the stored secret on standard input. SPEC has files and places, but no values.
"""

import ast
import json
import re
import sys

_ESCAPE = re.compile(r"\\([nrtfv\"\\$`'])")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]{0,200}))?\}")
_JS_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_JS_ESCAPED = {**_ESCAPED, "b": "\b", "0": "\0", "\n": "", "\r\n": ""}


def values_by_offset(text: str, variables: "list[list]", expand: bool) -> "dict[int, str]":  # type: ignore[type-arg]
    """{start: value} of a dotenv file's variables, each [name, start, end] of its text without quotes."""
    values: dict[int, str] = {}
    known: dict[str, str] = {}
    for name, start, end in variables:
        raw, quote = text[start:end], text[start - 1 : start]
        if quote in ("'", "`") and text[end : end + 1] == quote:
            value = raw
        else:
            quoted = quote == '"' and text[end : end + 1] == quote
            value = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), raw) if quoted else raw
        if expand:  # python-dotenv does so in single quotes, too
            value = _REFERENCE.sub(lambda m: known.get(m[1], m[0] if m[2] is None else m[2]), value)
        known[name] = values[start] = value
    return values


def references(raw: str, known: "dict[str, str]") -> "list[tuple[int, int, str]]":
    """[start, end, what it becomes] of each `${NAME}` in a value. known: the variables above it."""
    return [
        (m.start(), m.end(), known.get(m[1], m[0] if m[2] is None else m[2]))
        for m in _REFERENCE.finditer(raw)
    ]


def literal_value(kind: str, text: str) -> "str | None":
    """The value of a literal: kind "python" or "javascript", quotes included, or "plain"; None: not one."""
    if kind == "plain":
        return text
    if kind == "python":
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
        if isinstance(value, bytes):
            return value.decode("utf-8", "surrogateescape")
        return value if isinstance(value, str) else None
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "\"'`":
        return None
    return _JS_ESCAPE.sub(_unescape, text[1:-1])


def _unescape(match: "re.Match[str]") -> str:
    code = match[1]
    if len(code) > 1 and code[0] in "ux":
        return chr(int(code[1:].strip("{}"), 16))
    return _JS_ESCAPED.get(code, code)


def as_json(keys: "dict[str, object]") -> str:
    """The text of a secret: one JSON object, keys sorted."""
    return json.dumps(dict(sorted(keys.items())), ensure_ascii=False)


def read(spec: "dict") -> "dict[str, object]":  # type: ignore[type-arg]
    """The values of a spec's keys. Exits with a message if a file changed.

    spec: {"expand", "files": {path: {"size", "bom", "encoding", "variables"}},
    "keys": {name: [path, kind, start, end]}}."""
    texts = {}
    for path, file in spec["files"].items():
        with open(path, "rb") as handle:
            data = handle.read()
        if len(data) != file["size"]:
            sys.exit(f"{path} changed since this script was written: write it again")
        errors = "surrogatepass" if "utf" in file["encoding"] else "strict"
        texts[path] = data[file["bom"] :].decode(file["encoding"], errors)
    found: dict[str, object] = {}
    for name, (path, kind, start, end) in spec["keys"].items():
        if kind == "dotenv":
            value = values_by_offset(texts[path], spec["files"][path]["variables"], spec["expand"]).get(start)
        else:
            value = literal_value(kind, texts[path][start:end])
        if value is None:
            sys.exit(f"{path} changed since this script was written: write it again")
        found[name] = value
    return found


def main(mode: str, spec_text: str) -> None:
    """Run a mode: `new` prints the secret.

    With the current secret on standard input, `check` fails if a key has another value (9: nothing to add),
    `merge` prints the merged secret, and `compare` fails if a key is missing."""
    keys = read(json.loads(spec_text))
    if mode == "new":
        sys.stdout.write(as_json(keys))
        return
    current = json.loads(sys.stdin.read())
    if not isinstance(current, dict):
        sys.exit("the secret does not hold a JSON object: choose another name")
    different = sorted(name for name in keys if name in current and current[name] != keys[name])
    if different:
        sys.exit(f"the secret has another value for {', '.join(different)}: nothing was changed")
    missing = [name for name in keys if name not in current]
    if mode == "check":
        sys.exit(0 if missing else 9)
    if mode == "compare":
        sys.exit("the stored secret lacks " + ", ".join(missing) if missing else 0)
    sys.stdout.write(as_json({**current, **keys}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
