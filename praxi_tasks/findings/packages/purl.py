"""Releases as package URLs (the purl specification, ECMA-427)."""

from __future__ import annotations

from functools import lru_cache

from packageurl import PackageURL

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.inventory import Claim, Distribution


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
    rules = ecosystem_of(ecosystem)
    vendor, name = rules.split_name(name)
    if rules.of_distribution:
        vendor = namespace or rules.default_namespace
    qualifiers = {"arch": architecture} if architecture else {}
    epoch, colon, rest = version.partition(":")
    if rules.epoch_qualifier and colon:
        version = rest
        qualifiers["epoch"] = epoch
    return PackageURL(ecosystem, vendor or None, name, version or None, qualifiers or None).to_string()


def claim_purl(claim: Claim, distribution: Distribution | None) -> str:
    """Return the package URL of what a database claims, in the distribution it was found in."""
    namespace = distribution.id if distribution else ""
    return release_purl(claim.ecosystem, claim.name, claim.version, namespace, claim.architecture)
