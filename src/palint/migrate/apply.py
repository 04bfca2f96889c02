"""Execute a plan: store and read back, then write files, then delete dotenv files.

It may be interrupted after any step."""

from __future__ import annotations

from collections.abc import Callable, Collection

from palint.changes.edits import Change
from palint.changes.write import remove, write
from palint.findings import PalintError
from palint.migrate import values
from palint.migrate.journal import Journal
from palint.migrate.migration_plan import MigrationPlan, PlannedSecret
from palint.migrate.store import SecretStore
from palint.report.summary import pluralize
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.git.process import Call


class DeclinedError(PalintError):
    """The user declined a step; no later step is executed."""


class Migration:
    """One run of a migration.

    store: None if nothing is stored. region: the store's, or the one that what is written names.
    ask: asks whether to execute a step (a sentence without its question mark). say: reports a finished step.
    before_step: called before each step."""

    def __init__(
        self,
        root: str,
        plan: MigrationPlan,
        store: SecretStore | None,
        *,
        region: str = "",
        origin: str,
        replace: Collection[str] = (),
        expand: bool = True,
        ask: Callable[[str], bool],
        say: Callable[[str], None],
        before_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.root, self.plan, self.store = root, plan, store
        self.region = store.region if store else region
        self.origin, self.replace, self.expand = origin, replace, expand
        self.ask, self.say, self.before_step = ask, say, before_step
        self.journal = Journal.open(root)

    def run(self) -> dict[str, str]:
        """Execute the rest of the plan; return the secrets' ARNs. Raises PalintError, with the old state."""
        self.journal.start(self.root, self.plan, region=self.region, expand=self.expand)
        for secret in self.plan.secrets:
            self._store(secret)
        files = self.plan.files
        if files:
            self._agree(f"Write {pluralize(len(files), 'file')}")
            for file in files:
                self._write(file)
            self.say(f"wrote {pluralize(len(files), 'file')}")
        for dotenv in self.plan.removed:
            self._remove(dotenv)
        self.journal.finish()
        return self.journal.arns()

    def _agree(self, step: str) -> None:
        if not self.ask(step):
            raise DeclinedError(
                "stopped; the remaining steps were not executed. `palint migrate --apply` continues from here"
            )

    def _store(self, secret: PlannedSecret) -> None:
        assert self.store is not None
        self._agree(f"Store {pluralize(len(secret.keys), 'key')} in `{secret.secret_id}`")
        self.before_step(f"store {secret.secret_id}")
        keys = values.read(self.root, secret.keys, expand=self.expand)
        self.journal.adding(secret.secret_id, self.store.missing(secret.secret_id, keys)[1])
        made = self.store.put(secret.secret_id, keys, origin=self.origin, replace=self.replace)
        self.before_step(f"note {secret.secret_id}")
        self.journal.stored(secret.secret_id, made.arn)
        self.say(
            f"`{secret.secret_id}`: {made.outcome}, {pluralize(len(made.added), 'key')} added, "
            "read back and compared"
        )

    def _write(self, file: Change) -> None:
        self.before_step(f"write {file.path}")
        write(self.root, file)
        self.before_step(f"note {file.path}")
        self.journal.changed(file.path)

    def _remove(self, file: SourceFile) -> None:
        """Delete a dotenv file after comparing it with the stored secret again: it may have changed."""
        path = file.path
        self._agree(f"Delete {path}")
        for secret in self.plan.secrets:
            own = [key for key in secret.keys if key.sources[0].path == path]
            if own:
                assert self.store is not None
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
        remove(self.root, path, file.data)
        self.before_step(f"note {path}")
        self.journal.changed(path)
        self.say(f"deleted {path}")
