"""What notes in a distribution's programs tell of packages that are known by their files alone.

Such a note names the source package and its version (the UAPI group's package metadata for executable files).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.packages import Component, release_purl


def with_notes(components: Iterable[Component]) -> tuple[Component, ...]:
    """Return components, those that only their files show with the version that notes in these state.

    A note whose files all belong to such packages, or whose version is that of one, is told as theirs, and no
    longer as a package by itself: ``libudev1`` is there, not ``systemd``.
    """
    every = tuple(components)
    notes = {path: one for one in every if one.is_note for path in one.databases}
    theirs: set[str] = set()
    told = []
    for component in every:
        found = [notes[path] for path in component.evidence if path in notes] if _takes(component) else []
        if found and all(_fits(component, note) for note in found) and len({n.versions for n in found}) == 1:
            theirs.update(path for path in component.evidence if path in notes)
            told.append(_noted(component, found[0]))
        else:
            told.append(component)
    return _by_versions([one for one in told if not (one.is_note and theirs.issuperset(one.databases))])


def _by_versions(components: Sequence[Component]) -> tuple[Component, ...]:
    """Return components, notes being told as the source of those packages whose only version they state.

    A component shows few of its files, and a distribution's version is that of one source.
    """
    notes = {_release(one): one for one in components if one.is_note}
    taken = {_release(one) for one in components if _is_open(one)}
    return tuple(
        _noted(one, notes[_release(one)]) if _is_open(one) and _release(one) in notes else one
        for one in components
        if not (one.is_note and _release(one) in taken)
    )


def _is_open(component: Component) -> bool:
    """Return whether a package has one version, and no note among the files that it shows."""
    return _takes(component) and not component.source and len(component.versions) == 1


def _release(component: Component) -> tuple[str, tuple[str, ...]]:
    return component.ecosystem, component.versions


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
