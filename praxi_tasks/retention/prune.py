"""Deletes from the store what is old and no longer in use: see ``docs/retention.md`` for the rules."""

from __future__ import annotations

from collections.abc import Iterable

from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.findings.assessment import LONGEST_TREND
from praxi_tasks.learning.model_registry import ModelRegistry, ModelVersion
from praxi_tasks.retention.age import Age
from praxi_tasks.retention.layers import LayerPruner
from praxi_tasks.retention.models import ModelPruner
from praxi_tasks.retention.names import Names
from praxi_tasks.retention.parts import prune_parts
from praxi_tasks.retention.runs import AUDITS, TRAININGS, Run, newest_of_each_line, runs_in
from praxi_tasks.retention.service import ServicePruner
from praxi_tasks.retention.tally import Pruned, Tally
from praxi_tasks.store import Entry, Store, keys


def prune_store(
    store: Store, age: Age, registry: ModelRegistry | None, newest: int, *, trial: bool = False
) -> Pruned:
    """Delete what no retained run, model or page needs.

    It can be ended and repeated at any time, and beside audits and trainings.

    Parameters
    ----------
    registry
        None where no version was ever registered.
    newest
        How many of the newest versions of the model stay, whoever uses them.
    trial
        Delete nothing, and say what would be.

    Raises
    ------
    StoreError
        If the store refuses to list or to delete.
    """
    return _Pruning(store, age, Tally(store, trial=trial)).prune(registry, newest, trial=trial)


class _Pruning:
    def __init__(self, store: Store, age: Age, tally: Tally) -> None:
        self._store = store
        self._age = age
        self._tally = tally
        self._names = Names(store, age)

    def prune(self, registry: ModelRegistry | None, newest: int, *, trial: bool) -> Pruned:
        """Prune folder by folder: runs before what they name."""
        audits = {run.name: run for run in runs_in(self._store, AUDITS)}
        shown = newest_of_each_line(self._store, audits)
        gone = [run for run in audits.values() if not (run.name in shown or run.is_retained(self._age))]
        trainings = list(runs_in(self._store, TRAININGS))
        retained = [run for run in trainings if run.is_retained(self._age)]
        for run in (*(run for run in audits.values() if run not in gone), *retained):
            self._names.add(run)
        self._names.add_requests()
        for run in gone:
            self._delete_run("audits", run, "overview.json")
        LayerPruner(self._store, self._age, self._names, audits, self._tally).prune()
        try:
            versions = registry.versions() if registry else []
            self._prune_trainings([run for run in trainings if run not in retained], versions)
            ModelPruner(self._store, self._age, self._names, self._tally).prune(
                registry, versions, newest, trial=trial
            )
        except (ModelError, RegistryDownError) as error:
            self._tally.leave(f"trainings and models were left: {error}")
        prune_parts(self._store, self._age, self._tally)
        self._prune_requests()
        self._prune_history()
        self._prune_short_lived()
        ServicePruner(self._store, self._age, self._tally).prune()
        return self._tally.result()

    def _delete_run(self, kind: str, run: Run, first: str, spared: str = "") -> None:
        """Delete a run's documents, unless one was written since it was looked at: somebody repeats it."""
        entries = [e for e in self._store.entries(run.folder) if e.key != f"{run.folder}/{spared}"]
        if any(entry.modified > run.changed for entry in entries):
            self._tally.leave(f"{run.folder} was left: it goes on")
        elif entries:
            self._tally.delete_folder(kind, run.folder, entries, first)

    def _prune_trainings(self, gone: Iterable[Run], versions: Iterable[ModelVersion]) -> None:
        """Delete what old trainings left, but for those of the versions that there are.

        The summaries stay: reports draw the history of all trainings, and they are small.
        """
        origins = {version.origin for version in versions}
        for run in gone:
            if run.name not in origins:
                self._delete_run("trainings", run, "plan.json", "summary.json" if run.is_finished else "")

    def _prune_requests(self) -> None:
        """Delete the requests that were served long ago, each before the marker that says so."""
        served = {entry.key: entry for entry in self._old("training/served")}
        marker = {keys.training_request(_stem(key)): key for key in served}
        requests = [entry for entry in self._store.entries("training/requests") if entry.key in marker]
        old = [entry for entry in requests if entry.modified < self._age.finished]
        left = {marker[entry.key] for entry in requests if entry not in old}
        self._tally.delete("requests", old)
        self._tally.delete("requests", [entry for key, entry in served.items() if key not in left])
        self._tally.delete("studies", list(self._old(keys.all_training_studies())))

    def _prune_history(self) -> None:
        """Delete what audits left for the next, but for the last of each line: as many as a trend shows."""
        for line in self._store.folders(keys.histories()):
            entries = sorted(self._store.entries(keys.history(line)))[: -LONGEST_TREND - 1]
            self._tally.delete("history", [e for e in entries if e.modified < self._age.unnamed])

    def _prune_short_lived(self) -> None:
        """Delete what is of use for hours, and advisory indexes but the newest, which are caches."""
        for folder in ("pages", "doctor"):
            self._tally.delete(folder, self._old(folder, self._age.idle))
        indexes = sorted(self._store.entries("feeds-index"), key=lambda entry: entry.modified)[:-1]
        self._tally.delete("feeds-index", [e for e in indexes if e.modified < self._age.idle])

    def _old(self, folder: str, before: float | None = None) -> Iterable[Entry]:
        limit = self._age.finished if before is None else before
        return (entry for entry in self._store.entries(folder) if entry.modified < limit)


def _stem(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json")
