"""What every registry of the model's versions does, wherever it keeps them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final

from praxi_tasks.errors import ModelError
from praxi_tasks.learning.model_registry.version import ModelVersion

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
ALIASED: Final = "models:/praxi@"
"""What precedes an alias in a model's URI, as MLflow writes it."""


class Promotions(ABC):
    """The versions of the model, which of them is in use, and putting another in use.

    An alias moves in one step, so that the champion is always either the old or the new one. ``uri`` says
    where the registry is.
    """

    uri: str

    @abstractmethod
    def versions(self) -> list[ModelVersion]:
        """Return all versions, the oldest first."""

    @abstractmethod
    def promote(self, version: ModelVersion) -> ModelVersion:
        """Make a version the champion, and return it with its new alias; what it replaces is recorded."""

    @abstractmethod
    def annotate(self, version: ModelVersion, by: str, note: str, overruled: str) -> None:
        """Record with a version who promotes it and why, and what the gate had against it."""

    @abstractmethod
    def roll_back(self) -> ModelVersion:
        """Make the version champion again that the present champion replaced.

        Raises
        ------
        ModelError
            If there is no champion, or it replaced none.
        """

    def get(self, version: str) -> ModelVersion:
        """Return a version by its number or an alias.

        Raises
        ------
        ModelError
            If there is none.
        """
        found = self.find(version)
        if found is None:
            raise ModelError(
                f"the registry has no version {version!r}", where=self.uri, action="see praxi models list"
            )
        return found

    def find(self, version: str) -> ModelVersion | None:
        """Return a version by its number or an alias; ``None`` if there is none."""
        return next((v for v in self.versions() if version == v.version or version in v.aliases), None)


class ModelRegistry(Promotions):
    """All that a training does with versions. A version points at a model in the store, registered once."""

    @abstractmethod
    def register(self, uri: str, model: str, tags: Mapping[str, str], run: str = "") -> ModelVersion:
        """Return the version of a model, which is created the first time."""

    @abstractmethod
    def why_missing(self, alias: str) -> str:
        """Return why no version has an alias that one had; empty if none is known to have had it."""

    @abstractmethod
    def challenge(self, version: ModelVersion) -> None:
        """Make a version the challenger."""

    @abstractmethod
    def delete(self, version: ModelVersion) -> None:
        """Delete a version; its number is not given again."""
