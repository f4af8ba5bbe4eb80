"""Deletes what is known of layers and images that no retained run names.

An audit looks up which layers are known, and only then writes the plan that names them. What it found may
not be deleted in between: nothing goes that was written within the grace period, and nothing at all while an
audit is about to plan. That is looked at again before each handful of deletions: an audit writes the list of
its images a process earlier than it plans, so a handful has gone before an audit that began meanwhile looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.retention.age import Age
from praxi_tasks.retention.names import Names
from praxi_tasks.retention.runs import AUDITS, read_run
from praxi_tasks.retention.tally import Tally
from praxi_tasks.store import Store, documents, keys

_HANDFUL: Final = 200


class _Name(msgspec.Struct, frozen=True):
    digest: str


class _UnknownError(Exception):
    """It is not known what a run needs."""


class LayerPruner:
    """Deletes documents of layers, predictions and images.

    Parameters
    ----------
    names
        What the ``seen`` audits and other runs name.
    seen
        Folders of all audits that there were when that was read.
    """

    def __init__(self, store: Store, age: Age, names: Names, seen: Iterable[str], tally: Tally) -> None:
        self._store = store
        self._age = age
        self._names = names
        self._seen = set(seen)
        self._tally = tally

    def prune(self) -> None:
        """Delete what is unnamed and old; all of it stays where it is not known what is named."""
        try:
            self._look_again()
            self._delete("layers", "layers", self._needs_layer)
            for model in self._store.folders("predictions"):
                self._delete("predictions", f"predictions/{model}", partial(self._needs_prediction, model))
            self._delete("images", "images", self._needs_image)
        except _UnknownError as error:
            self._tally.leave(f"layers, predictions and images were left: {error}")

    def _delete(self, kind: str, folder: str, is_needed: Callable[[str], bool]) -> None:
        unneeded = (
            entry
            for entry in self._store.entries(folder)
            if entry.modified < self._age.unnamed and not is_needed(entry.key)
        )
        while handful := list(islice(unneeded, _HANDFUL)):
            self._look_again()
            self._tally.delete(kind, [entry for entry in handful if not is_needed(entry.key)])

    def _needs_layer(self, key: str) -> bool:
        digest = keys.digest_of(key)
        return not digest or (self._names.has_layer(digest) and not _is_outdated(key, digest))

    def _needs_prediction(self, model: str, key: str) -> bool:
        digest = keys.digest_of(key)
        return not digest or self._names.has_prediction(model, digest)

    def _needs_image(self, key: str) -> bool:
        digest = keys.digest_of(key)
        if not key.startswith(f"{keys.image_chains()}/"):
            return not digest or self._names.has_image(digest)
        try:
            return self._names.has_image(documents.read(self._store, key, _Name).digest)
        except (CorruptObjectError, KeyNotFoundError):
            return False

    def _look_again(self) -> None:
        """Read what audits name that began since; nothing may be deleted if that is not known.

        Raises
        ------
        _UnknownError
            If it is not.
        """
        for name in self._store.folders(AUDITS):
            if name not in self._seen:
                self._seen.add(name)
                self._names.add(read_run(self._store, f"{AUDITS}/{name}"))
        if self._names.unknown:
            raise _UnknownError("; ".join(self._names.unknown[:3]))


def _is_outdated(key: str, digest: str) -> bool:
    """Return whether a layer's document is of another protocol than the one that is read now."""
    kind = key.rpartition(".v")[0]
    return any(now.rpartition(".v")[0] == kind and now != key for now in keys.layer_documents(digest))
