"""One release that several programs or archives of an image hold is one component, in all of their places."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

import msgspec

from praxi_tasks.ecosystems import CARGO, GENERIC, GOLANG, MAVEN, NUGET
from praxi_tasks.findings.packages import INVENTORY, Component

_INSIDE: Final = frozenset(row.purl_type for row in (CARGO, GENERIC, GOLANG, MAVEN, NUGET))


def joined(components: Iterable[Component], shown: int) -> tuple[Component, ...]:
    """Return components in their order; those that differ in nothing but their places are one.

    Parameters
    ----------
    shown
        How many paths of a component's evidence are kept.
    """
    found: dict[Hashable, Component] = {}
    for number, component in enumerate(components):
        is_inside = component.ecosystem in _INSIDE and component.sources == (INVENTORY,)
        key = (
            (component.purl, component.owner, component.removed_by, component.recovered)
            if is_inside
            else number
        )
        known = found.get(key)
        found[key] = component if known is None else _together(known, component, shown)
    return tuple(found.values())


def _together(one: Component, other: Component, shown: int) -> Component:
    return msgspec.structs.replace(
        one,
        databases=tuple(dict.fromkeys((*one.databases, *other.databases))),
        layers=tuple(dict.fromkeys((*one.layers, *other.layers))),
        evidence=tuple(dict.fromkeys((*one.evidence, *other.evidence)))[:shown],
        files=one.files + other.files,
        licences=tuple(dict.fromkeys((*one.licences, *other.licences))),
    )
