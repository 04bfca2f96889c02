"""One table of languages: how a file of each is recognised, and what palint needs to know about it.

Adding a language is a row here, a parser in `palint.languages` if it has one, and its advice. Suffixes, names
and types follow https://github.com/github-linguist/linguist/blob/main/lib/linguist/languages.yml where a row
gives no other source.
"""

from __future__ import annotations

from functools import lru_cache

from palint.util import lazy_re
from palint.util.typing import NamedTuple

HASH, SLASHES, DASHES, TAGS = ("#", ""), ("//", ""), ("--", ""), ("<!--", " -->")
TRIPLE_QUOTES = ('"""', "'''")
_STRINGS = lazy_re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")


class Language(NamedTuple):
    """One language or format. Paths are in lower case. A file is of the first row that matches it.

    id: its name. type: "programming", "commands" (of a shell or a build), "data", "markup" or "prose".
    suffixes: endings of file names, dot included, of one or two parts. names: whole file names.
    path: a pattern that is searched for in the whole path; every path that it matches contains one of
        `literals`. interpreters: words in the first line of a script whose name has no dot.
    family: the id whose syntax it has (`typescript` has that of `javascript`); "" where it has its own.
    comment: (start, end) of a comment on one line; None if there is none.
    multiline: delimiters of strings that may span lines.
    tags: whether text may be between tags, where a comment would be shown.
    parser: `module.function` in `palint.languages`, from a SourceFile to a tree; "" if there is none.
    """

    id: str
    type: str
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    path: str = ""
    literals: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    family: str = ""
    comment: tuple[str, str] | None = None
    multiline: tuple[str, ...] = ()
    tags: bool = False
    parser: str = ""

    @property
    def syntax(self) -> str:
        """The id of the language whose syntax it has."""
        return self.family or self.id


_JAVASCRIPT = Language(
    "javascript", "programming", (".js", ".mjs", ".cjs"), comment=SLASHES, multiline=("`",),
    parser="javascript.parse",
)  # fmt: skip
_YAML = Language("yaml", "data", (".yml", ".yaml"), comment=HASH, parser="yaml.parse")

LANGUAGES = (
    # --- programs
    Language(
        "python", "programming", (".py", ".pyi", ".pyw"), interpreters=("python",), comment=HASH,
        multiline=TRIPLE_QUOTES, parser="python.module",
    ),
    Language("notebook", "markup", (".ipynb",), parser="notebook.parse"),
    _JAVASCRIPT,
    _JAVASCRIPT._replace(id="jsx", family="javascript", suffixes=(".jsx",), tags=True),
    _JAVASCRIPT._replace(id="typescript", family="javascript", suffixes=(".ts", ".mts", ".cts")),
    _JAVASCRIPT._replace(id="tsx", family="javascript", suffixes=(".tsx",), tags=True),
    Language("vue", "programming", (".vue",), comment=TAGS, multiline=("`",), tags=True),
    Language("svelte", "programming", (".svelte",), comment=TAGS, multiline=("`",), tags=True),
    Language(
        "java", "programming", (".java",), comment=SLASHES, multiline=('"""',), parser="java.parse",

    ),
    Language(
        "kotlin", "programming", (".kt", ".kts"), comment=SLASHES, multiline=('"""',),
    ),
    Language(
        "scala", "programming", (".scala", ".sc", ".sbt"), comment=SLASHES, multiline=('"""',),
    ),
    Language(
        "go", "programming", (".go",), comment=SLASHES, multiline=("`",), parser="go.parse",
    ),
    Language(
        "php", "programming", (".php",), interpreters=("php",), comment=SLASHES,
    ),
    Language(
        "ruby", "programming", (".rb", ".rake", ".ru", ".gemspec"),
        ("gemfile", "rakefile", "vagrantfile", "fastfile", "podfile", "berksfile"),
        interpreters=("ruby",), comment=HASH,
    ),
    Language(
        "csharp", "programming", (".cs",), comment=SLASHES, multiline=('"""',),
    ),
    Language(
        "rust", "programming", (".rs",), comment=SLASHES,
    ),
    Language(
        "shell", "commands", (".sh", ".bash", ".zsh", ".ksh"), interpreters=("sh", "bash", "zsh"),
        comment=HASH,
    ),
    Language("fish", "commands", (".fish",), comment=HASH),
    Language("powershell", "commands", (".ps1", ".psm1"), comment=HASH),
    Language("batch", "commands", (".bat", ".cmd"), comment=("REM", "")),
    # https://bazel.build/rules/language, https://docs.tilt.dev/api.html
    Language("starlark", "programming", (".bzl", ".star"), ("tiltfile",), comment=HASH),
    Language("c", "programming", (".c", ".h"), comment=SLASHES),
    Language("c++", "programming", (".cpp", ".cc", ".hpp"), comment=SLASHES),
    Language("objective-c", "programming", (".m",)),  # MATLAB has the suffix, too
    Language("swift", "programming", (".swift",), comment=SLASHES, multiline=('"""',)),
    Language("dart", "programming", (".dart",), comment=SLASHES, multiline=TRIPLE_QUOTES),
    Language("d", "programming", (".d",), multiline=("`",)),
    Language("elixir", "programming", (".ex", ".exs"), comment=HASH, multiline=('"""',)),
    Language("emacs-lisp", "programming", (".el",), comment=(";", "")),
    Language("haskell", "programming", (".hs",), comment=DASHES),
    Language("crystal", "programming", (".cr",), comment=HASH),
    Language("clojure", "programming", (".clj", ".cljc", ".cljs"), comment=(";", "")),
    Language("erlang", "programming", (".erl", ".hrl"), comment=("%", "")),
    Language("fsharp", "programming", (".fs", ".fsx"), comment=SLASHES),
    Language("julia", "programming", (".jl",), comment=HASH, multiline=('"""',)),
    Language("lua", "programming", (".lua",), comment=DASHES),
    Language("nim", "programming", (".nim",), comment=HASH),
    Language("nix", "programming", (".nix",)),
    Language("ocaml", "programming", (".ml",)),
    Language("coffeescript", "programming", (".coffee",), comment=HASH, multiline=TRIPLE_QUOTES),
    Language("perl", "programming", (".pl",), comment=HASH),
    Language("r", "programming", (".r",), comment=HASH),
    Language("zig", "programming", (".zig",), comment=SLASHES),
    Language("sql", "data", (".sql",), comment=DASHES),
    # --- settings, data and declared infrastructure
    # https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#about-yaml-syntax-for-workflows
    _YAML._replace(
        id="workflow", family="yaml", suffixes=(),
        # not those of packages, which no service runs
        path=r"^(?!(?:[^/]*/)*(?:node_modules|vendor|bower_components)/)(?:[^/]*/)*\.github/workflows/[^/]*\.ya?ml$",
        literals=(".github/workflows/",),
    ),
    # https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax
    _YAML._replace(id="action", family="yaml", suffixes=(), names=("action.yml", "action.yaml")),
    # https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file
    _YAML._replace(
        id="compose", family="yaml", suffixes=(), path=r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$",
        literals=("compose",),
    ),
    # https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html
    _YAML._replace(
        id="ebextensions", family="yaml", suffixes=(), path=r"(?:^|/)\.ebextensions/[^/]*\.config$",
        literals=(".ebextensions/",),
    ),
    # The names that hold one for certain; `palint.dotenv.files` has all. A template is no CloudFormation.
    Language(
        "dotenv", "data", (".env", ".envrc"), comment=HASH,
        path=r"(?:^|[/.])env(?:[._-][\w.-]{1,60})?\.(?:template|example|sample|dist)$",
        literals=(".template", ".example", ".sample", ".dist"),
    ),
    # https://pip.pypa.io/en/stable/reference/requirements-file-format/
    Language(
        "requirements", "data", comment=HASH, literals=("requirements",),
        path=r"requirements/?[^/]{0,60}\.(?:txt|in)$",
    ),
    # YAML or JSON: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
    _YAML._replace(id="cloudformation", family="yaml", suffixes=(".template",), comment=None),
    # https://developer.hashicorp.com/terraform/language/files, https://opentofu.org/docs/language/files/
    Language(
        "terraform", "data", (".tf", ".tfvars", ".tofu"), comment=HASH, parser="hcl.parse",
    ),
    # Packer, Terragrunt, Vault and others
    Language("hcl", "data", (".hcl", ".nomad"), family="terraform", comment=HASH, parser="hcl.parse"),
    # https://developer.hashicorp.com/terraform/language/syntax/json
    # https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
    Language("bicep", "data", (".bicep",), comment=SLASHES),
    Language("terraform-json", "data", (".tf.json", ".tofu.json"), family="json", parser="yaml.parse"),
    _YAML,
    Language("json", "data", (".json",), parser="yaml.parse"),
    Language("jsonc", "data", (".jsonc", ".json5"), family="json", comment=SLASHES, parser="yaml.parse"),
    Language("toml", "data", (".toml",), comment=HASH, multiline=TRIPLE_QUOTES),
    Language("ini", "data", (".ini", ".cfg", ".conf"), comment=HASH),
    Language("git-config", "data", (".gitconfig", ".gitmodules"), comment=HASH),
    Language("properties", "data", (".properties",), comment=HASH),
    # https://learn.microsoft.com/dotnet/framework/configure-apps/, https://learn.microsoft.com/nuget/reference/nuget-config-file
    Language(
        "xml", "data", (".xml", ".plist", ".debug.config", ".release.config"),
        names=("web.config", "app.config", "nuget.config"), comment=TAGS,
    ),
    Language("graphql", "data", (".graphql",), comment=HASH),
    Language("diff", "data", (".diff", ".patch")),
    # https://jestjs.io/docs/snapshot-testing
    Language("snapshot", "data", (".snap",)),
    Language("svg", "data", (".svg",), comment=TAGS),
    Language("png", "data", (".png",)),
    # --- builds
    Language(
        "groovy", "programming", (".groovy", ".gradle"), comment=SLASHES, multiline=TRIPLE_QUOTES,
    ),
    # `Jenkinsfile`, `Jenkinsfile.deploy`: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/
    Language(
        "jenkinsfile", "programming", path=r"(?:^|/)[^/]*jenkinsfile[^/]*$", literals=("jenkinsfile",),
        family="groovy", comment=SLASHES, multiline=TRIPLE_QUOTES,
    ),
    # https://www.gnu.org/software/make/manual/html_node/Makefile-Names.html
    Language(
        "makefile", "commands", (".mk",), ("makefile", "gnumakefile"),
        path=r"(?:^|/)(?:gnu)?makefile\.[\w-]+$", literals=("makefile.",), comment=HASH,
    ),
    # https://just.systems/man/en/
    Language("justfile", "commands", (), ("justfile", ".justfile"), comment=HASH),
    # https://devcenter.heroku.com/articles/procfile
    Language(
        "procfile", "commands", (), ("procfile",), r"(?:^|/)procfile\.[\w-]+$", ("procfile.",), comment=HASH,
    ),
    # https://docs.docker.com/build/concepts/dockerfile/#filename, and Podman's name for it
    Language(
        "dockerfile", "commands", (".dockerfile", ".containerfile"),
        path=r"(?:^|/)(?:docker|container)file[^/]*$", literals=("dockerfile", "containerfile"),
        comment=HASH, parser="dockerfile.parse",
    ),
    # --- pages and prose
    Language("html", "markup", (".html", ".htm"), comment=TAGS),
    Language("css", "markup", (".css",), comment=("/*", " */")),
    Language("sass", "markup", (".scss", ".less", ".sass"), family="css", comment=("/*", " */")),
    Language("markdown", "prose", (".md", ".markdown", ".mdc"), comment=TAGS),
    Language("mdx", "prose", (".mdx",), family="markdown", tags=True),
    Language("rst", "prose", (".rst",)),
    Language("asciidoc", "prose", (".adoc",)),
    Language("text", "prose", (".txt",)),
    # Templates: the rest of the name says of what.
    # https://docs.djangoproject.com/en/stable/ref/templates/, https://jinja.palletsprojects.com/
    Language("jinja", "markup", (".j2", ".jinja", ".jinja2")),
    Language("erb", "markup", (".erb",)),
    Language("ejs", "markup", (".ejs",)),
    Language("handlebars", "markup", (".hbs", ".mustache")),
    Language("go-template", "markup", (".gotmpl", ".tpl")),  # Helm: https://helm.sh/docs/topics/charts/
    # https://developer.hashicorp.com/terraform/language/functions/templatefile
    Language("terraform-template", "markup", (".tftpl",)),
)  # fmt: skip
UNKNOWN = Language("", "")  # of a file that no row matches

_ROWS = list(enumerate(LANGUAGES))
_INDEX = {row.id: index for index, row in _ROWS}
# Suffix, and whole name, to the first row with it; and the rows with a pattern.
_BY_SUFFIX = {suffix: index for index, row in reversed(_ROWS) for suffix in row.suffixes}
_BY_NAME = {name: index for index, row in reversed(_ROWS) for name in row.names}
PATTERNS = {row.id: lazy_re.compile(row.path) for row in LANGUAGES if row.path}  # each compiled once
_BY_LITERAL = [(literal, index, PATTERNS[row.id]) for index, row in _ROWS for literal in row.literals]


def get(name: str) -> Language:
    """The row with this id. Raises KeyError."""
    return LANGUAGES[_INDEX[name]]


@lru_cache(maxsize=1024)
def _named(path: str) -> int:
    """The index of the first row that a path in lower case matches; the number of rows if none does."""
    name = path[path.rfind("/") + 1 :]
    dot, none = name.rfind("."), len(LANGUAGES)
    before = max(name.rfind(".", 0, dot), 0)
    found = min(
        _BY_NAME.get(name, none), _BY_SUFFIX.get(name[dot:], none), _BY_SUFFIX.get(name[before:], none)
    )
    for literal, index, pattern in _BY_LITERAL:
        if index >= found:  # so none is looked for in the path of a program
            break
        if literal in path and pattern.search(path):
            return index
    return found


def find(path: str, head: bytes = b"") -> Language:
    """The language of a file, `UNKNOWN` if none is known. path: in any case. head: its first bytes."""
    path = path.lower()
    index = _named(path)
    if index < len(LANGUAGES):
        return LANGUAGES[index]
    if head.startswith(b"#!") and "." not in path[path.rfind("/") + 1 :]:
        line = head.split(b"\n", 1)[0].decode("latin-1")
        for row in LANGUAGES:
            if any(word in line for word in row.interpreters):
                return row
    return UNKNOWN


def in_comment(language: Language, line: str, at: int) -> bool:
    """Whether line[at] is in a comment that the line itself shows, at its start or after code."""
    if language.comment is None:
        return False
    mark, closing = language.comment
    before = _STRINGS.sub("", f" {line[:at].lstrip()}".replace("\t", " "))
    if mark == "//" and before.startswith((" *", " /*")):
        return "*/" not in before
    code, opens, comment = before.partition(f" {mark}")
    is_open = opens and not comment.startswith("---")  # SQL with a key: `-----BEGIN`
    is_open = is_open and (not closing or closing.strip() not in comment)
    return bool(is_open) and not any(quote in code for quote in "\"'`")
