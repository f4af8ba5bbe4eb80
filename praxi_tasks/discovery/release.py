"""What is known of one release, before it becomes part of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.fingerprint import PathColumns


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A release and the files it installs, as columns of one length.

    ``version`` is empty where a source of releases does not tell it. ``measured`` says for which files size
    and content hash are known.
    """

    ecosystem: str
    name: str
    version: str
    paths: list[str]
    normalised: PathColumns
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    measured: NDArray[np.bool_]

    @property
    def package(self) -> str:
        """The package as catalogues spell it."""
        return f"{self.ecosystem}/{self.name}"
