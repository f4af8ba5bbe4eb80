"""Deletes versions of the model that nobody needs, and models that trainings made and never registered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from praxi_tasks.discovery import MANIFEST
from praxi_tasks.environment import read_text
from praxi_tasks.learning.model_registry import STARTER, ModelRegistry, ModelVersion
from praxi_tasks.learning.run import unneeded_versions
from praxi_tasks.retention.age import Age
from praxi_tasks.retention.names import Names
from praxi_tasks.retention.tally import Tally
from praxi_tasks.store import Store, keys

_MODEL: Final = re.compile("[0-9a-f]{32}")
"""A model's identity: folders with other names were filled by hand."""

_BY_HAND: Final = "PRAXI_MODEL"


class ModelPruner:
    """Deletes folders of models."""

    def __init__(self, store: Store, age: Age, names: Names, tally: Tally) -> None:
        self._store = store
        self._age = age
        self._names = names
        self._tally = tally

    def prune(
        self, registry: ModelRegistry | None, versions: Sequence[ModelVersion], newest: int, *, trial: bool
    ) -> None:
        """Delete the versions beyond the ``newest`` that may go, and what no version names.

        Raises
        ------
        ModelError, RegistryDownError
            If the registry refuses, or does not answer.
        """
        for version in unneeded_versions(self._store, versions, newest):
            self._delete(version.uri.removeprefix(f"{self._store.uri}/"))
            if registry and not trial:
                registry.delete(version)
        known = {version.uri for version in versions} | self._names.model_uris
        known |= {read_text(STARTER), read_text(_BY_HAND)}
        for name in self._store.folders(keys.models()):
            if _MODEL.fullmatch(name) and f"{self._store.uri}/{keys.model(name)}" not in known:
                self._delete_orphan(keys.model(name))

    def _delete_orphan(self, folder: str) -> None:
        """Delete a model that no version names, unless it was just made and will be registered."""
        newest = max((entry.modified for entry in self._store.entries(folder)), default=self._age.now)
        if newest < self._age.unnamed and not self._names.unknown:
            self._delete(folder)

    def _delete(self, folder: str) -> None:
        self._tally.delete_folder("models", folder, self._store.entries(folder), MANIFEST)
