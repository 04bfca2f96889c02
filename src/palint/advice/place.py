"""The place that advice is for: a file, what kind of file it is, and its repository."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

from palint.advice import facts
from palint.advice.facts import Facts, Package
from palint.aws import secrets_manager
from palint.dotenv.files import is_dotenv, is_example
from palint.files import FileKind, environments
from palint.files import kind as find_kind
from palint.files.languages import in_comment
from palint.files.roles import HEADER, Role, matches
from palint.text.source import ParseError, SourceFile
from palint.tree.project import Project
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    from palint.github.workflows import Job, Workflow

# A folder of an environment that is deployed, which a table of folders takes for one of tests.
_ENVIRONMENT_FOLDER = lazy_re.compile(r"(?:^|/)(?:env(?:ironment)?s?|overlays|stages?)/tests?/")
_SETS_UP = ("workflow", "action", "compose", "dockerfile", "shell", "makefile")
BROWSER_FRAMEWORKS = ("react-dom", "vue", "svelte", "@angular/core", "preact", "solid-js")
_BUNDLERS = ("vite", "react-scripts", "webpack", "parcel", "@angular/cli", "@vue/cli-service", "rollup")
_SERVERS = ("express", "fastify", "koa", "@hapi/hapi", "@nestjs/core", "hono")
MIXED = ("next", "nuxt", "@sveltejs/kit", "astro", "@remix-run/node", "electron")  # pages and a server
# Of the DOM: https://developer.mozilla.org/docs/Web/API/Document, https://learn.jquery.com/plugins/
_DOM = (
    "jQuery", "$.fn.", "window.location", "window.document", "document.getElement", "document.querySelector",
    "document.createElement", "document.addEventListener", "document.location",
)  # fmt: skip
_MODULES = ("require(", "process.", "module.exports", "import ")  # of what a bundler or Node.js loads
_CLIENT_FOLDER = lazy_re.compile(r"(?:^|/)(?:src|app|(?P<named>client|frontend|web))/")
_SERVER_FOLDER = lazy_re.compile(r"(?:^|/)(?:server|(?<!src/)api|scripts?|fastlane)/")
# What signs, builds or sends an app: https://docs.fastlane.tools/advanced/Fastfile/, https://docs.expo.dev/app-signing/local-credentials/
_OF_BUILD = lazy_re.compile(r"(?:^|/)(?:fastlane/|credentials\.json\Z)")
_NATIVE_FOLDER = lazy_re.compile(r"(?:^|/)(?:android|ios)/")  # of React Native, beside what it bundles
_BACKEND = lazy_re.compile(r"(?:^|[/_-])(?:server|api|backend|services?)(?:[/_-]|$)")
# A line that opens what the further indented lines below it are in: `test:`, `'testing' => [`, `"dev": {`
_OPENS = lazy_re.compile(
    r"(?:-[ \t]{1,40})?[\"':]?([\w-]{1,60})[\"']?[ \t]{0,40}(?:=>?|:)?[ \t]{0,40}"
    r"(?:&\w{1,60}[ \t]{0,40})?[\[{(]?[ \t]{0,40}(?:(?:#|//).*)?$"
)
_ASSIGNS = lazy_re.compile(r"(?:-[ \t]+)?[\"':]?([\w-]{1,60})[\"']?[ \t]*(?:=|:)")
_USUAL = ("production", "staging", "development")
# The name of a project that is made from a template: https://cookiecutter.readthedocs.io/, https://copier.readthedocs.io/
_TEMPLATE_NAME = lazy_re.compile(r"\{\{[ \w.]{1,60}\}\}")
_TESTS = ("test", "ci")
_RUST_TESTS = "#[cfg(test)]"  # above the module of tests at a file's end: https://doc.rust-lang.org/book/ch11-03-test-organization.html
KEY_FILES = (".key", ".pem", ".crt", ".cert", ".cer")
# What a build script puts into the app: https://developer.android.com/build/gradle-tips
_BUILD_FIELD = lazy_re.compile(r"\b(?:buildConfigField|resValue|manifestPlaceholders|react-native-config)\b")
_MANIFEST = "/src/main/androidmanifest.xml"
_CONTINUED = ("(", "[", "{", ",", "=", "+", "\\")  # ends of a line of Python whose expression goes on
# By a language's comment on a line: those of several lines. `/*` is also in globs: `src/*`
_BLOCKS = {
    "//": ("/*", lazy_re.compile(r"(?:\A|(?<=[\s{(;]))/\*"), "*/"),
    "<!--": ("<!--", lazy_re.compile("<!--"), "-->"),
}  # fmt: skip
_MAX_LINE = 2000  # code points of a line in which the start of a comment is searched for


class Place:
    """A file with a finding, or a part of it. environments: those of the settings.

    offset: where the finding is, in code points of the file's text; None for the file as a whole. stated: the
    usual name of the environment that the text there names, as `.env.staging` does; "" for none.
    """

    def __init__(
        self,
        file: SourceFile,
        project: Project,
        environments: tuple[str, ...] = _USUAL,
        offset: int | None = None,
        stated: str = "",
    ) -> None:
        self.file, self.project, self.environments, self.offset = file, project, environments, offset
        self.stated = stated

    def at(self, offset: int, stated: str = "") -> Place:
        """The place at an offset of the same file. stated: the environment that the text there names."""
        return Place(self.file, self.project, self.environments, offset, stated)

    @cached_property
    def kind(self) -> FileKind:
        """The file's language, role and environment."""
        return self.file.parsed_with(kind_of)

    @property
    def facts(self) -> Facts:
        """The facts of the repository, read at the first use; unknown where no report shows the advice."""
        return facts.of(self.project) if self.project.shows_advice else Facts()

    @cached_property
    def package(self) -> Package:
        """The package.json of the nearest folder; an empty one if there is none."""
        return facts.package(self.project, self.file.path)

    # --- what the file is for

    @cached_property
    def in_test(self) -> bool:
        """Whether the file is of tests, or sets up tests or CI: `.env.test`, `compose.ci.yml`, `tests.yml`.

        The infrastructure of an environment called `test` is not part of a test.
        """
        if self.kind.role is Role.TEST:
            return _ENVIRONMENT_FOLDER.search(self.file.path.lower()) is None
        if self._named:
            return self._named in _TESTS
        if self.kind.language.id == "rust" and _RUST_TESTS in self.file.text[: self.offset or 0]:
            return True
        if self.kind.environment not in _TESTS:
            return False
        path, language = self.file.path, self.kind.language.id
        if path.startswith("config/") and "Gemfile" in self.project.files():
            return True  # https://guides.rubyonrails.org/configuring.html#rails-environment-settings
        if self.kind.language.type == "programming":
            return self.kind.environment == "test"  # `settings/test.py`
        if language in _SETS_UP or is_dotenv(path):
            return True
        from palint import pipelines

        return pipelines.is_pipeline(path)

    @cached_property
    def in_browser(self) -> bool:
        """Whether the code is sent to a browser: a page, a component, or what a bundler puts into one."""
        kind, path = self.kind, self.file.path.lower()
        if kind.role is Role.BROWSER:
            return True
        if kind.role is Role.DOCUMENTATION and kind.language.syntax == "javascript":
            return matches(path, ("served-folder",))  # the page of an example
        is_source = kind.role is Role.SOURCE and kind.language.syntax == "javascript"
        if is_source and not _SERVER_FOLDER.search(path) and self.file.parsed_with(_is_of_page):
            return True
        folder = _CLIENT_FOLDER.search(path)
        if self.file.name != "package.json" and not (is_source and folder):
            return False
        package = self.package.dependencies
        return (
            _SERVER_FOLDER.search(path) is None
            and not package.isdisjoint(BROWSER_FRAMEWORKS)
            and not package.isdisjoint(_BUNDLERS)
            and package.isdisjoint(MIXED)
            and (package.isdisjoint(_SERVERS) or (folder is not None and bool(folder["named"])))
        )

    @cached_property
    def in_app(self) -> bool:
        """Whether the file becomes a part of an app for phones: Android, iOS, React Native, Flutter.

        https://developer.android.com/build#sourcesets, https://reactnative.dev/docs/environment-setup,
        https://docs.flutter.dev/tools/pubspec
        """
        kind, path = self.kind, self.file.path.lower()
        if _OF_BUILD.search(path):
            return False
        demo = kind.role is Role.DOCUMENTATION and (kind.language.type == "programming" or is_example(path))
        if kind.role not in (Role.SOURCE, Role.CONFIGURATION) and not demo:
            return False
        roots = self.project.cached(_app_roots)
        if path.endswith("pubspec.yaml"):
            return "sdk: flutter" in self.file.text
        if kind.language.id == "dotenv":  # it is an asset, or its values are compiled in
            beside = f"{self.file.path[: -len(self.file.name)]}pubspec.yaml"
            if "sdk: flutter" in self.project.text(beside):
                return True
        if path.endswith((".gradle", ".gradle.kts")):
            start, end = self.file.line_at(self.offset or 0)
            return _BUILD_FIELD.search(self.file.text, start, end) is not None
        in_bundle = _NATIVE_FOLDER.search(path) is None
        if in_bundle and not self.package.dependencies.isdisjoint(("react-native", "expo")):
            return _SERVER_FOLDER.search(path) is None
        if kind.language.id in ("swift", "dart") or path.endswith(".plist"):
            return ("dart" if kind.language.id == "dart" else "swift") in roots
        if kind.language.id in ("java", "kotlin"):  # also of libraries, which need no manifest
            return bool(roots) and _BACKEND.search(path.partition("/src/")[0]) is None
        module, source, _ = path.partition("/src/")
        return bool(source) and module in roots

    @property
    def exposed_to(self) -> str:
        """Who reads what the file becomes: `opens the page`, `installs the app`; "" where only servers do."""
        if self.in_browser:
            return "opens the page"
        return "installs the app" if self.in_app else ""

    def in_comment(self, offset: int) -> bool:
        """Whether an offset is in a comment or a docstring: nothing runs it."""
        language, text = self.kind.language, self.file.text
        line = text[text.rfind("\n", 0, offset) + 1 : offset][:_MAX_LINE]
        if language.comment is None or language.id == "ini":  # of unknown settings, too
            return language.type != "prose" and line.lstrip().startswith(("#", ";", "//"))
        if in_comment(language, line, len(line)):
            return True
        if block := _BLOCKS.get(language.comment[0]):
            mark, begins, end = block
            after = text.rfind(end, 0, offset) + 1
            if text.find(mark, after, offset) >= 0 and begins.search(text, after, offset):
                return True
        if language.id != "python":
            return False
        opening = max(text.rfind(quotes, 0, offset) for quotes in language.multiline)
        inside = opening >= 0 and text.count(text[opening : opening + 3], 0, offset) % 2 == 1
        return inside and "\n" in text[opening:offset] and _is_statement(text, opening)

    @cached_property
    def job(self) -> Job | None:
        """The job of a workflow that the place is in; None elsewhere."""
        if self.offset is None or self._workflow is None:
            return None
        inside = (job for job in self._workflow.jobs if job.key.start <= self.offset < job.node.end)
        return next(inside, None)

    @property
    def condition(self) -> str | None:
        """The `if:` of the step that the place is in, of a job or an action; None for none."""
        from palint.github.graph import graph

        actions = self.project.cached(graph).actions
        owner = self.job or actions.get(self.file.path.rpartition("/")[0])
        nodes = [step.node for step in owner.steps] if owner is not None else []
        inside = (node for node in nodes if node.start <= (self.offset or 0) < node.end)
        return next((node.text("if") for node in inside), None)

    def event_of_outsiders(self, *events: tuple[str, ...]) -> str:
        """The event by which outsiders start the job that the place is in, else any job; "" for none.

        events: those to look for; by default those with the repository's permissions.
        """
        workflow = self._workflow
        if workflow is None:
            return ""
        from palint.github.broad_grants import event_of_outsiders

        jobs = workflow.jobs if self.job is None else (self.job,)
        return next(filter(None, (event_of_outsiders(workflow, job, *events) for job in jobs)), "")

    @property
    def _workflow(self) -> Workflow | None:
        if self.kind.language.id != "workflow":
            return None
        from palint.github.graph import graph  # few findings are in a workflow

        try:
            return self.project.cached(graph).workflow(self.file.path)
        except ParseError:
            return None

    @property
    def in_documentation(self) -> bool:
        """Whether the file is read by people only: a program in a folder of examples also runs."""
        if self.kind.language.type == "prose":
            return self.kind.language.id != "text" or self.kind.role is not Role.TEST
        runs = self.kind.language.type in ("programming", "commands")
        return self.kind.role is Role.DOCUMENTATION and not runs

    @property
    def is_deployed(self) -> bool:
        """Whether the name of the file says that it is for a server: `compose.prod.yml`."""
        return self.kind.environment not in ("", "development", "test", "ci")

    @cached_property
    def environment(self) -> str:
        """The environment that the place is of: by the keys above it, its job, else its file; "" for none.

        Never a guess: a word of their names says it.
        """
        is_test = self.kind.role is Role.TEST and not _ENVIRONMENT_FOLDER.search(self.file.path.lower())
        of_file = "test" if is_test else self.kind.environment  # `tests/test_live.py`
        names_both = self.kind.language.id == "workflow" and not (self.stated or self.deployed_to)
        if names_both and len({self._named, of_file} - {"", *_TESTS}) == 2:
            return ""  # the names of a workflow and its job contradict each other
        return self._named or of_file

    @cached_property
    def _named(self) -> str:
        """The environment of a part of a file: of a workflow's job, or by a key above the place."""
        if self.stated or self.offset is None or self.kind.language.type == "prose":
            return self.stated
        if self.kind.language.id == "workflow":
            return self.deployed_to or environments.named(self.job.id if self.job is not None else "")
        above = _keys_above(self.file.text, self.offset)
        # Its command is under `test`: https://docs.docker.com/reference/compose-file/services/#healthcheck
        if "healthcheck" in above:
            return ""
        return next((name for key in above if (name := environments.full_name(key.lower()))), "")

    @property
    def deployed_to(self) -> str:
        """The environment of GitHub that the place's job has, or gives to the workflow that it calls.

        Its usual name, else the name or expression that is written there; "" for none.
        """
        if self.job is None:
            return ""
        inputs = self.job.node.get("with") if self.job.uses is not None else None
        given = inputs.text("environment") if inputs is not None else ""
        named = self.job.environment or given or ""
        return environments.full_name(named.lower()) or named

    # --- names

    @property
    def stored(self) -> str:
        """The name of the secret that the place holds or reads, quoted, with the environments if unknown."""
        return self.stored_for(self.environment)

    def stored_for(self, environment: str) -> str:
        """`stored`, for an environment by its usual name."""
        name = self.secret_of(environment)
        *several, last = self.environments
        which = f" ({', '.join(several)} or {last})" if several else ""
        return f"`{name}`{which if name.endswith(secrets_manager.UNKNOWN) else ''}"

    def secret_of(self, environment: str) -> str:
        """The name of the secret of an environment; with a placeholder for one that has no secret of its own.

        environment: its usual name; "" for an unknown one. Tests have that of development; but a secret of
        GitHub is one for all jobs without an environment of theirs, whatever they are called, and what is
        deployed to an environment for tests is no test.
        """
        template = _TEMPLATE_NAME.search(self.file.path)
        service = template[0] if template else self.facts.service
        usual = secrets_manager.environment_of(environment, self.environments)
        of_test = environment == "test" and self.in_test
        if not usual and of_test and self.kind.language.id not in ("workflow", "terraform"):
            usual = secrets_manager.configured(self.environments, environment)
        return f"{service}/{usual or secrets_manager.UNKNOWN}"

    # --- text

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first match of a pattern in the file, which is searched once."""
        return self.file.parsed_with(_search(pattern))


def kind_of(file: SourceFile) -> FileKind:
    """What a file is; asked with `file.parsed_with`, once for the texts of all its findings."""
    return find_kind(file.path, file.data[:HEADER])


def _is_of_page(file: SourceFile) -> bool:
    """Whether a program uses the DOM and imports nothing, as what a page loads by itself."""
    return any(word in file.text for word in _DOM) and not any(word in file.text for word in _MODULES)


def _keys_above(text: str, offset: int) -> list[str]:
    """The keys that a place of a text is under by indentation, the innermost first: `password`, `test`.

    In YAML, in the literals and blocks of other languages: each is what starts a line that is indented less.
    """
    from palint.languages import yaml

    own = _ASSIGNS.match(text[text.rfind("\n", 0, offset) + 1 : offset].strip())
    found = (_OPENS.match(line.strip()) for line in yaml.keys_above(text, offset).splitlines())
    return [each[1] for each in (own, *found) if each]


def _is_statement(text: str, opening: int) -> bool:
    """Whether a Python string that opens at an offset is a statement, as a docstring is, not a value."""
    start = text.rfind("\n", 0, opening) + 1
    before = text[max(0, start - 200) : start].rstrip()
    return text[start:opening].strip() in ("", "r", "R", "u", "U") and not before.endswith(_CONTINUED)


def _app_roots(project: Project) -> frozenset[str]:
    """The folders of Android modules, in lower case; `swift` and `dart` where these make apps."""
    roots = set()
    for path in map(str.lower, project.files()):
        if path.endswith(_MANIFEST):
            roots.add(path.removesuffix(_MANIFEST))
        elif ".xcodeproj/" in path:
            roots.add("swift")
        elif path.rpartition("/")[2] == "pubspec.yaml":
            roots.add("dart")
    return frozenset(roots)


@cache
def _search(pattern: re.Pattern[str]) -> Callable[[SourceFile], re.Match[str] | None]:
    return lambda file: pattern.search(file.text)


def indented(code: str) -> str:
    """Code as lines of a fix text: indented by four columns."""
    return "\n".join("    " + line if line else "" for line in code.splitlines())
