"""Ghost: a package database lists a package whose files are missing."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from typing import ClassVar, Final

from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage, TrackedClaim, significant
from praxi_tasks.findings.packages import INVENTORY, claim_purl
from praxi_tasks.inventory import Claim
from praxi_tasks.printable import printable

# A package is a ghost if this share of its significant files is missing, or any program of it.
_MISSING: Final = 0.2
_PROGRAMS: Final = ("usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/local/sbin/", "bin/", "sbin/")


class Ghost(Detector):
    """Reports claims of package databases whose programs or many of whose files are not there."""

    kind: ClassVar[Kind] = "ghost"
    summary: ClassVar[str] = "a database claims programs or many files that are not there"
    default_severity: ClassVar[str] = "low"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each ghost."""
        for tracked in image.claims:
            if tracked.dropped is None and (missing := _missing(image, tracked)):
                yield _ghost(image, tracked, missing)


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


def _ghost(image: FusedImage, tracked: TrackedClaim, missing: tuple[str, ...]) -> Finding:
    claim = tracked.claim
    removers = [number for path in missing if (number := image.tree.removed_by(path)) is not None]
    layer = max(set(removers), key=removers.count) if removers else tracked.first
    return Finding(
        kind="ghost",
        id="PRAXI-GHOST",
        title=f"{claim.name} {claim.version} claims {len(missing)} files that are not there",
        severity="low",
        action="remove the package with its package manager instead of its files",
        purl=claim_purl(claim, image.distribution),
        package=f"{claim.ecosystem}/{claim.name}",
        layer=image.digests[layer],
        evidence=tuple(map(printable, missing[:SHOWN_PATHS])),
        sources=(INVENTORY,),
    )
