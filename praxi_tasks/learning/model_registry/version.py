"""A version of the model as the registry describes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

ORIGIN_TAG: Final = "praxi.origin"
WITH_PACKS: Final = "packs: "
"""What the origin of a version begins with that no run made: the names of the packs follow."""

MODEL_TAG: Final = "praxi.model"
REPLACED_TAG: Final = "praxi.replaced"
LAST_CHAMPION_TAG: Final = "praxi.champion"
"""A tag of the registered model, not of a version."""

APPROVED_TAG: Final = "praxi.approved_by"
NOTE_TAG: Final = "praxi.note"
OVERRULED_TAG: Final = "praxi.overruled"
PROMOTED_TAG: Final = "praxi.promoted_at"

FILE_PREFIX: Final = "praxi-"
"""Precedes the URI of a model in a local folder: an MLflow server accepts no ``file:`` from its clients."""


class ModelVersion(msgspec.Struct, frozen=True):
    """A registered version: ``uri`` is where the model is stored, ``model`` its identity."""

    version: str
    uri: str
    model: str
    aliases: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    run: str = ""

    @property
    def origin(self) -> str:
        """The training that made it, or ``starter``."""
        return self.tags.get(ORIGIN_TAG, "")

    @property
    def replaced(self) -> str:
        """The version that was champion before it; empty if there was none."""
        return self.tags.get(REPLACED_TAG, "")

    @property
    def promoted_at(self) -> str:
        """When it became champion last, ISO 8601; empty if it never did, or before this was recorded."""
        return self.tags.get(PROMOTED_TAG, "")

    @classmethod
    def of(cls, found: Any, aliases: Mapping[str, Any]) -> ModelVersion:
        """Return a version that MLflow's client returned, with those of all ``aliases`` that name it."""
        number = str(found.version)
        return cls(
            version=number,
            uri=str(found.source).removeprefix(FILE_PREFIX),
            model=str(found.tags.get(MODEL_TAG, "")),
            aliases=tuple(sorted(alias for alias, named in aliases.items() if str(named) == number)),
            tags=dict(found.tags),
            run=str(found.run_id or ""),
        )


def source_of(uri: str) -> str:
    """Return the URI of a model as the registry stores it."""
    return f"{FILE_PREFIX}{uri}" if uri.startswith("file:") else uri


def this_moment() -> str:
    """Return the time of a promotion as it is recorded."""
    return datetime.now(UTC).isoformat(timespec="seconds")
