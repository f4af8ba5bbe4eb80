"""Augmentation: what happens to a package's files between its archive and an image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Release
from praxi_tasks.fingerprint import PathKind

_DELETED_KINDS: Final = (
    ((PathKind.METADATA,), 0.8),
    ((PathKind.DOC, PathKind.MAN), 0.6),
    ((PathKind.LOCALE,), 0.4),
    ((PathKind.TEST,), 0.25),
)


@dataclass(frozen=True, slots=True, eq=False)
class Files:
    """Files of an image, as columns of ``n`` files.

    Parameters
    ----------
    sizes
        In bytes, shape ``(n,)``.
    hashes
        xxh3-64 of the contents, 0 where unknown, shape ``(n,)``.
    measured
        For which files size and hash are known, shape ``(n,)``.
    """

    paths: list[str]
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    measured: NDArray[np.bool_]

    @classmethod
    def of(cls, release: Release) -> Files:
        """Return all files of a release."""
        return cls(release.paths, release.sizes, release.hashes, release.measured)

    def keep(self, mask: NDArray[np.bool_]) -> Files:
        """Return the files of a mask of shape ``(n,)``."""
        paths = [self.paths[row] for row in np.flatnonzero(mask).tolist()]
        return Files(paths, self.sizes[mask], self.hashes[mask], self.measured[mask])

    def renamed(self, paths: list[str]) -> Files:
        """Return the files under other paths."""
        return Files(paths, self.sizes, self.hashes, self.measured)


@dataclass(frozen=True, slots=True)
class Damage:
    """What building an image does to all packages in it.

    Parameters
    ----------
    kinds
        The kinds of files that it deletes.
    lost
        The share of the files that it loses at random.
    partial
        Probability that only one folder of a package was copied.
    licences
        Whether ``copyright`` files are kept while other documents are deleted, as in slim images.
    """

    kinds: tuple[PathKind, ...] = (PathKind.METADATA,)
    lost: float = 0.0
    partial: float = 0.0
    licences: bool = False

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Damage:
        """Draw the damage of one image."""
        kinds = [kind for group, chance in _DELETED_KINDS if rng.random() < chance for kind in group]
        mood = rng.random()
        lost = 0.0 if mood < 0.45 else rng.uniform(0, 0.3) if mood < 0.65 else rng.uniform(0.3, 0.75)
        return cls(tuple(kinds), lost, 0.1 if rng.random() < 0.3 else 0.0, rng.random() < 0.25)

    def apply(self, release: Release, rng: np.random.Generator) -> Files:
        """Return what is left of a release."""
        return Files.of(release).keep(self.mask(release, rng))

    def mask(self, release: Release, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Return which of a release's ``n`` files are left, shape ``(n,)``."""
        keep = ~np.isin(release.normalised.kinds, self.kinds)
        if self.licences:
            keep |= np.fromiter((path.endswith("/copyright") for path in release.paths), np.bool_, len(keep))
        if self.lost:
            keep &= rng.random(len(keep)) >= self.lost
        if len(keep) and self.partial and rng.random() < self.partial:
            folder = release.normalised.folder_of
            keep &= folder == rng.choice(folder)
        return keep


def drift(files: Files, rng: np.random.Generator, share: float) -> Files:
    """Simulate another version: some files removed, some new, many changed."""
    keep = rng.random(len(files.paths)) >= share / 2
    left = files.keep(keep)
    new = rng.random(len(left.paths)) < share / 2
    paths = [
        f"{path}.{number}" if fresh else path
        for number, (path, fresh) in enumerate(zip(left.paths, new, strict=True))
    ]
    changed = rng.random(len(paths)) < max(share, 0.5)
    sizes = np.where(changed, left.sizes + rng.integers(1, 900, len(paths), np.uint64), left.sizes)
    hashes = np.where(changed & (left.hashes != 0), left.hashes ^ np.uint64(0x9E3779B97F4A7C15), left.hashes)
    return Files(paths, sizes, hashes, left.measured)


_SITE: Final = re.compile(r"^site-packages/")


def install_wheel(files: Files, root: str) -> Files:
    """Move a wheel's files to where Python imports from, ``usr/lib/python3.11/site-packages`` say."""
    return files.renamed([_SITE.sub(f"{root}/", path) for path in files.paths])


def compile_python(files: Files) -> Files:
    """Add the byte code that an installer compiles of every module; it has the size of its source."""
    modules = np.array([path.endswith(".py") for path in files.paths], np.bool_)
    made = [_byte_code(path) for path in files.paths if path.endswith(".py")]
    return Files(
        files.paths + made,
        np.concatenate([files.sizes, files.sizes[modules]]),
        np.concatenate([files.hashes, np.zeros(len(made), np.uint64)]),
        np.concatenate([files.measured, files.measured[modules]]),
    )


def _byte_code(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.cpython-311.pyc".lstrip("/")
