"""Releases as package URLs (the purl specification, ECMA-427)."""

from __future__ import annotations

from functools import lru_cache

from packageurl import PackageURL

from praxi_tasks.inventory import Claim, Distribution

_NAMESPACED = frozenset({"deb", "apk", "rpm"})
_DEFAULT_NAMESPACE = {"deb": "debian", "apk": "alpine"}


@lru_cache(maxsize=200_000)
def release_purl(
    ecosystem: str, name: str, version: str = "", namespace: str = "", architecture: str = ""
) -> str:
    """Return the package URL of a release, without a version where none is known.

    Parameters
    ----------
    namespace
        The distribution's ``os-release`` ID, for ecosystems that belong to one; Debian's and Alpine's
        package types have their own distribution as default. An rpm's epoch is a qualifier of its URL.
    """
    vendor: str | None = None
    if ecosystem in _NAMESPACED:
        vendor = namespace or _DEFAULT_NAMESPACE.get(ecosystem)
    elif ecosystem == "npm" and name.startswith("@"):
        vendor, _, name = name.partition("/")
    qualifiers = {"arch": architecture} if architecture else {}
    epoch, colon, rest = version.partition(":")
    if ecosystem == "rpm" and colon:
        version = rest
        qualifiers["epoch"] = epoch
    return PackageURL(ecosystem, vendor, name, version or None, qualifiers or None).to_string()


def claim_purl(claim: Claim, distribution: Distribution | None) -> str:
    """Return the package URL of what a database claims, in the distribution it was found in."""
    namespace = distribution.id if distribution else ""
    return release_purl(claim.ecosystem, claim.name, claim.version, namespace, claim.architecture)
