"""Carry a plan out: store and read back, then write files, then delete dotenv files; in steps that can end
anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

from palint.findings import PalintError
from palint.fixes.plan import Change
from palint.fixes.write import create, write
from palint.migrate import values
from palint.migrate.journal import Journal
from palint.migrate.model import MigrationPlan, PlannedFile, PlannedSecret
from palint.migrate.store import SecretStore
from palint.report.summary import pluralize
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.git.process import Call


class DeclinedError(PalintError):
    """A step that the user did not want; nothing after it is done."""


class Migration:
    """One run. ask: whether to do a step (a sentence without its question mark). say: reports a step that is
    done. before_step: called as each single step begins."""

    def __init__(
        self,
        root: str,
        plan: MigrationPlan,
        store: SecretStore,
        *,
        origin: str,
        replace: Collection[str] = (),
        expand: bool = True,
        ask: Callable[[str], bool],
        say: Callable[[str], None],
        before_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.root, self.plan, self.store = root, plan, store
        self.origin, self.replace, self.expand = origin, replace, expand
        self.ask, self.say, self.before_step = ask, say, before_step
        self.journal = Journal.open(root)

    def run(self) -> dict[str, str]:
        """Do what is left of the plan and give the secrets' ARNs. Raises PalintError, old state kept."""
        self.journal.start(self.plan)
        for secret in self.plan.secrets:
            self._store(secret)
        files = self.plan.files
        if files:
            self._agree(f"Write {pluralize(len(files), 'file')}")
            for file in files:
                self._write(file)
            self.say(f"wrote {pluralize(len(files), 'file')}")
        for path in self.plan.removed:
            self._remove(path)
        arns = self.journal.arns()
        self.journal.end()
        return arns

    def _agree(self, step: str) -> None:
        if not self.ask(step):
            raise DeclinedError(
                "stopped; what was not done yet is as it was. `palint migrate --apply` goes on from here"
            )

    def _store(self, secret: PlannedSecret) -> None:
        self._agree(f"Store {pluralize(len(secret.keys), 'key')} in `{secret.secret_id}`")
        self.before_step(f"store {secret.secret_id}")
        keys = values.read(self.root, secret.keys, expand=self.expand)
        made = self.store.put(secret.secret_id, keys, origin=self.origin, replace=self.replace)
        self.before_step(f"note {secret.secret_id}")
        self.journal.stored(secret.secret_id, made.arn)
        self.say(
            f"`{secret.secret_id}`: {made.outcome}, {pluralize(len(made.added), 'key')} added, "
            "read back and compared"
        )

    def _write(self, file: PlannedFile) -> None:
        self.before_step(f"write {file.path}")
        if file.old is None:
            create(self.root, file.path, file.new)
        else:
            write(self.root, Change(SourceFile(file.path, file.old), (), file.new))
        self.before_step(f"note {file.path}")
        self.journal.finished("files", file.path)

    def _remove(self, path: str) -> None:
        """Delete a dotenv file once more compared with what is stored: it may have changed since."""
        self._agree(f"Delete {path}")
        for secret in self.plan.secrets:
            own = [key for key in secret.keys if key.sources[0].path == path]
            if own:
                keys = values.read(self.root, own, expand=self.expand)
                different = self.store.differences(secret.secret_id, keys)
                if different:
                    raise PalintError(
                        f"{path}: not deleted: `{secret.secret_id}` has another value for "
                        f"{', '.join(different)}; run `palint migrate` again"
                    )
        self.before_step(f"untrack {path}")
        if git.index_entries(self.root, [path]):
            Call(self.root, ["rm", "--cached", "--quiet", "--force", "--", path]).output()
        self.before_step(f"delete {path}")
        os.unlink(os.path.join(self.root, path))
        self.before_step(f"note {path}")
        self.journal.finished("removed", path)
        self.say(f"deleted {path}")
