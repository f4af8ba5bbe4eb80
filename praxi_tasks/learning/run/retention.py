"""Which versions of the model are retained, and how the others are deleted.

A version is a manifest in the store and a copy of it among MLflow's artifacts; both name parts that versions
share. The newest are retained, and those that are in use or can still be chosen. Parts that none names any
more are deleted with all else that the store no longer needs (:mod:`praxi_tasks.retention`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from praxi_tasks.discovery import MANIFEST
from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.model_registry import CHAMPION, ModelRegistry, ModelVersion, ResolvedModel
from praxi_tasks.learning.run.documents import PLAN, TRAINED, Trained
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.store import Store, documents, keys

KEEP: Final = 30
"""How many of the newest versions are retained by default: a month of daily trainings."""

SETTING: Final = "PRAXI_LEARN_KEEP"


def newest_to_keep() -> int:
    """Return how many of the newest versions stay, by the setting.

    Raises
    ------
    UsageError
        If it is no whole number greater than zero.
    """
    return read(SETTING, whole_number, KEEP)


def prune(store: Store, registry: ModelRegistry, newest: int) -> list[ModelVersion]:
    """Delete the versions that need not be retained, the oldest first, and return them.

    Retained are the ``newest``, those with an alias, the one that the champion replaced, those that
    unfinished audits and trainings use, and those that lie outside the store.

    A version's manifest is deleted first and its entry in the registry last: a process that is killed in
    between leaves a version that can't be loaded, and that the next call deletes.

    Raises
    ------
    RegistryDownError
        If the registry can't answer.
    StoreError
        If the store refuses to delete.
    """
    deletable = unneeded_versions(store, registry.versions(), newest)
    for version in deletable:
        folder = version.uri.removeprefix(f"{store.uri}/")
        store.delete(f"{folder}/{MANIFEST}")
        for key in sorted(store.list(folder)):
            store.delete(key)
        registry.delete(version)
    return deletable


def unneeded_versions(store: Store, versions: Sequence[ModelVersion], newest: int) -> list[ModelVersion]:
    """Return the versions made by trainings of this store that none of the rules retains."""
    champion = next((version for version in versions if CHAMPION in version.aliases), None)
    before = champion.replaced if champion else ""
    used = set(_used(store))
    return [
        version
        for version in versions[:-newest]
        if version.uri.startswith(f"{store.uri}/{keys.models()}/")
        and not version.aliases
        and version.version != before
        and version.uri not in used
    ]


def _used(store: Store) -> Iterator[str]:
    """Yield the URIs of the models that unfinished audits and trainings use."""
    for audit in _unfinished(store, keys.run("", "").rstrip("/"), "model.json"):
        yield documents.read(store, f"{audit}/model.json", ResolvedModel).uri
    for training in _unfinished(store, keys.training_run("", "").rstrip("/"), PLAN):
        yield documents.read(store, f"{training}/{PLAN}", TrainingPlan).base.uri
        try:
            yield documents.read(store, f"{training}/{TRAINED}", Trained).uri
        except KeyNotFoundError:
            continue


def _unfinished(store: Store, folder: str, begun: str) -> Iterable[str]:
    """Return the folders of the runs that wrote the document ``begun`` and no summary."""
    found = [key.rpartition("/") for key in store.list(folder)]
    ended = {run for run, _, name in found if name == "summary.json"}
    return sorted({run for run, _, name in found if name == begun} - ended)
