"""Leaving packages out of a catalogue."""

from __future__ import annotations

from collections.abc import Container

import numpy as np

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.contents import spread, starts


def without(part: Catalogue, packages: Container[str]) -> Catalogue:
    """Return a catalogue that knows all that ``part`` does but some packages; itself if it has none of them.

    Parameters
    ----------
    packages
        Names as the catalogue spells them; what it does not know is passed over.
    """
    kept = np.fromiter((name not in packages for name in part.packages), np.bool_, len(part.packages))
    if kept.all():
        return part
    number = (np.cumsum(kept) - 1).astype(np.uint32)
    chosen = np.flatnonzero(kept)
    own, claimed = kept[part.owners], kept[part.folder_owners]
    versions = np.diff(part.version_starts)[chosen]
    files = np.diff(part.row_starts)[chosen]
    rows = spread(part.row_starts[chosen], files)
    held = np.diff(part.holder_starts)[rows]
    return Catalogue(
        packages=[part.packages[place] for place in chosen.tolist()],
        expected=part.expected[chosen],
        extras=part.extras[chosen],
        keys=part.keys[own],
        owners=number[part.owners[own]],
        folders=part.folders[claimed],
        folder_owners=number[part.folder_owners[claimed]],
        versions=[part.versions[at] for at in spread(part.version_starts[chosen], versions).tolist()],
        version_starts=starts(versions),
        row_starts=starts(files),
        row_keys=part.row_keys[rows],
        row_sizes=part.row_sizes[rows],
        row_hashes=part.row_hashes[rows],
        row_core=part.row_core[rows],
        holder_starts=starts(held),
        holders=part.holders[spread(part.holder_starts[rows], held)],
    )
