"""Metrics of a model's predictions on layers whose truth is known, for the benchmarks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from praxi_tasks.discovery import (
    LayerPrediction,
    Model,
    ReleasePrediction,
    calibration_error,
    reliability_diagram,
)
from praxi_tasks.learning.synthesis import LabelledLayer


@dataclass(slots=True)
class Counts:
    """Counts of what was named rightly, wrongly and not at all."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was named that is there."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Share of what is there that was named."""
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)

    def add(self, named: set[str], true: set[str]) -> None:
        """Count one layer."""
        self.right += len(named & true)
        self.wrong += len(named - true)
        self.missed += len(true - named)


@dataclass(slots=True)
class LayerMetrics:
    """Metrics over some layers.

    Parameters
    ----------
    packages
        Packages, whatever their version.
    either
        The same, where a package counts as named also if the one that was named is said to tie with it.
    releases
        Exact releases: one version is named and it is the right one.
    tied, versioned
        Of ``versioned`` packages that were named and whose version the model knows, ``tied`` times the right
        version was among those reported.
    unknown
        How many packages in the layers were unknown to the model.
    alike
        Of the packages that were missed, how many are told as look-alikes: all of their files differ.
    cpu
        Seconds of CPU per layer.
    """

    packages: Counts = field(default_factory=Counts)
    either: Counts = field(default_factory=Counts)
    releases: Counts = field(default_factory=Counts)
    tied: int = 0
    versioned: int = 0
    unknown: int = 0
    alike: int = 0
    layers: int = 0
    cpu: float = 0.0
    mistakes: Counter[str] = field(default_factory=Counter)
    confidence: list[float] = field(default_factory=list)
    present: list[bool] = field(default_factory=list)

    @property
    def tie(self) -> float:
        """How often the right version was among those reported."""
        return self.tied / max(self.versioned, 1)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the confidence in all candidates."""
        diagram = reliability_diagram(np.array(self.confidence), np.array(self.present, np.bool_))
        return calibration_error(diagram)


def measure(model: Model, layers: Iterable[LabelledLayer]) -> LayerMetrics:
    """Compare predictions of layers with the truth; packages that the model does not know are left out."""
    result = LayerMetrics()
    known = set(model.catalogue.packages)
    for layer in layers:
        start = time.process_time()
        prediction = model.predict(layer.tagset)
        result.cpu += time.process_time() - start
        result.layers += 1
        true = {name: version for name, version in layer.truth.items() if name in known}
        result.unknown += len(layer.truth) - len(true)
        _count(result, prediction, true)
        _, found, confidence = model.score(layer.tagset)
        result.confidence += confidence.tolist()
        result.present += [found.catalogue.packages[package] in true for package in found.packages.tolist()]
    return result


def _count(result: LayerMetrics, prediction: LayerPrediction, true: Mapping[str, str | None]) -> None:
    named = {f"{release.ecosystem}/{release.name}": release for release in prediction.releases}
    result.packages.add(set(named), set(true))
    alike = {f"{each.ecosystem}/{each.name}" for each in prediction.look_alikes}
    result.alike += len(alike & true.keys() - named.keys())
    result.either.add({_meant(release, true) for release in prediction.releases}, set(true))
    result.mistakes.update(f"+{name}" for name in set(named) - set(true))
    result.mistakes.update(f"-{name}" for name in set(true) - set(named))
    exact = {f"{name}@{release.versions[0]}" for name, release in named.items() if len(release.versions) == 1}
    result.releases.add(exact, {f"{name}@{version}" for name, version in true.items() if version})
    for name in set(named) & set(true):
        if (version := true[name]) is not None:
            result.versioned += 1
            result.tied += version in named[name].versions


def _meant(release: ReleasePrediction, true: Mapping[str, str | None]) -> str:
    """Return the package that is meant: the one that is there, if what was named ties with it."""
    name = f"{release.ecosystem}/{release.name}"
    return next((one for one in (name, *release.ties) if one in true), name)
