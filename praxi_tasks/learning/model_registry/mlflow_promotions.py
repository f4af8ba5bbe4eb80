"""Versions in MLflow and which one is in use, by whatever client reaches it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Final

from praxi_tasks.errors import ModelError
from praxi_tasks.learning.model_registry.base import CHAMPION, Promotions
from praxi_tasks.learning.model_registry.version import (
    APPROVED_TAG,
    LAST_CHAMPION_TAG,
    NOTE_TAG,
    OVERRULED_TAG,
    PROMOTED_TAG,
    REPLACED_TAG,
    ModelVersion,
    this_moment,
)

MODEL_NAME: Final = "praxi"
_LONGEST_TAG: Final = 4_000


class MlflowPromotions(Promotions):
    """The registered model ``praxi`` in MLflow, its versions and aliases.

    Attributes
    ----------
    client
        MLflow's own, or one with the same methods.
    """

    client: Any

    def answering(self) -> AbstractContextManager[None]:
        """Turn what the client raises inside into typed errors."""
        raise NotImplementedError

    def versions(self) -> list[ModelVersion]:
        """Return all versions, the oldest first."""
        with self.answering():
            found = self.client.search_model_versions(f"name='{MODEL_NAME}'")
            aliases = self.client.get_registered_model(MODEL_NAME).aliases if found else {}
        versions = [ModelVersion.of(each, aliases) for each in found]
        return sorted(versions, key=lambda version: int(version.version))

    def promote(self, version: ModelVersion) -> ModelVersion:
        """Make a version the champion, and return it with its new alias.

        The version it replaces is recorded first, so that an interrupted promotion can be repeated.
        """
        champion = self.find(CHAMPION)
        if champion is not None and champion.version == version.version:
            self._remember(version.version)
            return champion
        with self.answering():
            if champion is not None:
                self.client.set_model_version_tag(MODEL_NAME, version.version, REPLACED_TAG, champion.version)
            self.client.set_registered_model_alias(MODEL_NAME, CHAMPION, version.version)
        self._remember(version.version)
        self._note_time(version.version)
        return self.get(version.version)

    def annotate(self, version: ModelVersion, by: str, note: str, overruled: str) -> None:
        """Record with a version who promotes it and why, and what the gate had against it."""
        given = {APPROVED_TAG: by, NOTE_TAG: note, OVERRULED_TAG: overruled}
        with self.answering():
            for tag, value in given.items():
                if value:
                    self.client.set_model_version_tag(MODEL_NAME, version.version, tag, value[:_LONGEST_TAG])

    def roll_back(self) -> ModelVersion:
        """Make the version champion again that the present champion replaced.

        Raises
        ------
        ModelError
            If there is no champion, or it replaced none.
        """
        champion = self.get(CHAMPION)
        before = champion.replaced
        if not before:
            raise ModelError(
                f"version {champion.version} replaced no other", where=self.uri, action="promote another one"
            )
        with self.answering():
            self.client.set_registered_model_alias(MODEL_NAME, CHAMPION, before)
        self._remember(before)
        self._note_time(before)
        return self.get(before)

    def _remember(self, version: str) -> None:
        """Record which version is champion where it outlives the version and its alias."""
        with self.answering():
            self.client.set_registered_model_tag(MODEL_NAME, LAST_CHAMPION_TAG, version)

    def _note_time(self, version: str) -> None:
        with self.answering():
            self.client.set_model_version_tag(MODEL_NAME, version, PROMOTED_TAG, this_moment())
