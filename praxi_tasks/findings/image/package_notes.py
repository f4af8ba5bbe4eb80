"""What notes in a distribution's programs tell of packages that are known by their files alone.

Such a note names the source package and its version (the UAPI group's package metadata for executable files).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.packages import INVENTORY, Component, release_purl


def with_notes(components: Iterable[Component]) -> tuple[Component, ...]:
    """Return components, those that only their files show with the version that notes in these state.

    A note whose files all belong to such packages is told as theirs, and no longer as a package by itself:
    ``libudev1`` is there, not ``systemd``.
    """
    every = tuple(components)
    notes = {path: one for one in every if _is_note(one) for path in one.databases}
    theirs: set[str] = set()
    told = []
    for component in every:
        found = [notes[path] for path in component.evidence if path in notes] if _takes(component) else []
        if found and all(_fits(component, note) for note in found) and len({n.versions for n in found}) == 1:
            theirs.update(path for path in component.evidence if path in notes)
            told.append(_noted(component, found[0]))
        else:
            told.append(component)
    return tuple(one for one in told if not (_is_note(one) and theirs.issuperset(one.databases)))


def _is_note(component: Component) -> bool:
    """Return whether files alone say of themselves which package of a distribution they are."""
    says_itself = component.sources == (INVENTORY,) and component.databases == component.evidence
    of_distribution = ecosystem_of(component.ecosystem).of_distribution
    return says_itself and of_distribution and component.files > 0 and component.present


def _takes(component: Component) -> bool:
    return component.hidden and component.present and ecosystem_of(component.ecosystem).of_distribution


def _fits(component: Component, note: Component) -> bool:
    of_it = not component.versions or bool({*note.versions} & {*component.versions})
    return component.ecosystem == note.ecosystem and of_it


def _noted(component: Component, note: Component) -> Component:
    (version,) = note.versions
    namespace, dash, _ = component.distribution.rpartition("-")
    distribution = namespace if dash else component.distribution
    return msgspec.structs.replace(
        component,
        versions=note.versions,
        purl=release_purl(component.ecosystem, component.name, version, distribution, note.architecture),
        architecture=note.architecture,
        source=note.name,
        source_versions=note.versions,
    )
