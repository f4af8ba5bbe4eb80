"""What programs in memory say, as a layer's inspection finds it."""

from __future__ import annotations

from praxi_tasks.inventory import Claim, Inspected
from praxi_tasks.inventory.binary.inspect import Inspector
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.oci.layer import FileContent


def inspect(data: bytes, path: str = "usr/bin/tool") -> Inspected:
    """Look into a file."""
    return Inspector(InventoryLimits()).inspect(path, FileContent(data, len(data)))


def releases(data: bytes, path: str = "usr/bin/tool") -> list[str]:
    """Return what a file without problems claims: ``ecosystem/name@version`` each."""
    found = inspect(data, path)
    assert not found.problems
    assert all(claim.database == path and claim.files == (path,) for claim in found.claims)
    return list(map(named, found.claims))


def named(claim: Claim) -> str:
    """Return a claim as ``ecosystem/name@version``."""
    return f"{claim.ecosystem}/{claim.name}@{claim.version}"
