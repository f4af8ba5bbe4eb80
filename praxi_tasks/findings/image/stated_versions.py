"""Versions that files of a package state which the model knows in other versions only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from packaging.version import InvalidVersion, Version

from praxi_tasks.discovery import LayerPrediction, ReleasePrediction
from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.packages import Component, package_key, release_purl
from praxi_tasks.inventory import PathName

_Key = tuple[str, str]


@dataclass(frozen=True)
class Contradicted:
    """A package one of whose files states a version that its other files are not of.

    Parameters
    ----------
    file
        That states it, without a leading slash.
    layer
        The digest of the layer that holds the package.
    """

    ecosystem: str
    name: str
    version: str
    file: str
    layer: str


def with_stated(
    components: Sequence[Component], names: Iterable[PathName], predictions: Iterable[LayerPrediction]
) -> tuple[tuple[Component, ...], tuple[Contradicted, ...]]:
    """Give packages that only the model names, in no version, the one that a file of theirs states.

    One that the model knows, and that other files contradict, is not theirs: somebody changed them.

    Parameters
    ----------
    names
        What paths name, with the versions that files state.
    """
    stating, denied = _stating(names), _denied(predictions)
    told, contradicted = [], []
    for component in components:
        found = _states(component, stating)
        if found is None:
            told.append(component)
        elif any(_is_same(found.version, version) for version in denied.get(_shown(component), ())):
            told.append(component)
            contradicted.append(_contradicted(component, found))
        else:
            told.append(_with_version(component, found))
    return tuple(told), tuple(contradicted)


def _stating(names: Iterable[PathName]) -> Mapping[_Key, Sequence[PathName]]:
    """Return those of which a file states the version, by each package that they may be."""
    found: defaultdict[_Key, list[PathName]] = defaultdict(list)
    for name in names:
        for package in (f"{name.ecosystem}/{name.name}", *name.ties) if name.version else ():
            ecosystem, _, own = package.partition("/")
            found[package_key(ecosystem, own)].append(name)
    return found


def _contradicted(component: Component, found: PathName) -> Contradicted:
    return Contradicted(
        component.ecosystem, component.name, found.version, found.version_file, component.layers[-1]
    )


def _states(component: Component, stating: Mapping[_Key, Sequence[PathName]]) -> PathName | None:
    """Return what states the version of a component of which none is known."""
    if component.versions or not (component.present and component.hidden) or component.ties:
        return None
    if not ecosystem_of(component.ecosystem).of_language:
        return None
    near = stating.get(package_key(component.ecosystem, component.name), ())
    return next((found for found in near if _is_here(component, found)), None)


def _is_here(component: Component, found: PathName) -> bool:
    """Return whether files of a component are those that paths name, or of the private package beside."""
    folder, _, name = found.root.rpartition("/")
    private = f"{folder}/_{name}/"
    return not set(component.evidence).isdisjoint(found.paths) or any(
        path.startswith(private) for path in component.evidence
    )


def _denied(predictions: Iterable[LayerPrediction]) -> dict[tuple[str, ...], tuple[str, ...]]:
    releases = (release for prediction in predictions for release in prediction.releases)
    return {_shown(release): release.denied for release in releases if release.denied}


def _shown(named: Component | ReleasePrediction) -> tuple[str, ...]:
    return (named.ecosystem, named.name, *named.evidence)


def _is_same(stated: str, known: str) -> bool:
    try:
        return Version(stated) == Version(known)
    except InvalidVersion:
        return stated == known


def _with_version(component: Component, found: PathName) -> Component:
    evidence = dict.fromkeys((found.version_file, *component.evidence))
    return msgspec.structs.replace(
        component,
        versions=(found.version,),
        purl=release_purl(component.ecosystem, component.name, found.version, "", ""),
        evidence=tuple(evidence)[: len(component.evidence)],
    )
