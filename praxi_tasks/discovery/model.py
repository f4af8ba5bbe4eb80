"""The model: catalogues of known packages, and experts that decide whether a layer holds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import code_version
from praxi_tasks.discovery.bundle import (
    CATALOGUE,
    CONTENTS,
    PROTOCOL,
    Manifest,
    Pack,
    Packed,
    damaged,
    not_whole,
    open_bundle,
    save_bundle,
)
from praxi_tasks.discovery.candidate_search import search_candidates
from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.catalogue_merge import join_catalogues
from praxi_tasks.discovery.catalogue_subset import only
from praxi_tasks.discovery.content_index import ContentIndex
from praxi_tasks.discovery.decision_rule import DecisionRule, select_candidates
from praxi_tasks.discovery.expert_ensemble import ExpertEnsemble
from praxi_tasks.discovery.experts import Expert, Router
from praxi_tasks.discovery.explanation import explain, with_copies
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.other_kinds import without_other_kinds
from praxi_tasks.discovery.pack_parts import PART_READERS
from praxi_tasks.discovery.part_pool import Part, PartPool
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.discovery.release_experts import ReleaseExperts, Versions
from praxi_tasks.discovery.remnants import without_remnants
from praxi_tasks.discovery.same_content import find_same_content
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.discovery.suites import is_of_suite, kind_of
from praxi_tasks.discovery.tokens import Tokenizer
from praxi_tasks.discovery.unexplained import unexplained
from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.tracing import span

_NOBODY: Final = ExpertEnsemble()
_UNKNOWN: Final[Mapping[str, Mapping[str, str]]] = {}
_Component = Catalogue | ContentIndex | Scorer | Expert


class Model:
    """Predicts the releases in layers. Immutable, so threads may share one.

    Parameters
    ----------
    catalogues
        The packages that it knows: of each pack, one catalogue for each training.
    scorer
        Scores every candidate of the catalogues.
    recorded
        Experts for labels learned from recorded changesets.
    released
        Experts that own releases and decide about them instead of the scorer.
    contents
        Which releases have which contents, one index for each training that learned any.
    decision_rule
        Which of the candidates are named.
    annotations
        Where each pack comes from, by its name.
    identity
        The model's :attr:`id`, where it is known already.
    """

    def __init__(
        self,
        catalogues: Sequence[Catalogue] = (),
        scorer: Scorer | None = None,
        recorded: ExpertEnsemble = _NOBODY,
        released: ExpertEnsemble = _NOBODY,
        *,
        contents: Sequence[ContentIndex] = (),
        decision_rule: DecisionRule | None = None,
        annotations: Mapping[str, Mapping[str, str]] = _UNKNOWN,
        identity: str = "",
    ) -> None:
        indexes = [index for index in contents if len(index.hashes)]
        packs = list(dict.fromkeys([*(part.pack for part in catalogues), *(index.pack for index in indexes)]))
        self.parts = tuple(sorted(catalogues, key=lambda part: packs.index(part.pack)))
        self.contents = tuple(sorted(indexes, key=lambda index: packs.index(index.pack)))
        self.annotations = {pack: dict(annotations.get(pack, {})) for pack in packs}
        self.scorer = scorer or Scorer.uninformed()
        self.recorded, self.released = recorded, released
        self.decision_rule = decision_rule or DecisionRule()
        self._identity = identity
        self._packed: dict[_Component, Packed] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        """All parts merged, which takes as much memory as they have; predictions do not need it."""
        return join_catalogues(self.parts)

    @cached_property
    def lookup(self) -> Lookup:
        """Finds what all parts know of paths."""
        return Lookup(self.parts)

    @cached_property
    def _router(self) -> Router:
        return Router(self.recorded.experts)

    @cached_property
    def _release_experts(self) -> ReleaseExperts:
        return ReleaseExperts(self.released)

    @classmethod
    def load(cls, uri: str, *, decision_rule: DecisionRule | None = None) -> Model:
        """Read a model from the store; what packs know is mapped into memory, not read.

        Raises
        ------
        ModelError
            If there is no model at ``uri``, a part is missing, truncated or altered, or the protocol is
            another.
        """
        with span("load model", attributes={"praxi.model.uri": uri}):
            return cls._load(uri, decision_rule)

    @classmethod
    def _load(cls, uri: str, decision_rule: DecisionRule | None) -> Model:
        manifest, pool = open_bundle(uri)
        try:
            return cls._read(manifest, pool, decision_rule)
        except KeyNotFoundError as error:
            raise not_whole(error) from error
        except (CorruptObjectError, IndexError, KeyError) as error:
            raise damaged(error, uri) from error

    @classmethod
    def _read(cls, manifest: Manifest, pool: PartPool, decision_rule: DecisionRule | None) -> Model:
        packed: dict[_Component, Packed] = {}
        for pack in manifest.packs:
            for part in pack.parts:
                view = pool.map(part, PART_READERS[part.role].check)
                packed[PART_READERS[part.role].read(view, pack.name)] = Packed(part, view)
        roles: dict[str, list[Packed]] = {}
        for part in manifest.parts:
            roles.setdefault(part.role, []).append(Packed(part, bytes(pool.map(part))))
        model = cls(
            [component for component in packed if isinstance(component, Catalogue)],
            Scorer.from_bytes(bytes(roles.get("scorer", [])[-1].data)),
            _ensemble(roles.get("expert", []), roles.get("samples", [])),
            _ensemble(roles.get("release-expert", []), roles.get("release-samples", [])),
            contents=[component for component in packed if isinstance(component, ContentIndex)],
            decision_rule=decision_rule,
            annotations={pack.name: pack.annotations for pack in manifest.packs},
            identity=manifest.id,
        )
        model._packed = packed
        return model

    def save(self, uri: str, pool: str = "") -> str:
        """Write the model below a store URI and return its identity.

        Parameters
        ----------
        pool
            The URI of the folder that has its parts, which other models share; by default one of its own.
        """
        save_bundle(uri, self._manifest(), self._bundle, pool)
        return self.id

    def _manifest(self) -> Manifest:
        by_pack: dict[str, list[Part]] = {name: [] for name in self.annotations}
        known: list[Catalogue | ContentIndex] = [*self.parts, *self.contents]
        for component, packed in zip(known, self._bundle, strict=False):
            by_pack[component.pack].append(packed.part)
        packs = (Pack(name, tuple(parts), self.annotations[name]) for name, parts in by_pack.items())
        others = tuple(packed.part for packed in self._bundle[len(known) :])
        return Manifest(PROTOCOL, others, {}, tuple(packs))

    @cached_property
    def _bundle(self) -> list[Packed]:
        samples, release_samples = self.recorded.samples, self.released.samples
        return [
            *(self._pack(CATALOGUE, part) for part in self.parts),
            *(self._pack(CONTENTS, index) for index in self.contents),
            self._pack("scorer", self.scorer),
            *(self._pack("expert", expert) for expert in self.recorded.experts),
            *(Packed.of("samples", data) for data in samples),
            *(self._pack("release-expert", expert) for expert in self.released.experts),
            *(Packed.of("release-samples", data) for data in release_samples),
        ]

    def _pack(self, role: str, component: _Component) -> Packed:
        """Return a component's bytes; one that was read from a bundle is not packed and hashed again."""
        known = self._packed.get(component)
        return known or Packed.of(role, component.to_bytes())

    def replaced(
        self,
        *,
        catalogues: Sequence[Catalogue] | None = None,
        scorer: Scorer | None = None,
        recorded: ExpertEnsemble | None = None,
        released: ExpertEnsemble | None = None,
        contents: Sequence[ContentIndex] | None = None,
    ) -> Model:
        """Return the model with some of its parts replaced."""
        model = Model(
            self.parts if catalogues is None else catalogues,
            scorer or self.scorer,
            self.recorded if recorded is None else recorded,
            self.released if released is None else released,
            contents=self.contents if contents is None else contents,
            decision_rule=self.decision_rule,
            annotations=self.annotations,
        )
        model._packed = self._packed
        return model

    def known_of(self, package: str) -> Catalogue:
        """Return what all parts know of one package, ``ecosystem/name``."""
        return join_catalogues([only(part, package) for part in self.parts])

    @property
    def part_digests(self) -> frozenset[str]:
        """The sha256 of all parts."""
        return frozenset(part.sha256 for part in self._manifest().all_parts)

    @property
    def experts(self) -> tuple[Expert, ...]:
        """The experts of both ensembles."""
        return self.recorded.experts + self.released.experts

    @cached_property
    def id(self) -> str:
        """Hash of all parts: the same wherever the model is stored."""
        return self._identity or self._manifest().id

    @property
    def cache_key(self) -> str:
        """What a prediction depends on besides the layer: the model, the engine and the decision rule."""
        return "-".join(filter(None, (self.id, str(code_version.ENGINE), self.decision_rule.key)))

    def knows(self, ecosystem: str, name: str, version: str) -> bool:
        """Return whether the model has learned a release, or its package without telling versions."""
        versions: list[str] | None = None
        for part in self.parts:
            package = part.number_of(f"{ecosystem}/{name}")
            if package is not None:
                versions = (versions or []) + part.versions_of(package)
        return versions is not None and (not versions or version in versions)

    def knows_package(self, ecosystem: str, name: str) -> bool:
        """Return whether the model has learned a package, in whichever version."""
        return any(part.number_of(f"{ecosystem}/{name}") is not None for part in self.parts)

    @property
    def packages_by_ecosystem(self) -> dict[str, int]:
        """How many packages the model has learned, by ecosystem."""
        packages = {package for part in self.parts for package in part.packages}
        return dict(Counter(package.partition("/")[0] for package in packages))

    @cached_property
    def suites(self) -> tuple[str, ...]:
        """The packs of distributions' suites, of which a layer is of one at most, in their order."""
        return tuple(dict.fromkeys(part.pack for part in self.parts if is_of_suite(part)))

    def predict(self, tagset: Tagset, suite: str = "") -> LayerPrediction:
        """Return the releases in a layer, each with confidence and evidence, and the unexplained files.

        Parameters
        ----------
        suite
            The one of :attr:`suites` that the layer's image says it is of, or the package URL type of its
            distribution's packages (``apk``), if it says one.
        """
        kind = self._kind_of(suite)
        seen, found, confidence, versions = self._decide(tagset, suite)
        named = select_candidates(confidence, self.decision_rule, found.indistinguishable)
        explanation = explain(seen, found, named, confidence, versions)
        suite = found.catalogue.suite
        others = {*self.suites} - {suite} if suite or kind else ()
        copies = [
            each
            for each in find_same_content(seen, explanation.open_rows, self.contents, others)
            if self.decision_rule.admits(each.confidence, 1 + len(each.ties))
        ]
        explanation = with_copies(seen, explanation, copies)
        return LayerPrediction(
            tagset.digest,
            self.cache_key,
            explanation.releases,
            unexplained(seen.paths[row] for row in explanation.left_over.tolist()),
            look_alikes=explanation.look_alikes,
            suite=suite,
        )

    def packages_in(self, tagset: Tagset) -> list[str]:
        """Return the ``ecosystem/name`` of what :meth:`predict` names by paths, without explaining it."""
        _, found, confidence, _ = self._decide(tagset)
        named = select_candidates(confidence, self.decision_rule, found.indistinguishable)
        return [
            found.catalogue.packages[package] for package in found.packages[found.genuine(named)].tolist()
        ]

    def score(self, tagset: Tagset) -> tuple[Tagset, Candidates, NDArray[np.float64]]:
        """Return the layer as the model reads it, its candidates, and their confidence, shape ``(n,)``."""
        return self._decide(tagset)[:3]

    def _decide(
        self, tagset: Tagset, suite: str = ""
    ) -> tuple[Tagset, Candidates, NDArray[np.float64], Versions]:
        tagset, found = search_candidates(tagset, self.lookup, suite)
        decided = self._release_experts.decide(tagset, found, self.scorer.confidence(found.features))
        confidence = without_other_kinds(found, decided.confidence, self._kind_of(suite))
        return tagset, found, without_remnants(tagset, found, confidence), decided.versions

    def _kind_of(self, suite: str) -> str:
        """Return the package URL type of a suite's packages; of one that is a type, itself."""
        if "/" not in suite:
            return suite
        return next((kind_of(part) for part in self.parts if part.pack == suite), "")

    def name_changes(self, changesets: Iterable[Sequence[str]]) -> list[dict[str, float]]:
        """Return the labels that experts recognise in recorded changesets, likeliest first, with probability.

        Parameters
        ----------
        changesets
            ``MODE PATH`` lines, or paths, in the order they were recorded.
        """
        tokenizer = Tokenizer()
        named = []
        for answer in self._router.ask([tokenizer.tokens(changes) for changes in changesets]):
            labels = list(answer)
            chosen = select_candidates(
                np.array([answer[label] for label in labels], np.float64), self.decision_rule
            )
            named.append({labels[place]: answer[labels[place]] for place in chosen.tolist()})
        return named


def _ensemble(experts: Sequence[Packed], samples: Sequence[Packed]) -> ExpertEnsemble:
    return ExpertEnsemble(
        tuple(Expert.from_bytes(bytes(packed.data)) for packed in experts),
        tuple(bytes(packed.data) for packed in samples),
    )
