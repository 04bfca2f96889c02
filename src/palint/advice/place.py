"""The place that advice is for: a file, what kind of file it is, and its repository."""

from __future__ import annotations

from palint.advice import facts, languages
from palint.advice.facts import Facts
from palint.advice.languages import LanguageAdvice
from palint.aws import secrets_manager
from palint.files import HEAD, FileKind
from palint.files import kind as kind_of
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple


class Place(NamedTuple):
    """A file with a finding. environments: those of the settings."""

    file: SourceFile
    project: Project
    environments: tuple[str, ...] = ()

    @property
    def kind(self) -> FileKind:
        """The file's language, role and environment."""
        return kind_of(self.file.path, self.file.data[: max(HEAD, 2048)])

    @property
    def facts(self) -> Facts:
        """The facts of the repository, read at the first use."""
        return facts.of(self.project)

    @property
    def language(self) -> LanguageAdvice:
        """What advice needs to know about the file's language."""
        return languages.find(self.kind.language)

    @property
    def secret(self) -> str:
        """The name of the secret that the file holds or reads: `{service}/{environment}`."""
        return self.secret_of(self.file.path)

    def secret_of(self, path: str) -> str:
        """The name of the secret for another path, or for the name of a deployment environment."""
        return f"{self.facts.service}/{secrets_manager.environment(self.environments, path)}"

    @property
    def login(self) -> str:
        """The command with which a developer of this repository signs in, quoted."""
        return f"`aws sso login --profile {self.facts.profile}`"

    @property
    def access(self) -> str:
        """A sentence on how to get access to a secret."""
        return f"In AWS the task's role gives access; on a laptop run {self.login} first."


def indented(code: str) -> str:
    """Code as lines of a fix text: indented by four columns."""
    return "\n".join("    " + line for line in code.splitlines())


def read(language: LanguageAdvice, secret: str) -> str:
    """The statement that reads a secret, indented; "" where code cannot read one."""
    return indented(language.read.replace("{id}", secret))
