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
    every = tuple(components)
    installed = {
        one.purl: number
        for number, one in enumerate(every)
        if one.present and not (one.owner or one.is_archived)
    }
    for number, component in enumerate(every):
        key = _key(component, number)
        if component.is_archived and component.present:
            key = installed.get(component.purl, key)  # an archive of what is installed is that, once more
        known = found.get(key)
        if known is not None and known.is_archived and not component.is_archived:
            found[key] = _together(component, known, shown)
        else:
            found[key] = component if known is None else _together(known, component, shown)
    return tuple(found.values())


def _key(component: Component, number: int) -> Hashable:
    """Return what components have in common that are one; a number of its own for all others."""
    is_inside = component.ecosystem in _INSIDE or component.is_archived
    if not (is_inside or component.is_note) or component.sources != (INVENTORY,):
        return number
    return component.purl, component.owner, component.removed_by, component.recovered, component.relation


def _together(one: Component, other: Component, shown: int) -> Component:
    return msgspec.structs.replace(
        one,
        databases=tuple(dict.fromkeys((*one.databases, *other.databases))),
        layers=tuple(dict.fromkeys((*one.layers, *other.layers))),
        evidence=tuple(dict.fromkeys((*one.evidence, *other.evidence)))[:shown],
        files=one.files + other.files,
        licences=tuple(dict.fromkeys((*one.licences, *other.licences))),
    )
