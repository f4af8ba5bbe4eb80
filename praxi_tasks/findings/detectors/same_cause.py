"""One vulnerability of a package and of what it brought, or of a program and its module, is one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from praxi_tasks.ecosystems import Family, ecosystem_of
from praxi_tasks.findings.finding import Finding, FoundPackage
from praxi_tasks.findings.packages import Component

_EVIDENCE: Final = 1  # paths that are shown of each package
Found: TypeAlias = tuple[Component, tuple[Finding, ...]]


class _Place(NamedTuple):
    """A finding: its component's number, and its own number among the component's."""

    component: int
    finding: int


def one_cause(found: Iterable[Found]) -> Iterator[Finding]:
    """Yield findings of vulnerabilities, of those with one cause only the cause's, with all packages.

    A package that brought another one is the cause of what both have: a package of npm, and the module of Go
    in its program. So is a module of which a program is made, where the program's version is known as well.

    Parameters
    ----------
    found
        The components of an image, each with its findings.
    """
    known = [each for each in found if each[1]]
    causes = _Causes(known)
    places = [_Place(number, place) for number, (_, some) in enumerate(known) for place in range(len(some))]
    merged: dict[_Place, list[Component]] = {}
    for place in places:
        merged.setdefault(causes.of(place), []).append(known[place.component][0])
    for place in places:
        component, findings = known[place.component]
        if place in merged:
            others = [other for other in merged[place] if other is not component]
            finding = findings[place.finding]
            yield _with(finding, (component, *others)) if others else finding


class _Causes:
    def __init__(self, known: Sequence[Found]) -> None:
        self._known = known
        self._names = [_places_by_name(findings) for _, findings in known]
        self._by_package: dict[str, list[int]] = {}
        self._by_file: dict[str, list[int]] = {}
        for number, (component, _) in enumerate(known):
            self._by_package.setdefault(component.package, []).append(number)
            for path in () if _is_program(component) else component.databases:
                self._by_file.setdefault(path, []).append(number)

    def of(self, place: _Place) -> _Place:
        """Return the finding that stands for one; itself where it has no other cause."""
        way = [place]
        while (upper := self._above(way[-1])) is not None:
            if upper in way:  # packages that say of each other that they brought them
                return min(way[way.index(upper) :])
            way.append(upper)
        return way[-1]

    def _above(self, place: _Place) -> _Place | None:
        component, findings = self._known[place.component]
        finding = findings[place.finding]
        for number in self._leaders(component):
            if number != place.component:
                for name in (finding.id, *finding.aliases):
                    if (found := self._names[number].get(name)) is not None:
                        return _Place(number, found)
        return None

    def _leaders(self, component: Component) -> Iterator[int]:
        if component.owner:
            yield from self._by_package.get(component.owner, ())
        if _is_program(component):
            for path in component.databases:
                yield from self._by_file.get(path, ())


def _places_by_name(findings: Sequence[Finding]) -> Mapping[str, int]:
    names: dict[str, int] = {}
    for place, finding in enumerate(findings):
        for name in (finding.id, *finding.aliases):
            names.setdefault(name, place)
    return names


def _is_program(component: Component) -> bool:
    return ecosystem_of(component.ecosystem).family is Family.PROGRAM


def _with(finding: Finding, components: Sequence[Component]) -> Finding:
    """Return a finding with the packages that it is about, which are several."""
    packages = {
        component.purl: FoundPackage(
            component.package,
            f"{component.name} {' or '.join(component.versions)}".rstrip(),
            component.purl,
            component.evidence[:_EVIDENCE],
            component.confidence,
        )
        for component in components
    }
    return msgspec.structs.replace(finding, packages=tuple(packages.values()))
