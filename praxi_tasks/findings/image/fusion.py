"""Fusion: what databases claim and what fingerprints say about all layers of an image, as components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import msgspec

from praxi_tasks.discovery import LayerPrediction, ReleasePrediction
from praxi_tasks.ecosystems import Family, ecosystem_of
from praxi_tasks.findings.image.claim_history import (
    ClaimHistory,
    TrackedClaim,
    claimed_places,
    is_inside,
)
from praxi_tasks.findings.image.claimed_files import claimed_files, joined_placement
from praxi_tasks.findings.image.declarations import find_declarations
from praxi_tasks.findings.image.distributions import Distributions
from praxi_tasks.findings.image.file_tree import FileTree, LayerChanges, significant
from praxi_tasks.findings.image.linked_records import LinkedRecords
from praxi_tasks.findings.image.makers import Makers
from praxi_tasks.findings.image.owning_package import with_owners
from praxi_tasks.findings.image.package_notes import with_notes
from praxi_tasks.findings.image.path_packages import Explained, path_packages
from praxi_tasks.findings.image.said_twice import without_repeats
from praxi_tasks.findings.image.same_copy import is_elsewhere, is_of_version
from praxi_tasks.findings.image.same_releases import joined
from praxi_tasks.findings.image.stated_versions import Contradicted, with_stated
from praxi_tasks.findings.packages import (
    FINGERPRINT,
    INVENTORY,
    Component,
    Declaration,
    distribution_name,
    licences_of,
    package_key,
    relative_name,
    release_purl,
    same_release,
)
from praxi_tasks.inventory import Claim, Distribution, Inventory, Placement
from praxi_tasks.printable import printable

_SHOWN_PATHS: Final = 5
# A database's package whose claim was dropped is still there while at least this share of its files is.
_ALIVE: Final = 0.5
# A package known only by its files is present while at least this share of them is.
_LEFT: Final = 0.25


@dataclass(frozen=True)
class LayerFacts:
    """Everything known about one layer; ``prediction`` is None where there is none."""

    changes: LayerChanges
    inventory: Inventory
    prediction: LayerPrediction | None = None


@dataclass(frozen=True)
class FusedImage:
    """An image's components, and what the findings about it are made from.

    Parameters
    ----------
    claimed
        The places of the files that any database of any layer lists.
    placement
        Where files are, or were never put, that are not where lists say: what all layers tell together.
    contradicted
        Packages of which a file states a version that the others are not of.
    """

    components: tuple[Component, ...]
    claims: tuple[TrackedClaim, ...]
    tree: FileTree
    layers: tuple[LayerFacts, ...]
    claimed: frozenset[str]
    placement: Placement
    distribution: Distribution | None = None
    contradicted: tuple[Contradicted, ...] = ()

    @property
    def declared(self) -> tuple[Declaration, ...]:
        """The lock files of the image, by their layers and paths."""
        inventories = (layer.inventory for layer in self.layers)
        return tuple(find_declarations(inventories, self.tree, self.claimed))

    @property
    def digests(self) -> tuple[str, ...]:
        """The layers' digests, bottom first."""
        return tuple(layer.changes.digest for layer in self.layers)


def fuse(layers: Sequence[LayerFacts]) -> FusedImage:
    """Merge what databases, fingerprints and paths say about an image's layers, bottom first.

    Paths name only what neither a database nor a fingerprint explains. A package that databases and
    fingerprints name becomes one component with both sources; what a later layer removed or replaced stays
    in the list and names that layer.
    """
    tree = FileTree()
    records, history = LinkedRecords(tree), ClaimHistory(tree)
    completed = []
    for layer in layers:
        removal = tree.add(layer.changes)
        inventory = records.complete(layer.inventory)
        history.add(inventory, removal)
        completed.append(replace(layer, inventory=inventory))
    layers, claims = completed, history.claims()
    distributions = Distributions([layer.inventory.distribution for layer in layers])
    makers = Makers([tracked.claim for tracked in claims])
    fusion = _Fusion(tree, [layer.changes.digest for layer in layers], distributions, claims, makers)
    for tracked in without_repeats(claims, tree, makers):
        fusion.add_claim(tracked)
    for number, layer in enumerate(layers):
        for release in layer.prediction.releases if layer.prediction else ():
            fusion.add_release(release, number)
    components = joined(with_owners(with_notes(fusion.components()), claims, tree), _SHOWN_PATHS)
    inventories = [layer.inventory for layer in layers]
    placement = joined_placement(inventories)
    claimed = claimed_files(claims, tree, placement)
    predictions = [layer.prediction for layer in layers if layer.prediction]
    explained = Explained(components, claims, claimed, predictions, tree)
    by_paths = path_packages(explained, inventories)
    components, contradicted = with_stated(components, by_paths.names, predictions)
    components = tuple(sorted(map(_printable, (*components, *by_paths.components)), key=_order))
    return FusedImage(
        components, claims, tree, tuple(layers), claimed, placement, distributions.own, contradicted
    )


class _Fusion:
    def __init__(
        self,
        tree: FileTree,
        digests: list[str],
        distributions: Distributions,
        claims: tuple[TrackedClaim, ...],
        makers: Makers,
    ) -> None:
        self._tree = tree
        self._makers = makers
        self._claims = claims
        self._digests = digests
        self._distributions = distributions
        self._components: list[Component] = []
        self._by_package: dict[tuple[str, str], list[int]] = {}
        self._roots: dict[int, str] = {}  # of components that only files show: where they are installed
        self._claim_of: dict[int, Claim] = {}

    def components(self) -> tuple[Component, ...]:
        """Return what was fused: what is there first, by package."""
        return tuple(sorted(map(_printable, self._components), key=_order))

    def add_claim(self, tracked: TrackedClaim) -> None:
        claim = tracked.claim
        gone = self._end_of(tracked)
        place = self._same_program(claim, present=gone is None)
        if place is not None:
            self._components[place] = self._found_again(self._components[place], tracked)
            return
        self._append(
            self._component(claim.ecosystem, claim.name, _versions(claim), claim, tracked.dropped),
            sources=(INVENTORY,),
            databases=(claim.database,),
            layers=(self._digests[tracked.first],),
            evidence=self._shown(claim.files) or (claim.database,),
            files=len(claim.files),
            removed_by="" if gone is None else self._digests[gone],
            recovered=tracked.dropped is not None and gone is None,
        )
        self._claim_of[len(self._components) - 1] = claim

    def _same_program(self, claim: Claim, *, present: bool) -> int | None:
        """Find the program of which another file told: one has many, and each may say its version."""
        if ecosystem_of(claim.ecosystem).family is not Family.PROGRAM:
            return None
        for place in self._by_package.get(package_key(claim.ecosystem, claim.name), ()):
            known = self._components[place]
            if known.present == present and all(same_release(claim.version, one) for one in known.versions):
                return place
        return None

    def _found_again(self, known: Component, tracked: TrackedClaim) -> Component:
        claim = tracked.claim
        shown = self._shown(claim.files) or (claim.database,)
        return msgspec.structs.replace(
            known,
            databases=tuple(dict.fromkeys((*known.databases, claim.database))),
            layers=self._layers(known, tracked.first),
            evidence=tuple(dict.fromkeys((*known.evidence, *shown)))[:_SHOWN_PATHS],
            files=known.files + len(claim.files),
        )

    def add_release(self, release: ReleasePrediction, number: int) -> None:
        """Join a prediction with the component it confirms, or add what no database knows."""
        gone = self._end_of_release(release, number)
        place = self._match(release, gone is None)
        if place is None:
            self._append(
                self._component(release.ecosystem, release.name, release.versions, None),
                sources=(FINGERPRINT,),
                layers=(self._digests[number],),
                evidence=release.evidence[:_SHOWN_PATHS],
                files=release.files,
                confidence=release.confidence,
                removed_by="" if gone is None else self._digests[gone],
                ties=release.ties,
                same_as=release.same_as[:_SHOWN_PATHS],
            )
            self._roots[len(self._components) - 1] = release.root
        else:
            known = self._components[place]
            join = self._spread if known.hidden else self._joined
            self._components[place] = join(known, release, number)

    def _layers(self, known: Component, number: int) -> tuple[str, ...]:
        digest = self._digests[number]
        return known.layers if digest in known.layers else (*known.layers, digest)

    def _spread(self, known: Component, release: ReleasePrediction, number: int) -> Component:
        """Join a prediction with the part of its package that a lower layer holds.

        Each part allows some versions, and the package is of one that all parts allow. Of a part that is
        gone only its layer counts.
        """
        gone = self._end_of_release(release, number)
        layers = self._layers(known, number)
        if gone is not None and known.present:
            return msgspec.structs.replace(known, layers=layers)
        versions = tuple(version for version in known.versions if version in release.versions)
        before, files = (known.evidence, known.files) if known.present else ((), 0)
        return msgspec.structs.replace(
            known,
            versions=versions,
            purl=self._component(release.ecosystem, release.name, versions, None).purl,
            layers=layers,
            confidence=max(known.confidence, release.confidence),
            evidence=(*before, *release.evidence)[:_SHOWN_PATHS],
            files=files + release.files,
            ties=tuple(tie for tie in known.ties if tie in release.ties),
            removed_by="" if gone is None else known.removed_by,
        )

    def _joined(self, known: Component, release: ReleasePrediction, number: int) -> Component:
        layers = self._layers(known, number)
        agrees = not release.versions or bool(set(known.versions) & set(release.versions))
        return msgspec.structs.replace(
            known,
            sources=(INVENTORY, FINGERPRINT),
            confidence=release.confidence,
            layers=layers,
            evidence=release.evidence[:_SHOWN_PATHS] or known.evidence,
            fingerprint_versions=known.fingerprint_versions if agrees else release.versions,
        )

    def _match(self, release: ReleasePrediction, present: bool) -> int | None:
        """Find the component that a prediction means: one of its versions, else a present one."""
        places = self._candidates(release.ecosystem, release.name, release)
        fits = [place for place in places if is_of_version(self._components[place], release)]
        same = [place for place in fits if self._is_one(place, release)]
        if same:
            return min(same, key=lambda place: self._components[place].present != present)
        claimed = [place for place in places if not self._components[place].hidden]
        alive = [place for place in claimed if self._components[place].present]
        return next(iter(alive), self._claimed_tie(release)) if present else None

    def _candidates(self, ecosystem: str, name: str, release: ReleasePrediction) -> list[int]:
        """Return the components of a package but for those that are claimed elsewhere."""
        places = self._by_package.get(package_key(ecosystem, name), ())
        claims = ((place, self._claim_of.get(place)) for place in places)
        return [place for place, claim in claims if not (claim and is_elsewhere(claim, release, self._tree))]

    def _is_one(self, place: int, release: ReleasePrediction) -> bool:
        """Return whether a prediction may be of a component rather than of another copy in another folder."""
        root = self._roots.get(place, release.root)
        return root == release.root or (*self._components[place].versions,) == release.versions != ()

    def _claimed_tie(self, release: ReleasePrediction) -> int | None:
        """Find a component that a database claims and that the prediction might mean as well."""
        for tie in release.ties:
            ecosystem, _, name = tie.partition("/")
            for place in self._candidates(ecosystem, name, release):
                if self._components[place].present and not self._components[place].hidden:
                    return place
        return None

    def _end_of(self, tracked: TrackedClaim) -> int | None:
        """Return the layer that ended a claimed package, or None if it is still there."""
        if tracked.dropped is None or tracked.superseded:
            return tracked.dropped
        if is_inside(tracked.claim):
            return tracked.dropped  # what says of itself what it holds went, or holds something else
        known = [path for path in tracked.claim.files if self._tree.saw(path)]
        telling = [path for path in known if significant(path)]
        if not telling and not tracked.database_gone:
            return tracked.dropped  # its package manager took it out, and no file says otherwise
        known = telling or known
        if not known and ecosystem_of(tracked.claim.ecosystem).of_distribution:
            return None  # the files were never listed: losing the database removed no file
        alive = sum(self._outlives(path, tracked) for path in known)
        return tracked.dropped if alive < _ALIVE * max(len(known), 1) else None

    def _outlives(self, path: str, tracked: TrackedClaim) -> bool:
        """Return whether a file is still the one that a claim listed before it was dropped."""
        if self._tree.layer_of(path) is None or self._tree.place(path) in self._held[tracked.claim.ecosystem]:
            return False
        removed = self._tree.removed_by(path)
        return removed is None or tracked.dropped is None or removed < tracked.dropped

    @cached_property
    def _held(self) -> Mapping[str, frozenset[str]]:
        """The places of the files that the claims which hold list, by ecosystem."""
        holding = [tracked for tracked in self._claims if tracked.dropped is None]
        found = {tracked.claim.ecosystem: frozenset[str]() for tracked in self._claims}
        for ecosystem in found:
            same = (tracked for tracked in holding if tracked.claim.ecosystem == ecosystem)
            found[ecosystem] = claimed_places(same, self._tree)
        return found

    def _end_of_release(self, release: ReleasePrediction, number: int) -> int | None:
        """Return the layer that removed or overwrote most of a prediction's files, or None."""
        known = [path for path in release.sample or release.evidence if self._tree.saw(path)]
        ends = Counter(end for path in known if (end := self._ended(path, number)) is not None)
        return ends.most_common(1)[0][0] if ends and len(known) - ends.total() < _LEFT * len(known) else None

    def _ended(self, path: str, number: int) -> int | None:
        owner = self._tree.layer_of(path)
        if owner is None:
            return self._tree.removed_by(path)
        return owner if owner > number else None

    def _component(
        self,
        ecosystem: str,
        name: str,
        versions: tuple[str, ...],
        claim: Claim | None,
        dropped: int | None = None,
    ) -> Component:
        version = versions[0] if len(versions) == 1 else ""
        architecture = claim.architecture if claim else ""
        of_distribution = ecosystem_of(ecosystem).of_distribution
        owner = self._distributions.of_packages(ecosystem, dropped) if of_distribution else None
        namespace = owner.id if owner else ""
        return Component(
            ecosystem=ecosystem,
            name=name,
            versions=versions,
            purl=release_purl(ecosystem, name, version, namespace, architecture),
            sources=(),
            architecture=architecture,
            source=claim.source if claim else "",
            source_versions=(claim.source_version or claim.version,) if claim and claim.source else (),
            module=claim.module if claim else "",
            distribution=distribution_name(owner),
            relative=relative_name(owner),
            licences=licences_of(claim.licences) if claim else (),
            relation=claim.relation if claim else "",
            origin=claim.origin if claim else "",
            model=claim.model if claim else None,
            by_others=claim is not None and self._makers.by_others(claim),
        )

    def _append(self, component: Component, **fields: object) -> None:
        key = package_key(component.ecosystem, component.name)
        self._by_package.setdefault(key, []).append(len(self._components))
        self._components.append(msgspec.structs.replace(component, **fields))

    def _shown(self, files: Iterable[str]) -> tuple[str, ...]:
        return tuple(path for path in files if self._tree.layer_of(path) is not None)[:_SHOWN_PATHS]


def _printable(component: Component) -> Component:
    if all(path.isprintable() for path in (*component.evidence, *component.databases)):
        return component
    return msgspec.structs.replace(
        component,
        evidence=tuple(map(printable, component.evidence)),
        databases=tuple(map(printable, component.databases)),
    )


def _order(component: Component) -> tuple[object, ...]:
    return not component.present, component.package, component.versions


def _versions(claim: Claim) -> tuple[str, ...]:
    """Return a claim's version; most models have none."""
    return (claim.version,) if claim.version or claim.model is None else ()
