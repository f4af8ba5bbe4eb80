"""Experts that own releases: they decide about their candidates instead of the shared scorer.

Their tokens are hashes of a file's normalised path, of path and size, and of path, size and content. An
expert classifies each of its releases (``pypi/flask==3.0.0``) and their packages (``pypi/flask``), so that a
package of an unknown version is named without one. It is asked only if the catalogue has evidence of one of
its packages.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.expert_ensemble import ExpertEnsemble
from praxi_tasks.discovery.experts import Router
from praxi_tasks.fingerprint import Tagset

_SIZED: Final = np.uint64(0x9E3779B97F4A7C15)
_FILLED: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_ROTATED: Final = np.uint64(31)

LEAST: Final = 0.25
"""A version is named if it is at least this likely, and half as likely as the likeliest; so three may tie."""

Versions = dict[int, tuple[tuple[str, ...], ...]]
"""By index of a candidate, for each of its copies the versions that tie; none where no version is likely."""


class Decided(NamedTuple):
    """The confidence in each candidate, shape ``(n,)``, and the versions of those that experts own."""

    confidence: NDArray[np.float64]
    versions: Versions


class ReleaseExperts:
    """The release experts of a model.

    Parameters
    ----------
    ensemble
        The experts.
    """

    def __init__(self, ensemble: ExpertEnsemble) -> None:
        self._router = Router(ensemble.experts)
        self._owned = {label.partition("==")[0] for label in ensemble.labels}

    def decide(self, tagset: Tagset, found: Candidates, confidence: NDArray[np.float64]) -> Decided:
        """Replace the confidence in the candidates that experts own by theirs; the others' stays.

        Parameters
        ----------
        confidence
            The scorer's, shape ``(n,)``.
        """
        if not self._owned:
            return Decided(confidence, {})
        packages = found.catalogue.packages
        owned = np.fromiter((name in self._owned for name in packages), np.bool_, len(packages))
        mine = np.flatnonzero(owned[found.packages]).tolist()
        if not mine:
            return Decided(confidence, {})
        copies = {place: found.copies.get(int(found.packages[place]), ()) for place in mine}
        rows = found.layer.rows[found.matches.keys[owned[found.matches.packages]]]
        likely = self._likely(tagset, rows)
        decided, versions = confidence.copy(), Versions()
        for place in mine:
            package = packages[found.packages[place]]
            if (chances := likely.get(package)) is None:
                continue
            decided[place] = chances.pop("", 0.0)
            versions[place] = (_tied(chances),)
            if len(copies[place]) > 1:
                each = [self._likely(tagset, copy.copy.rows).get(package, {}) for copy in copies[place]]
                decided[place] = max(chances.pop("", 0.0) for chances in each)
                versions[place] = tuple(map(_tied, each))
        return Decided(decided, versions)

    def _likely(self, tagset: Tagset, rows: NDArray[np.intp]) -> dict[str, dict[str, float]]:
        """Ask experts about some files; return each package's chances by version, its own under ``""``."""
        (answer,) = self._router.ask([file_tokens(tagset, np.unique(rows))])
        likely: dict[str, dict[str, float]] = {}
        for label, chance in answer.items():
            package, _, version = label.partition("==")
            likely.setdefault(package, {})[version] = chance
        return likely


def _tied(chances: dict[str, float]) -> tuple[str, ...]:
    best = max(chances.values(), default=0.0)
    return tuple(sorted(v for v, chance in chances.items() if chance >= max(LEAST, best / 2)))


def file_tokens(tagset: Tagset, rows: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Return the distinct tokens of the files at ``rows`` of a layer, sorted, shape ``(tokens,)``."""
    measured = tagset.measured[rows] & ~tagset.normalised.derived[rows]
    return tokens_of(tagset.normalised.keys[rows], tagset.sizes[rows], tagset.hashes[rows], measured)


def tokens_of(
    keys: NDArray[np.uint64],
    sizes: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    measured: NDArray[np.bool_],
) -> NDArray[np.uint64]:
    """Return the distinct tokens of ``n`` files, sorted, shape ``(tokens,)``.

    Parameters
    ----------
    keys
        Hashes of the normalised paths, shape ``(n,)``.
    sizes, hashes
        Sizes in bytes and content hashes, shape ``(n,)``; a hash of 0 is unknown.
    measured
        For which files size and hash are known, shape ``(n,)``.
    """
    sized = _mixed(keys[measured] ^ (sizes[measured] + np.uint64(1)) * _SIZED)
    hashed = hashes[measured]
    filled = _mixed(sized[hashed != 0] ^ hashed[hashed != 0] * _FILLED)
    return np.unique(np.concatenate([keys, sized, filled]))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray((values ^ (values >> _ROTATED)) * _SIZED, np.uint64)
