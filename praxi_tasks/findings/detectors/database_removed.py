"""Database removed: a layer deletes a package database while the packages' files stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, FoundPackage, Kind
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import INVENTORY
from praxi_tasks.printable import printable


class DatabaseRemoved(Detector):
    """Reports database records that a layer removed although most of the package's files remain."""

    kind: ClassVar[Kind] = "database-removed"
    summary: ClassVar[str] = (
        "a layer deletes dpkg, rpm, apk or dist-info data; the packages are recovered from the layers below"
    )
    default_severity: ClassVar[str] = "high"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield one finding per layer and kind of database."""
        lost: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        packages: defaultdict[tuple[int, str], dict[str, FoundPackage]] = defaultdict(dict)
        recovered = {
            (item.package, item.versions): item.purl
            for item in image.components
            if item.recovered and item.present
        }
        for tracked in image.claims:
            claim = tracked.claim
            release = f"{claim.ecosystem}/{claim.name}", (claim.version,)
            if tracked.dropped is not None and release in recovered:
                cause = tracked.dropped, claim.ecosystem
                lost[cause].append(printable(claim.database))
                title = printable(f"{claim.name} {claim.version}".rstrip())
                packages[cause][title] = FoundPackage(release[0], title, recovered[release])
        for (number, ecosystem), databases in sorted(lost.items()):
            called = ecosystem_of(ecosystem).database
            yield Finding(
                kind="database-removed",
                id="PRAXI-DATABASE-REMOVED",
                title=f"a layer removes {called} data of {len(databases)} packages"
                " whose files stay; they are recovered from the layers below",
                severity="high",
                action="keep the database in the image: without it no other scanner sees these packages",
                package=f"{ecosystem}/",
                packages=tuple(packages[number, ecosystem].values()),
                layer=image.digests[number],
                evidence=tuple(dict.fromkeys(databases))[:SHOWN_PATHS],
                sources=(INVENTORY,),
            )
