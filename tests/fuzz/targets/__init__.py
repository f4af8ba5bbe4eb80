"""All targets, by name."""

from __future__ import annotations

from types import ModuleType
from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    audits,
    documents,
    events,
    feeds,
    images,
    indexes,
    layers,
    lockfiles,
    ml_models,
    programs,
    records,
    releases,
    serving,
)

_MODULES: Final[tuple[ModuleType, ...]] = (
    layers,
    images,
    records,
    lockfiles,
    programs,
    ml_models,
    feeds,
    documents,
    releases,
    indexes,
    audits,
    events,
    serving,
)

TARGETS: Final[dict[str, Target]] = {
    each.name: each for module in _MODULES for each in vars(module).values() if isinstance(each, Target)
}
