"""Ghost: a package database lists a package whose files are missing."""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, FoundPackage, Kind, listed
from praxi_tasks.findings.image import FusedImage, TrackedClaim, significant
from praxi_tasks.findings.packages import INVENTORY, claim_purl
from praxi_tasks.inventory import Claim
from praxi_tasks.printable import printable

# A package is a ghost if this share of its significant files is missing, or any program of it.
_MISSING: Final = 0.2
_NAMED: Final = 3
_PROGRAMS: Final = ("usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/local/sbin/", "bin/", "sbin/")


class Ghost(Detector):
    """Reports claims of package databases whose programs or many of whose files are not there."""

    kind: ClassVar[Kind] = "ghost"
    summary: ClassVar[str] = (
        "a database claims programs or many files that are not there; one finding for each layer that did it"
    )
    default_severity: ClassVar[str] = "low"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each layer that made ghosts, which lists them."""
        ghosts: defaultdict[int, list[tuple[Claim, tuple[str, ...]]]] = defaultdict(list)
        for tracked in image.claims:
            if tracked.dropped is None and (missing := _missing(image, tracked)):
                ghosts[_layer_of(image, tracked, missing)].append((tracked.claim, missing))
        for layer, found in sorted(ghosts.items()):
            yield _finding(image, layer, found)


def _missing(image: FusedImage, tracked: TrackedClaim) -> tuple[str, ...]:
    """Return the files whose absence makes the package a ghost; nothing if too few are missing."""
    home = f"{tracked.home}/" if tracked.home else ""
    # What pip puts beside the folder of a release is left behind where that is copied, or made by --target.
    files = [path for path in tracked.claim.files if path.startswith(home) and significant(path)]
    missing = [path for path in files if not image.tree.exists(path)]
    if missing and not home:
        missing = _unplaced(image, tracked.claim, missing)
    if len(missing) >= _MISSING * len(files) or any(path.startswith(_PROGRAMS) for path in missing):
        return tuple(missing)
    return ()


def _unplaced(image: FusedImage, claim: Claim, missing: list[str]) -> list[str]:
    """Return the missing files without those that were diverted, or never unpacked."""
    placement = image.placement
    diverted = {what: to for what, to, package in placement.diversions if package != claim.name}
    rules = [(rule[:1] == "-", re.compile(fnmatch.translate(rule[1:]))) for rule in reversed(placement.rules)]
    return [
        path
        for path in missing
        if not (path in diverted and image.tree.exists(diverted[path]))
        and not next((excluded for excluded, pattern in rules if pattern.match(path)), False)
    ]


def _layer_of(image: FusedImage, tracked: TrackedClaim, missing: tuple[str, ...]) -> int:
    """Return the layer that took most of the files away, or that made the claim."""
    removers = [number for path in missing if (number := image.tree.removed_by(path)) is not None]
    return max(sorted(set(removers)), key=removers.count) if removers else tracked.first


def _finding(image: FusedImage, layer: int, ghosts: Sequence[tuple[Claim, tuple[str, ...]]]) -> Finding:
    claims = [claim for claim, _ in ghosts]
    count = sum(len(missing) for _, missing in ghosts)
    families = {claim.ecosystem for claim in claims}
    one = len(ghosts) == 1
    names = listed([_called(claim) for claim in claims], _NAMED)
    who = f"{names} claims" if one else f"{len(claims):,} packages ({names}) claim"
    firsts = [path for _, missing in ghosts for path in missing[: SHOWN_PATHS if one else 1]]
    return Finding(
        kind="ghost",
        id="PRAXI-GHOST",
        title=printable(f"{who} {count:,} files that are not there"),
        severity="low",
        action="remove the package with its package manager instead of its files",
        purl=claim_purl(claims[0], image.distribution) if one else "",
        package=f"{claims[0].ecosystem if len(families) == 1 else ''}/{claims[0].name if one else ''}",
        packages=() if one else tuple(_found(image, *ghost) for ghost in ghosts),
        layer=image.digests[layer],
        evidence=tuple(map(printable, firsts[:SHOWN_PATHS])),
        sources=(INVENTORY,),
    )


def _found(image: FusedImage, claim: Claim, missing: tuple[str, ...]) -> FoundPackage:
    purl = claim_purl(claim, image.distribution)
    path = printable(missing[0])
    return FoundPackage(f"{claim.ecosystem}/{claim.name}", printable(_called(claim)), purl, (path,))


def _called(claim: Claim) -> str:
    return f"{claim.name} {claim.version}".rstrip()
