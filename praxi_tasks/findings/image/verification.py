"""Files that are not as the database that claims them lists them: what ``dpkg --verify`` or ``rpm -V`` finds.

A database gives a checksum of each of a package's files; the layers' files have theirs. What counts is the
file that the image shows in the end, whichever layer wrote it. Settings, documents, byte code and records
may change. So may what another package lists as it is, and what was diverted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks.ecosystems import APK, CONDA, DEB, PYPI, RPM
from praxi_tasks.findings.image.claim_history import TrackedClaim
from praxi_tasks.findings.image.file_tree import FileTree, LayerChanges, merged_usr, significant
from praxi_tasks.inventory import CHECKSUM_WIDTH, Claim, Placement
from praxi_tasks.oci.layer import MD5, SHA1, SHA256

_KINDS: Final = {
    DEB.purl_type: MD5,
    RPM.purl_type: SHA256,
    APK.purl_type: SHA1,
    PYPI.purl_type: SHA256,
    CONDA.purl_type: SHA256,
}
_PACKAGES: Final = "-packages/"  # pip and conda write scripts outside for the place that they install into
_CONDA: Final = "conda-meta"


class Altered(NamedTuple):
    """A claimed package and those of its files that have another content than its database says."""

    claim: Claim
    layer: int
    files: tuple[str, ...]


class _Listed(NamedTuple):
    """What a record says of a file; one that does not count vouches for a content and misses none."""

    claim: Claim
    path: str
    checksum: int
    counts: bool


def altered_files(
    claims: Sequence[TrackedClaim], tree: FileTree, layers: Sequence[LayerChanges], placement: Placement
) -> list[Altered]:
    """Return the packages that hold with altered files, by the layer that wrote those."""
    diverted = {tree.place(what) for what, _, _ in placement.diversions}
    listed: defaultdict[str, list[_Listed]] = defaultdict(list)
    for tracked in claims:
        if tracked.dropped is None and tracked.claim.ecosystem in _KINDS:
            for each in _listed(tracked.claim, tree):
                place = tree.place(each.path)
                if place not in diverted:
                    listed[place].append(each)
    found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    owners: dict[int, Claim] = {}
    for number, place, kind, checksum in _files(listed, tree, layers):
        mine = [each for each in listed[place] if _KINDS[each.claim.ecosystem] == kind]
        owner = next((each.claim for each in mine if each.counts), None)
        if owner and all(each.checksum != checksum for each in mine):
            owners[id(owner)] = owner
            found[number, id(owner)].append(place)
    return [Altered(owners[owner], number, tuple(sorted(paths))) for (number, owner), paths in found.items()]


def _listed(claim: Claim, tree: FileTree) -> Iterator[_Listed]:
    if len(claim.checksums) != CHECKSUM_WIDTH * len(claim.files):
        return
    python = claim.ecosystem == PYPI.purl_type
    # conda writes its own prefix into the files of a wheel, whose record stays as it was.
    counts = not python or not tree.exists(f"{claim.database.partition('/lib/')[0]}/{_CONDA}")
    values = np.frombuffer(claim.checksums, ">u8").tolist()
    for path, value in zip(claim.files, values, strict=True):
        if value and significant(path) and (not python or _PACKAGES in path):
            yield _Listed(claim, path, value, counts)


def _files(
    listed: defaultdict[str, list[_Listed]], tree: FileTree, layers: Sequence[LayerChanges]
) -> Iterator[tuple[int, str, int, int]]:
    """Yield layer, place, kind and checksum of the files that the image shows at places that are listed."""
    if not listed:
        return
    names = {place.rpartition("/")[2] for place in listed}
    for number, changes in enumerate(layers):
        if not len(changes.checksum_kinds):
            continue
        columns = changes.checksum_kinds.tolist(), changes.checksums.tolist()
        for path, kind, checksum in zip(changes.paths, *columns, strict=True):
            if not kind or path.rpartition("/")[2] not in names:
                continue
            place = merged_usr(path)
            place = place if place in listed else tree.place(path)
            if place in listed and tree.layer_of(place) == number and tree.is_regular(place):
                yield number, place, kind, checksum
