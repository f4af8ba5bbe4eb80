"""The scorer: boosted trees over a candidate's features, and a calibrated confidence."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.calibration import calibrate
from praxi_tasks.discovery.features import FEATURES
from praxi_tasks.discovery.trees import Trees
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import pack_arrays, unpack_arrays

PROTOCOL: Final = 1
_KIND: Final = "scorer"
_STORED: Final = {"booster": "|u1", "knots": "<f8", "levels": "<f8"}


class Scorer:
    """Estimates how likely a candidate is to be in the layer.

    Parameters
    ----------
    booster
        UBJSON of a booster over :data:`~praxi_tasks.discovery.features.FEATURES`, or over the first of
        them, as many as there were when it was trained; empty for a model without a catalogue.
    knots, levels
        The calibration curve, shape ``(k,)`` each: a raw probability of ``knots[i]`` was right in
        ``levels[i]`` of the cases (see :func:`~praxi_tasks.discovery.calibration.fit_calibration`).

    Raises
    ------
    CorruptObjectError
        If the booster reads more features than there are, or the curve is incomplete.
    """

    def __init__(self, booster: bytes, knots: NDArray[np.float64], levels: NDArray[np.float64]) -> None:
        self._booster = booster
        self._trees = Trees(booster) if booster else None
        if (self._trees and self._trees.features > len(FEATURES)) or len(knots) != len(levels):
            raise CorruptObjectError("a scorer reads other features", action="build the model again")
        self._knots, self._levels = knots, levels

    @classmethod
    def uninformed(cls) -> Scorer:
        """Return the scorer of a model without a catalogue, which has no candidates to score."""
        nothing = np.empty(0, np.float64)
        return cls(b"", nothing, nothing)

    def confidence(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the calibrated probability of each candidate, shape ``(n,)``; features are ``(n, f)``."""
        return calibrate(self.raw(features), self._knots, self._levels)

    def raw(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each candidate before calibration, shape ``(n,)``."""
        if self._trees is None:
            return np.zeros(len(features))
        return self._trees.probability(features[:, : self._trees.features])

    def calibrated(self, knots: NDArray[np.float64], levels: NDArray[np.float64]) -> Scorer:
        """Return a scorer of the same trees with another calibration curve, shape ``(k,)`` each."""
        return Scorer(self._booster, knots, levels)

    def to_bytes(self) -> bytes:
        """Return the scorer as bytes."""
        booster = np.frombuffer(self._booster, np.uint8)
        arrays: dict[str, NDArray[Any]] = {"booster": booster, "knots": self._knots, "levels": self._levels}
        return pack_arrays(_KIND, PROTOCOL, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Scorer:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        arrays = unpack_arrays(data, _KIND, PROTOCOL, _STORED)
        return cls(arrays["booster"].tobytes(), arrays["knots"], arrays["levels"])
