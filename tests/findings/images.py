"""Small images made by hand: layers of paths, claims and predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import LayerPrediction, LookAlike, ReleasePrediction, Unexplained, UnexplainedRoot
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.inventory import Claim, Distribution, Inventory, Placement, VersionText

STATUS = "var/lib/dpkg/status"


@dataclass
class Changes:
    """A layer's changes, as far as fusion reads them."""

    digest: str
    paths: list[str] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    whiteouts: tuple[str, ...] = ()
    opaques: tuple[str, ...] = ()
    links: dict[int, str] = field(default_factory=dict)
    checksum_kinds: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    checksums: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))


def layer(
    number: int,
    files: Sequence[str] = (),
    *,
    claims: Sequence[Claim] = (),
    databases: Sequence[str] = (),
    releases: Sequence[ReleasePrediction] = (),
    look_alikes: Sequence[LookAlike] = (),
    whiteouts: Sequence[str] = (),
    opaques: Sequence[str] = (),
    roots: dict[str, int] | None = None,
    model: bool = True,
    distribution: Distribution | None = None,
    links: dict[str, str] | None = None,
    folders: Sequence[str] = (),
    placement: Placement | None = None,
    texts: Sequence[VersionText] = (),
) -> LayerFacts:
    """Make one layer; its digest is its number. Symbolic links come before what may lie behind them."""
    digest = f"sha256:{number:064x}"
    unexplained = Unexplained(
        sum((roots or {}).values()), tuple(UnexplainedRoot(path, n) for path, n in (roots or {}).items())
    )
    return LayerFacts(
        Changes(
            digest,
            [*(links or {}), *folders, *files],
            [ord("l")] * len(links or {}) + [ord("d")] * len(folders) + [ord("f")] * len(files),
            tuple(whiteouts),
            tuple(opaques),
            dict(enumerate((links or {}).values())),
        ),
        Inventory(
            digest,
            tuple(claims),
            tuple(databases) or tuple(dict.fromkeys(c.database for c in claims)),
            distribution,
            placement=placement,
            version_texts=tuple(texts),
        ),
        LayerPrediction(digest, "m1", tuple(releases), unexplained, look_alikes=tuple(look_alikes))
        if model
        else None,
    )


def deb(name: str, version: str, *files: str, source: str = "", source_version: str = "") -> Claim:
    return Claim("deb", name, version, STATUS, "amd64", source or name, source_version or version, files)


def pypi(name: str, version: str, *files: str, site: str = "usr/lib/python3/dist-packages") -> Claim:
    metadata = f"{site}/{name}-{version}.dist-info"
    owned = (*(f"{site}/{file}" for file in files), f"{metadata}/METADATA", f"{metadata}/RECORD")
    return Claim("pypi", name, version, f"{metadata}/METADATA", files=owned)


def seen(
    ecosystem: str, name: str, versions: Sequence[str], *evidence: str, confidence: float = 0.97
) -> ReleasePrediction:
    return ReleasePrediction(ecosystem, name, tuple(versions), confidence, evidence, len(evidence))
