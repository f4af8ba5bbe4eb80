"""One release and the files it installs, before it becomes part of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.fingerprint import BuildIds, PathColumns


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A release and the files it installs, as columns of ``n`` files.

    Parameters
    ----------
    version
        Empty where the source of the release does not state it.
    paths, normalised
        The installed paths, and their normalised spellings, hashed.
    sizes
        In bytes, shape ``(n,)``; :data:`~praxi_tasks.fingerprint.UNKNOWN_SIZE` where nobody knows what is
        installed.
    hashes
        xxh3-64 of the contents, 0 where unknown, shape ``(n,)``.
    measured
        For which files size and hash are known, shape ``(n,)``.
    build_ids
        Of its programs and libraries, as far as they are known.
    """

    ecosystem: str
    name: str
    version: str
    paths: list[str]
    normalised: PathColumns
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    measured: NDArray[np.bool_]
    build_ids: BuildIds = field(default_factory=BuildIds)

    @property
    def package(self) -> str:
        """The package as catalogues spell it."""
        return f"{self.ecosystem}/{self.name}"
