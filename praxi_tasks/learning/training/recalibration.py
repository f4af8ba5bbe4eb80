"""Recalibration: a new curve for a scorer whose confidence was measured to be off; its trees stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import (
    Bin,
    Model,
    Release,
    Scorer,
    calibration_error,
    fit_calibration,
    hiding,
    overconfidence,
    reliability_diagram,
)
from praxi_tasks.learning.estimators import examples
from praxi_tasks.learning.synthesis import LabelledLayer, LayerSampler

LEAST_PACKAGES: Final = 200
"""Of fewer stored packages no two sets that differ are left, one to fit the curve and one to check it."""

LAYERS: Final = 300
"""How many layers each of the two sets gets."""

_HELD_OUT_SHARE: Final = 0.3
_LEAST_CONFIDENCE: Final = 0.02
_HARMLESS: Final = 0.01


class Recalibrated(NamedTuple):
    """The model, changed or not, and what became of its calibration."""

    model: Model
    message: str


def recalibrate(
    model: Model, releases: Sequence[Release], rng: np.random.Generator, least: int = LEAST_PACKAGES
) -> Recalibrated:
    """Fit the scorer's calibration curve on layers of some packages, and check it on layers of others.

    The new curve is taken only if it is better on the packages that it was not fitted on. Of both sets a part
    is held out of the catalogue, so that there is unknown software too.

    Parameters
    ----------
    releases
        Stored releases that the model knows.
    least
        Of fewer packages the model stays as it is.
    """
    names = sorted({release.package for release in releases})
    if len(names) < least:
        message = f"Confidence is off; {len(names)} stored packages are too few to calibrate it anew"
        return Recalibrated(model, f"{message} ({least} are needed).")
    shuffled = [names[place] for place in rng.permutation(len(names)).tolist()]
    held = frozenset(name for name in names if rng.random() < _HELD_OUT_SHARE)
    reduced = [*model.parts, *hiding((part.pack for part in model.parts), held)]
    fitted, checked = (
        examples(_layers(releases, half, held, rng), reduced)
        for half in (set(shuffled[::2]), set(shuffled[1::2]))
    )
    scorer = model.scorer.calibrated(*fit_calibration(model.scorer.raw(fitted.features), fitted.present))
    before, after = (_diagram(one, checked.features, checked.present) for one in (model.scorer, scorer))
    errors = f"from {calibration_error(before):.3f} to {calibration_error(after):.3f}"
    told = f"{errors} on packages held out for it"
    if not _is_better(before, after):
        return Recalibrated(model, f"Confidence was not calibrated anew: its error would go {told}.")
    return Recalibrated(
        model.replaced(scorer=scorer), f"Confidence was calibrated anew: its error goes {told}."
    )


def _layers(
    releases: Sequence[Release], names: set[str], held: frozenset[str], rng: np.random.Generator
) -> list[LabelledLayer]:
    sampler = LayerSampler(
        [release for release in releases if release.package in names], rng, held_out_packages=held
    )
    return [sampler.draw() for _ in range(LAYERS)]


def _diagram(scorer: Scorer, features: NDArray[np.float32], present: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return the reliability of a scorer; features are of shape ``(n, f)``, ``present`` of ``(n,)``."""
    confidence = scorer.confidence(features)
    counted = confidence >= _LEAST_CONFIDENCE
    return reliability_diagram(confidence[counted], present[counted])


def _is_better(before: tuple[Bin, ...], after: tuple[Bin, ...]) -> bool:
    """Return whether the error is smaller and not bought with too much confidence."""
    harmless = max(overconfidence(before), _HARMLESS)
    return calibration_error(after) < calibration_error(before) and overconfidence(after) <= harmless
