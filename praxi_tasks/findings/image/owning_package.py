"""Which package brought a component with it: a distribution's, a manager's such as conda, a language's.

Debian's ``python3-yaml`` installs the metadata of PyYAML where any tool reads it, but the advisories about it
are Debian's: the version stays while fixes are added. conda's package leaves those of PyPI in force, and so
does a wheel or a package of npm those of what it has inside: vendored copies, programs, archives. A package
of dpkg or rpm that others than the distribution made leaves them in force as well. Where no record is left, a
distribution's package that is known by its files brought the programs that show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, TypeAlias

import msgspec

from praxi_tasks.ecosystems import DEB, ecosystem_of
from praxi_tasks.findings.image.claim_history import TrackedClaim, is_inside
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.packages import Component, package_key

# Debian keeps this folder to itself; pip installs into usr/local.
_DEBIANS: Final = "usr/lib/python3/dist-packages/"
Owners: TypeAlias = Mapping[str, Sequence[str]]
"""By place, the packages that list the file: those that hold others' releases before those of languages.

Those of a distribution's kind that others made come last: what is inside them may have an owner of its own.
"""


def with_owners(
    components: Sequence[Component], claims: Iterable[TrackedClaim], tree: FileTree
) -> tuple[Component, ...]:
    """Return the components, those that another package brought naming it."""
    wanted = {path for component in components for path in _paths(component, tree)}
    present = {item.package for item in components if item.present and _may_own(item.ecosystem)}
    by_others = {item.package for item in components if item.by_others}
    owners = _owners(wanted, present, by_others, claims, tree) if wanted else {}
    shown: Owners = {path: (package,) for path, package in _shown(components, tree)}
    owners = {**shown, **owners}
    owned = (_owned(component, _paths(component, tree), owners, present) for component in components)
    return tuple(_with_maker(component, by_others) for component in owned)


def _shown(components: Iterable[Component], tree: FileTree) -> Iterator[tuple[str, str]]:
    """Yield the files that show a distribution's packages in a version, with the packages."""
    for item in components:
        rules = ecosystem_of(item.ecosystem)
        if item.hidden and item.present and rules.of_distribution and item.versions and not item.ties:
            yield from ((tree.place(path), item.package) for path in item.evidence)


def _with_maker(component: Component, by_others: Container[str]) -> Component:
    """Return a component as one that others made where they made the package that brought it."""
    if component.owner not in by_others:
        return component
    return msgspec.structs.replace(component, by_others=True)


def _may_own(ecosystem: str) -> bool:
    rules = ecosystem_of(ecosystem)
    return rules.holds_languages or rules.of_language


def _paths(component: Component, tree: FileTree) -> tuple[str, ...]:
    """Return the places that decide who owns a component: its record's, or its evidence."""
    rules = ecosystem_of(component.ecosystem)
    if rules.holds_languages or not rules.in_folders:
        return ()
    return tuple(map(tree.place, component.databases or component.evidence))


def _owners(
    wanted: set[str],
    present: set[str],
    by_others: Container[str],
    claims: Iterable[TrackedClaim],
    tree: FileTree,
) -> Owners:
    listing: list[tuple[int, str, str]] = []
    for tracked in claims:
        package = f"{tracked.claim.ecosystem}/{tracked.claim.name}"
        if package not in present or is_inside(tracked.claim):
            continue
        holds = ecosystem_of(tracked.claim.ecosystem).holds_languages
        rank = 2 if package in by_others else 0 if holds else 1
        places = (path for path in map(tree.place, tracked.claim.files) if path in wanted)
        listing += [(rank, path, package) for path in places]
    owners: dict[str, dict[str, None]] = {}
    for _, path, package in sorted(listing, key=itemgetter(0)):
        owners.setdefault(path, {})[package] = None
    return {path: tuple(packages) for path, packages in owners.items()}


def _owned(component: Component, paths: tuple[str, ...], owners: Owners, present: set[str]) -> Component:
    if not paths:
        return component
    found = (next((one for one in owners.get(path, ()) if one != component.package), "") for path in paths)
    ((owner, count),) = Counter(found).most_common(1)
    if not owner and count == len(paths):
        owner = _guessed(component, paths, present)
    return msgspec.structs.replace(component, owner=owner) if owner else component


def _guessed(component: Component, paths: Iterable[str], present: set[str]) -> str:
    """Return the Debian package whose files no database lists any more, by folder and name."""
    _, name = package_key(component.ecosystem, component.name)
    package = f"{DEB.purl_type}/python3-{name}"
    return package if package in present and all(path.startswith(_DEBIANS) for path in paths) else ""
