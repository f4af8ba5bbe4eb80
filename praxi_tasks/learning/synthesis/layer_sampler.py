"""Synthetic layers whose truth is known, to train, calibrate and compare on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Release
from praxi_tasks.ecosystems import PYPI
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.synthesis.augmentation import Damage, Files, compile_python, drift, install_wheel

PYTHON_ROOTS: Final = (
    "usr/local/lib/python3.11/site-packages",
    "usr/local/lib/python3.9/site-packages",
    "opt/venv/lib/python3.12/site-packages",
    "app/.venv/lib/python3.10/site-packages",
    "home/app/.local/lib/python3.11/site-packages",
    "usr/local/lib/python3.11/dist-packages",
    "opt/conda/lib/python3.12/site-packages",
)

SYSTEM: Final = (100, 500)
"""How many packages a whole root file system has, the upper bound exclusive."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledLayer:
    """A layer and the truth about it.

    ``truth`` maps each package that left a file to its version, or to ``None`` where that is none the model
    learned.
    """

    tagset: Tagset
    truth: dict[str, str | None]


class LayerSampler:
    """Draws layers from releases.

    Parameters
    ----------
    releases
        What may be in a layer.
    groups
        Sets of packages that share paths; a part of the layers is drawn from within them.
    most
        How many packages a layer holds at most.
    held_out_packages
        Packages that the model does not know; a part of the layers holds little else.
    systems
        Share of the layers that are a whole root file system of a few hundred packages, however many ``most``
        is; none where there are not packages enough to draw one from.
    """

    def __init__(
        self,
        releases: Sequence[Release],
        rng: np.random.Generator,
        *,
        groups: Sequence[Sequence[str]] = (),
        most: int = 12,
        held_out_packages: Collection[str] = (),
        systems: float = 0.0,
    ) -> None:
        self._rng = rng
        self._releases: defaultdict[str, list[Release]] = defaultdict(list)
        for release in releases:
            self._releases[release.package].append(release)
        self._names = sorted(self._releases)
        present = [[name for name in group if name in self._releases] for group in groups]
        self._groups = [group for group in present if len(group) > 1]
        self._most, self._systems = most, systems
        self._held_out_packages = sorted(self._releases.keys() & set(held_out_packages))

    def draw(
        self,
        damage: Damage | None = None,
        *,
        drifting: float = 0.1,
        confusable: float = 0.3,
        held_out: float = 0.5,
    ) -> LabelledLayer:
        """Draw one layer.

        Parameters
        ----------
        damage
            What building the image did to it; drawn too unless it is given.
        drifting
            Share of its packages that are of another version.
        confusable
            Probability that it holds only packages that share paths with others.
        held_out
            Probability, where packages are held out, that a share of its packages, up to all, are held-out
            ones.
        """
        rng = self._rng
        damage = damage or Damage.draw(rng)
        root = PYTHON_ROOTS[rng.integers(len(PYTHON_ROOTS))]
        compiled = rng.random() < 0.4
        truth: dict[str, str | None] = {}
        parts: list[Files] = []
        for name in self._choose(confusable, held_out):
            versions = self._releases[name]
            release = versions[rng.integers(len(versions))]
            files = damage.apply(release, rng)
            drifted = rng.random() < drifting
            if drifted:
                files = drift(files, rng, rng.uniform(0.05, 0.6))
            if release.ecosystem == PYPI.purl_type:
                files = install_wheel(files, root)
                files = compile_python(files) if compiled else files
            if files.paths:
                truth[name] = None if drifted or not release.version else release.version
                parts.append(files)
        parts.append(noise(rng))
        return LabelledLayer(merge_files(parts), truth)

    def _choose(self, confusable: float, held_out: float) -> list[str]:
        rng = self._rng
        count = self._count()
        if self._held_out_packages and rng.random() < held_out:
            return self._choose_held_out(count)
        if not self._groups or rng.random() >= confusable:
            return [self._names[place] for place in rng.permutation(len(self._names))[:count].tolist()]
        return self._from_groups(count)

    def _count(self) -> int:
        """Draw how many packages a layer holds: as many small layers as big ones, and some whole systems."""
        rng = self._rng
        if self._systems and len(self._names) > SYSTEM[1] and rng.random() < self._systems:
            return int(rng.integers(*SYSTEM))
        return int((self._most + 1) ** rng.random())

    def _choose_held_out(self, count: int) -> list[str]:
        """Choose packages of which a share, of any size up to all, are held-out ones."""
        share = min(self._rng.uniform(0.2, 2.0), 1.0)  # of more than half of these layers: all
        unknown = self._rng.random(count) < share
        pools = [self._held_out_packages if each else self._names for each in unknown.tolist()]
        return list(dict.fromkeys(pool[self._rng.integers(len(pool))] for pool in pools))

    def _from_groups(self, count: int) -> list[str]:
        rng = self._rng
        chosen: list[str] = []
        taken: set[int] = set()
        for group in [self._groups[rng.integers(len(self._groups))] for _ in range(count)]:
            name = group[rng.integers(len(group))]
            keys = set(self._releases[name][0].normalised.keys.tolist())
            if not keys & taken:  # an installer refuses two packages with one file
                chosen.append(name)
                taken |= keys
        return chosen


def noise(rng: np.random.Generator) -> Files:
    """Return files that no package owns: an application's own, of a random name and size."""
    count = int(10 ** rng.uniform(0, 3)) - 1
    word = f"app{rng.integers(10**6)}"
    homes = (f"opt/{word}", f"srv/{word}/data", f"usr/lib/{word}", "etc", "var/lib/" + word)
    home = homes[rng.integers(len(homes))]
    paths = [f"{home}/{word}_{rng.integers(10**6)}.dat" for _ in range(count)]
    sizes = rng.integers(1, 10**6, count).astype(np.uint64)
    return Files(paths, sizes, rng.integers(1, 2**62, count).astype(np.uint64), np.ones(count, np.bool_))


def merge_files(parts: Sequence[Files], digest: str = "sha256:" + "0" * 64) -> Tagset:
    """Merge files into one layer; of files with one path the last one counts."""
    places: dict[str, int] = {}
    paths = [path for part in parts for path in part.paths]
    places |= {path: row for row, path in enumerate(paths)}
    rows = np.fromiter(places.values(), np.intp, len(places))
    retained = list(places)
    return Tagset(
        digest,
        retained,
        normalise_all(retained),
        _column([part.sizes for part in parts])[rows],
        _column([part.hashes for part in parts])[rows],
        np.concatenate([part.measured for part in parts]).astype(np.bool_)[rows],
    )


def _column(parts: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.concatenate(parts).astype(np.uint64)
