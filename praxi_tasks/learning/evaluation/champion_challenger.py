"""Compares champion and challenger on damaged synthetic layers of stored releases, with unknown software."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Bin, Model, Release, calibration_error, overconfidence, reliability_diagram
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.synthesis import Files, LabelledLayer, LayerSampler, merge_files

LAYERS: Final = 96
MOST_RELEASES: Final = 1_500
"""How many stored releases layers are drawn from at most, so that an evaluation's time is bounded."""

_LEAST_CONFIDENCE: Final = 0.02
"""Less likely candidates are left out of calibration: they are many, and no rule would name them."""


class Scores(msgspec.Struct, frozen=True):
    """A model's scores on some layers.

    Parameters
    ----------
    f1, precision, recall
        Of packages, counted over all layers.
    exact
        F1 of releases: the version counts too, where it is known.
    calibration
        The expected calibration error; :attr:`overconfidence` and :attr:`underconfidence` are its two parts.
    curve
        The reliability diagram; see :class:`~praxi_tasks.discovery.calibration.Bin`.
    ecosystems
        F1 by ecosystem.
    confused
        Pairs of a package that was in a layer and missed, and one that was named instead, and how often.
    """

    layers: int
    f1: float
    precision: float
    recall: float
    exact: float
    calibration: float
    curve: tuple[tuple[float, float, int], ...] = ()
    ecosystems: dict[str, float] = {}
    confused: tuple[tuple[str, str, int], ...] = ()

    @property
    def overconfidence(self) -> float:
        """By how much confidence exceeds accuracy; without a curve to tell, all of the error counts."""
        return overconfidence(self.diagram) if self.curve else self.calibration

    @property
    def underconfidence(self) -> float:
        """By how much confidence falls short of accuracy."""
        return self.calibration - self.overconfidence

    @property
    def diagram(self) -> tuple[Bin, ...]:
        """The curve's points by name."""
        return tuple(Bin(*point) for point in self.curve)


class Evaluation(msgspec.Struct, frozen=True):
    """Champion and challenger on the same layers; ``None`` where there are no releases to draw layers from.

    ``false_positives`` counts known packages that the challenger names per unknown package;
    ``first_overconfidence`` is that of the first champion that was ever measured, if one was.
    """

    champion_old: Scores | None
    challenger_old: Scores | None
    challenger_new: Scores | None
    false_positives: float
    first_overconfidence: float | None = None


def evaluate(
    champion: Model, challenger: Model, old: Sequence[Release], new: Sequence[Release], seed: int
) -> Evaluation:
    """Compare two models on layers of old, new and unknown releases.

    Parameters
    ----------
    old, new
        Releases that the champion knows, and those that only the challenger does.
    """
    rng = np.random.default_rng(seed)
    old, new = _some(old, rng), _some(new, rng)
    of_old = draw_layers(old, (), rng)
    of_new = draw_layers(new, old, rng)
    return Evaluation(
        champion_old=score_layers(champion, of_old) if of_old else None,
        challenger_old=score_layers(challenger, of_old) if of_old else None,
        challenger_new=score_layers(challenger, of_new) if of_new else None,
        false_positives=false_positives(challenger, [*old, *new], rng),
    )


def draw_layers(
    releases: Sequence[Release], others: Sequence[Release], rng: np.random.Generator
) -> list[LabelledLayer]:
    """Draw layers of some releases, half of them mixed with other releases."""
    if not releases:
        return []
    alone = LayerSampler(releases, rng)
    mixed = LayerSampler([*releases, *others], rng)
    return [(alone if number % 2 else mixed).draw(drifting=0.0) for number in range(LAYERS)]


def score_layers(model: Model, layers: Sequence[LabelledLayer]) -> Scores:
    """Score a model's predictions on layers whose truth is known."""
    hits, named, present = Counter[str](), Counter[str](), Counter[str]()
    exact = versions = 0
    confused: Counter[tuple[str, str]] = Counter()
    confidences, rights = [np.empty(0)], [np.empty(0, np.bool_)]
    for layer in layers:
        predicted = {f"{r.ecosystem}/{r.name}": r.versions for r in model.predict(layer.tagset).releases}
        hits.update(_ecosystem(name) for name in predicted if name in layer.truth)
        named.update(map(_ecosystem, predicted))
        present.update(map(_ecosystem, layer.truth))
        known = {name: version for name, version in layer.truth.items() if version is not None}
        versions += len(known)
        exact += sum(predicted.get(name) == (version,) for name, version in known.items())
        wrong, missed = predicted.keys() - layer.truth.keys(), layer.truth.keys() - predicted.keys()
        confused.update((miss, instead) for miss in missed for instead in wrong)
        _, found, confidence = model.score(layer.tagset)
        confidences.append(confidence)
        rights.append(
            np.array([found.catalogue.packages[p] in layer.truth for p in found.packages], np.bool_)
        )
    curve = _diagram(np.concatenate(confidences), np.concatenate(rights))
    total = hits.total()
    return Scores(
        layers=len(layers),
        f1=_f1(total, named.total(), present.total()),
        precision=total / max(named.total(), 1),
        recall=total / max(present.total(), 1),
        exact=_f1(exact, named.total(), versions),
        calibration=calibration_error(curve),
        curve=curve,
        ecosystems={e: _f1(hits[e], named[e], present[e]) for e in sorted(present)},
        confused=tuple((*pair, count) for pair, count in confused.most_common(20)),
    )


def _diagram(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    counted = confidence >= _LEAST_CONFIDENCE
    return reliability_diagram(confidence[counted], right[counted])


def false_positives(model: Model, releases: Sequence[Release], rng: np.random.Generator) -> float:
    """Return how many known packages are named per package of synthetic, unknown software."""
    if not releases:
        return 0.0
    chosen = [releases[place] for place in rng.integers(len(releases), size=LAYERS).tolist()]
    named = sum(len(model.predict(unknown_lookalike(release, rng)).releases) for release in chosen)
    return named / len(chosen)


def unknown_lookalike(release: Release, rng: np.random.Generator) -> Tagset:
    """Return a layer of software that has a release's structure under names that no model knows."""
    word = f"x{rng.integers(1 << 40):x}"
    paths = ["/".join(_renamed(part, word) for part in path.split("/")) for path in release.paths]
    count = len(paths)
    files = Files(
        paths,
        release.sizes + rng.integers(1, 5_000, count, np.uint64),
        rng.integers(1, 1 << 62, count).astype(np.uint64),
        np.ones(count, np.bool_),
    )
    return merge_files([files])


_COMMON: Final = frozenset(
    [
        *("usr", "bin", "lib", "share", "etc", "opt", "var", "local", "sbin", "include", "doc", "man"),
        *("site-packages", "dist-packages", "node_modules"),
    ]
)


def _renamed(part: str, word: str) -> str:
    stem, dot, ending = part.partition(".")
    return part if part in _COMMON or stem == "__init__" else f"{word}{len(stem)}{dot}{ending}"


def _some(releases: Sequence[Release], rng: np.random.Generator) -> list[Release]:
    if len(releases) <= MOST_RELEASES:
        return list(releases)
    return [releases[place] for place in np.sort(rng.permutation(len(releases))[:MOST_RELEASES]).tolist()]


def _ecosystem(package: str) -> str:
    return package.partition("/")[0]


def _f1(hits: int, named: int, present: int) -> float:
    return 2 * hits / (named + present) if named + present else 1.0
