"""npm's ``package.json``: what one says of its package, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from praxi_tasks.ecosystems import NPM
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.licences import stated


class Manifest(msgspec.Struct):
    """What is read of a manifest."""

    name: str = ""
    version: str = ""
    private: Any = None
    license: Any = None
    licenses: Any = None


def claimed(manifest: Manifest, database: str, files: tuple[str, ...]) -> Iterator[Claim]:
    """Yield the package of a manifest; one without name or version is no release."""
    if manifest.name and manifest.version:
        licences = stated(_licences(manifest))
        yield Claim(NPM.purl_type, manifest.name, manifest.version, database, files=files, licences=licences)


def _licences(manifest: Manifest) -> Iterator[str]:
    """Yield what a manifest says of licences: an expression; old ones list some to choose from."""
    given = manifest.license or manifest.licenses
    several = given if isinstance(given, list) else [given]
    names = [one.get("type") if isinstance(one, dict) else one for one in several]
    yield " OR ".join(name for name in names if isinstance(name, str) and name)
