"""Ranks the entries of an index by how well they match a platform."""

from __future__ import annotations

from typing import Final

from praxi_tasks.errors import PlatformError
from praxi_tasks.oci.image.manifest import INDEXES, Entry
from praxi_tasks.oci.image.model import Platform

_ARCHITECTURES: Final = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
    "i386": "386",
}
# What a CPU without a variant can be relied on to be.
_DEFAULT_VARIANTS: Final = {"amd64": "v1", "arm64": "v8", "arm": "v7"}
_REFERENCE_TYPE: Final = "vnd.docker.reference.type"
_NOTHING: Final = ("the index is empty", "the index lists no images, only what describes some")


def candidates(entries: tuple[Entry, ...], platform: Platform, where: str) -> list[Entry]:
    """Return the entries that may be for a platform, the best first.

    A newer CPU runs what was built for an older variant, so ``arm/v7`` takes ``arm/v6`` if it must.
    Entries that name no platform, and indexes, come last: what they hold is known once they are read.

    Raises
    ------
    PlatformError
        If there is none.
    """
    real = [entry for entry in entries if not _describes_another(entry)]
    ranked = [(rank, entry) for entry in real if (rank := _rank(entry, platform)) is not None]
    if not ranked:
        offered = sorted({str(entry.platform.to_platform()) for entry in real if entry.platform})
        raise PlatformError(
            f"no image for {platform}",
            where=where,
            action=f"choose one of: {', '.join(offered)[:300]}" if offered else _NOTHING[bool(entries)],
            offered=tuple(offered),
        )
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def images_first(entries: tuple[Entry, ...], platform: Platform) -> list[Entry]:
    """Return the entries that may be images, those for a platform first."""
    real = [entry for entry in entries if not _describes_another(entry)]
    return sorted(real, key=lambda entry: 3000 if (rank := _rank(entry, platform)) is None else rank)


def names_platform(entry: Entry) -> bool:
    """Return whether an index says which platform the entry is for."""
    return entry.platform is not None and bool(entry.platform.to_platform().architecture)


def runs_on(offered: Platform, wanted: Platform) -> bool:
    """Return whether ``wanted`` runs what was built for ``offered``."""
    return _distance(offered, wanted) is not None


def _describes_another(entry: Entry) -> bool:
    """Return whether the entry is an attestation, signature or another artifact beside the images."""
    if entry.artifact_type:
        return True
    if _REFERENCE_TYPE in (entry.annotations or {}):
        return True
    return entry.platform is not None and entry.platform.architecture == "unknown"


def _rank(entry: Entry, wanted: Platform) -> int | None:
    if entry.platform is None or not names_platform(entry):
        return 2000 if entry.media_type in INDEXES else 1000
    return _distance(entry.platform.to_platform(), wanted)


def _distance(offered: Platform, wanted: Platform) -> int | None:
    """Return by how many variants ``offered`` is older than ``wanted``; None if it does not run there."""
    mine, yours = _normal(wanted), _normal(offered)
    if (mine.os, mine.architecture) != (yours.os, yours.architecture):
        return None
    if mine.variant == yours.variant:
        return 0
    try:
        older = int(mine.variant.lstrip("v")) - int(yours.variant.lstrip("v"))
    except ValueError:
        return None
    return older if older > 0 else None


def _normal(platform: Platform) -> Platform:
    architecture = platform.architecture.lower()
    architecture = _ARCHITECTURES.get(architecture, architecture)
    variant = platform.variant.lower() or _DEFAULT_VARIANTS.get(architecture, "")
    variant = f"v{variant}" if variant.isdecimal() else variant
    return Platform(platform.os.lower() or "linux", architecture, variant)
