"""What the model knows of an image's packages, and whether it could speak about the image at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.findings.image.unexplained_files import UnexplainedFiles
from praxi_tasks.findings.packages import FINGERPRINT, INVENTORY, PATH, Component, component_subject

_ASPECT: Final = Aspect.KNOWLEDGE
_TRAIN: Final = "train a model that knows them: praxi_train, or praxi train --base"
_COLLECT: Final = "collect what their files hold: praxi packs build"
_AGAIN: Final = "audit it again"


class ModelKnowledge(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a model knows of the packages that the databases of an audit's layers claim.

    Parameters
    ----------
    packages
        How many packages it knows in all, by ecosystem.
    unknown
        The names of claimed packages that it does not know, by ecosystem.
    other_versions
        Claimed releases, as ``name version``, whose packages it knows in other versions only, by ecosystem.
    inside
        The names of claimed packages without files of their own, such as crates in a program, by ecosystem.
    """

    packages: dict[str, int] = {}
    unknown: dict[str, frozenset[str]] = {}
    other_versions: dict[str, frozenset[str]] = {}
    inside: dict[str, frozenset[str]] = {}


def knowledge_coverage(
    image: FusedImage, known: ModelKnowledge | None, rest: UnexplainedFiles
) -> Iterator[Coverage]:
    """Yield how far the model could speak about each distribution and language of an image.

    Parameters
    ----------
    known
        What the model knows; None where the run did not record it.
    rest
        The files that belong to nothing known, which are all that counts where no database claims anything.
    """
    if known is None:
        yield not_checked(_ASPECT, "all", "the run did not record what its model knows", _AGAIN)
        return
    yield from _by_paths(image)
    yield from _uncompared(image)
    silent = sum(layer.prediction is None for layer in image.layers)
    if silent:
        reason = f"{silent} of {len(image.layers)} layers: the model was not asked about them"
        yield not_checked(_ASPECT, "layers", reason, _AGAIN)
    subjects: defaultdict[str, list[Component]] = defaultdict(list)
    for component in image.components:
        if component.present and _has_files(component, known):
            subjects[component_subject(component)].append(component)
    for subject, components in subjects.items():
        yield _known(subject, components, known)
    if not subjects and rest.total:
        yield _by_files(image, rest)


def _has_files(component: Component, known: ModelKnowledge) -> bool:
    """Return whether a database claims a component that a model could recognise by files of its own."""
    is_learnt = ecosystem_of(component.ecosystem).has_releases and INVENTORY in component.sources
    is_inside = component.name in known.inside.get(component.ecosystem, ())
    return is_learnt and not is_inside and not component.is_anothers


def _by_paths(image: FusedImage) -> Iterator[Coverage]:
    """Yield how many packages only paths name: the model should know them."""
    found = [item for item in image.components if item.present and PATH in item.sources]
    if found:
        unknown = sum(not item.versions for item in found)
        reason = f"{len(found)} packages: only their paths name them, {unknown} of them without a version"
        yield partial(_ASPECT, "paths", reason, _TRAIN, sorted({item.package for item in found}))


def _uncompared(image: FusedImage) -> Iterator[Coverage]:
    """Yield how many packages the model names without anything to compare their files with.

    Whoever puts other files at their paths has them named all the same.
    """
    releases = (each for layer in image.layers if layer.prediction for each in layer.prediction.releases)
    compared = {
        (each.ecosystem, each.name) for each in releases if each.versions or each.denied or each.same_as
    }
    found = [
        item
        for item in image.components
        if item.present and item.sources == (FINGERPRINT,) and not item.versions
        if (item.ecosystem, item.name) not in compared
    ]
    if found:
        reason = f"{len(found)} packages: named by the paths of files whose contents the model does not know"
        yield partial(_ASPECT, "contents", reason, _COLLECT, sorted({item.package for item in found}))


def _known(subject: str, components: Sequence[Component], known: ModelKnowledge) -> Coverage:
    packages = {component.package: component for component in components}
    unknown = [item for item in packages.values() if item.name in known.unknown.get(item.ecosystem, ())]
    others = sum(_in_other_versions(item, known) for item in packages.values())
    total = len(packages)
    if len(unknown) == len(packages):
        return not_checked(_ASPECT, subject, f"{total} packages: the model knows none of them", _TRAIN)
    if unknown:
        reason = f"{len(unknown)} of {total} packages: the model does not know them"
        return partial(_ASPECT, subject, reason, _TRAIN)
    if others == len(packages):
        return partial(_ASPECT, subject, f"{total} packages: the model knows other versions only", _TRAIN)
    return checked(_ASPECT, subject, f"{total} packages, {others} of them known in other versions only")


def _in_other_versions(component: Component, known: ModelKnowledge) -> bool:
    releases = known.other_versions.get(component.ecosystem, ())
    return any(f"{component.name} {version}" in releases for version in component.versions)


def _by_files(image: FusedImage, rest: UnexplainedFiles) -> Coverage:
    """Return how far an image without any record of a package is explained by its files alone."""
    recognised = sum(FINGERPRINT in item.sources for item in image.components if item.present)
    reason = f"{rest.files} of {rest.total} files: no database and no known package has them"
    if not rest.files:
        return checked(_ASPECT, "files", f"{rest.total} files, {recognised} packages")
    state = partial if recognised else not_checked
    return state(_ASPECT, "files", reason, "keep package databases in the image, or train on what is in it")
