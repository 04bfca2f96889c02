"""Filters on the value alone: references to a value that is elsewhere, and templates."""

from __future__ import annotations

from palint.secrets.filters.filter import Filter, with_one_of
from palint.util import lazy_re

_PATH = lazy_re.compile(r"(?:\.{1,2}|~)?/[\w.@~-]*(?:/[\w.@~*-]*){0,20}\Z|[A-Za-z]:\\|\\\\\w|[.~]/")
_WORD_SEGMENTS = lazy_re.compile(r"(?:/[A-Za-z]{3,40}){3}/")
_RANDOM_SEGMENT = lazy_re.compile(r"(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=[^/]*\d)[^/]{10}")


def is_path(value: str) -> bool:
    """Whether this is a file's path, and not base64 that starts with a slash."""
    if not value or (value[0] not in "/.~\\" and value[1:2] != ":"):
        return False
    if _WORD_SEGMENTS.match(value):
        return True
    return _PATH.match(value) is not None and not any(map(_RANDOM_SEGMENT.match, value.split("/")))


REFERENCES = (
    Filter("variable", "it refers to a variable",
        r"(?:\w{0,60}/|\w{1,60}=)?\$[A-Za-z_]\w*(?:\Z|-\Z|->|[\\\[.:/,;)}])|\$[{(]|\$\.\w|:[a-z_]\w*[?!]?\Z|\?\w+(?:=\w*)?\Z|@\{|\*[a-z_-]+\Z|"
        r"(?:env|process|os\.environ|ENV|vars?|secrets|local|data|module|each|self|this|params|var|config)"
        # of Symfony and TeamCity
        r"[.(\[][\w.\[\]\"'(-]*\)?\Z|%[a-z][\w.]{1,40}%/|credentialsJSON:[0-9a-f-]{36}\Z",
        drops=("$DB_PASSWORD", "${X}", "$(cat x)", "process.env.TOKEN", "$TOKEN\\n", ":password",
            "var.db_password", "*db_pass", "?withSecret=1", "/$SLACK_WEBHOOK", "neo4j/$NEO4J_PASSWORD",
            "PHPSESSID=$PHPSESSID", "%kernel.project_dir%/config/a.pem"),
        keeps=("$ecret!pa$$", "$uper$ecret", "environment", "P@$$w0rd", "config-7Kq2")),
    Filter("address", "it is an address or the name of a resource",
        r"[a-z][a-z0-9+.-]{1,20}://|data:[\w/+.-]{0,60}[;,]|(?:urn|arn):|(?:[a-z0-9-]{1,40}\.){1,6}[a-z]{2,10}/|[\w-]{1,60}\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt)\Z|"
        r"(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{0,4}\Z|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\Z",
        drops=("https://example.com/token", "arn:aws:iam::1:role/x", "key.pem", "10.0.0.1:80"),
        keeps=("http-secret", "10.Kq2x")),
    Filter("path", "it is a path", is_path,
        drops=("/run/secrets/db", "./a.key", "~/.ssh/id", "/Default/Environment/Migration/=Jet_002E/@Value"),
        keeps=("/Kq2xZ7vLm9PwRt+4=",)),
    Filter("template", "it is a template",
        with_one_of(
            r"${}#%\[",
            r"\$\{|\{\$[A-Za-z_]|\{\{|\}\}|\{%|%\}|#\{|#\[[A-Za-z_]|\{\d{1,2}\}|%\(\w+(?:\)|\Z)|<%|%>|\$\(|\{(?:[a-z_][\w.]*(?::[\w.<>^+-]{1,12})?|[A-Z][A-Z_]{2,40})?\}|\[\[.*\]\]|"
            r"(?<![\w%])%(?:\[\d\])?[0-9.]*[sdvqx](?!\w)|%[sdv]\Z|\{[A-Za-z_][\w.]{0,40}[\[(]\Z",
        ),
        drops=("{{ vault_password }}", "x-${X}", "#{password}", "#[password]", "<%= key %>", "{password}",
            "{PASSWORDS}|-p", "user-{number:03}", "wd:a_{$aid}", "%s", "%(sid", "key-%d", "%[2]s", ":a}}",
            "{creds[", "{os.getenv(", "all-{0}-{1}"),
        keeps=("Kq2{x9", "100%sure9K", "a$b(c")),
    Filter("elided", "its middle is left out",
        r".{0,240}?(?:\.{3}|…|(?:\[|<|--)snip|\.[xX*]{3,}(?:\.|\Z)|[-_][xX*]{3,}\Z|X{4,}\Z)",
        drops=("eyJhbGci...", "AKIA…", "eyJhbGciOi.xxx.xxx", "hvs.*******", "SWMTKN-1--xxxxx",
            "mdb_sa_sk_xxxx", "xoxp-743817063446-xxx", "AIzaXXXX"),
        keeps=("a..b", "Kq2.x9", "Kq7vWz2pXXX")),
    Filter("class-of-characters", "it is a pattern with a class of characters",
        with_one_of(r"\[(", r"\[[^\]\n]{0,60}\w-\w[^\]\n]{0,60}\][{+*]|\[(?:\w-\w){2}|\(\?[:=!]"),
        drops=("ghp_[0-9A-Za-z]{36}", "(?:pk|sk)_[a-z0-9]+", "/SESS[a-f0-9", "pass|pw(?!d)"),
        keeps=("Kq[2-x9", "a[b-c]Kq7v")),
    Filter("expression", "it is a pattern or code",
        r"/?\^[\[(\w\\]|/\[\^?\w-\w|\[\^?[a-zA-Z]-[a-zA-Z]|\*+\(|\w{0,40}\((?:[^)]{0,80}\))?[;,.]?\Z|function\b|await\b|[({\[]\Z|"
        r"\{\\{1,3}\"(?![^\n]*kty)|"
        r"[\"'`]\s?[+.&]\s?[\w.\[\]()]{1,80}\s?[+.&]\s?[\"'`]\Z|\s[+.&]\s\w",
        drops=("^[a-z]+$", r'{\"jti\":', "[A-Za-z0-9]{8}", "getPassword()", "function () {",
            "` + name + `", " + pw},"),
        keeps=("yourStrong(!)Password", "a(b")),
)  # fmt: skip
