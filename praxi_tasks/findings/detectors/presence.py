"""Findings no reader of databases gives: hidden, database-removed, ghost and unexplained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.finding import Finding, Severity
from praxi_tasks.findings.image.claim_history import TrackedClaim
from praxi_tasks.findings.image.file_tree import merged, printable, telling
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.findings.image.unexplained_files import unexplained_files
from praxi_tasks.findings.packages.component import FINGERPRINT, INVENTORY, Component
from praxi_tasks.findings.packages.purl import claim_purl

_SHOWN_PATHS: Final = 10
# A package is a ghost if this share of its telling files is missing, or any program of it.
_MISSING: Final = 0.2
_PROGRAMS: Final = ("usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/local/sbin/", "bin/", "sbin/")
# Shares of an image's files that nobody owns, from which on the finding is more than information.
_SHARES: Final[tuple[tuple[float, Severity], ...]] = ((0.5, "medium"), (0.05, "low"))


def presence_findings(image: FusedImage) -> tuple[Finding, ...]:
    """Return what files and databases say about each other in an image."""
    return (
        *_hidden(image),
        *_removed_databases(image),
        *_ghosts(image),
        *_unexplained(image),
    )


def _hidden(image: FusedImage) -> Iterator[Finding]:
    for component in image.components:
        if component.present and component.hidden and not (component.owner or _owned(component, image)):
            yield Finding(
                kind="hidden",
                id="PRAXI-HIDDEN",
                title=f"{_called(component)} is there and no package database knows it",
                severity="medium",
                action="install it with its package manager, or find out who put it there",
                purl=component.purl,
                package=component.package,
                layer=component.layers[0],
                evidence=component.evidence,
                sources=(FINGERPRINT,),
                confidence=component.confidence,
            )


def _owned(component: Component, image: FusedImage) -> bool:
    """Return whether a database lists most of the evidence under another name.

    Distributions package Python's and npm's releases: what dpkg installed, dpkg knows.
    """
    listed = sum(merged(path) in image.claimed for path in component.evidence)
    return 2 * listed > len(component.evidence)


def _removed_databases(image: FusedImage) -> Iterator[Finding]:
    """One finding per layer and kind of database whose packages outlived it."""
    lost: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    recovered = {
        (item.package, item.versions) for item in image.components if item.recovered and item.present
    }
    for tracked in image.claims:
        claim = tracked.claim
        if tracked.dropped is not None and (f"{claim.ecosystem}/{claim.name}", (claim.version,)) in recovered:
            lost[tracked.dropped, claim.ecosystem].append(claim.database)
    for (number, ecosystem), databases in sorted(lost.items()):
        yield Finding(
            kind="database-removed",
            id="PRAXI-DATABASE-REMOVED",
            title=f"a layer removes {ecosystem_of(ecosystem).database} data of {len(databases)} packages"
            " whose files stay; they are recovered from the layers below",
            severity="high",
            action="keep the database in the image: without it no other scanner sees these packages",
            package=f"{ecosystem}/",
            layer=image.digests[number],
            evidence=tuple(dict.fromkeys(databases))[:_SHOWN_PATHS],
            sources=(INVENTORY,),
        )


def _ghosts(image: FusedImage) -> Iterator[Finding]:
    for tracked in image.claims:
        if tracked.dropped is None and (missing := _missing(image, tracked)):
            yield _ghost(image, tracked, missing)


def _missing(image: FusedImage, tracked: TrackedClaim) -> tuple[str, ...]:
    """Return the files whose absence makes the package a ghost; nothing if too few are missing."""
    files = [path for path in tracked.claim.files if telling(path)]
    missing = [path for path in files if not image.tree.exists(path)]
    if len(missing) >= _MISSING * len(files) or any(path.startswith(_PROGRAMS) for path in missing):
        return tuple(missing)
    return ()


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
        evidence=tuple(map(printable, missing[:_SHOWN_PATHS])),
        sources=(INVENTORY,),
    )


def _unexplained(image: FusedImage) -> Iterator[Finding]:
    rest = unexplained_files(image)
    if rest.files:
        share = rest.share
        yield Finding(
            kind="unexplained",
            id="PRAXI-UNEXPLAINED",
            title=f"{rest.files} files ({share:.0%} of the image) belong to nothing that is known",
            severity=next((severity for least, severity in _SHARES if share >= least), "info"),
            action="teach the model the packages they come from, or note them as your own software",
            layer=rest.layer,
            evidence=tuple(
                f"{printable(root.path)}/ ({root.files} files)" for root in rest.roots[:_SHOWN_PATHS]
            ),
            sources=(INVENTORY, FINGERPRINT),
        )


def _called(component: Component) -> str:
    if component.ties:
        return f"one of {', '.join(component.one_of)}"
    return f"{component.name} {' or '.join(component.versions)}".rstrip()
