"""Releases as package URLs (the purl specification, ECMA-427)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from packageurl import PackageURL, normalize_qualifiers

from praxi_tasks.ecosystems import APK, DEB, RPM, ecosystem_of
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.inventory import Claim, Distribution

# os-release's ID -> the vendor that the purl specification names, where it is another word.
_VENDORS: Final = {"rhel": "redhat", "opensuse-leap": "opensuse", "opensuse-tumbleweed": "opensuse"}


@lru_cache(maxsize=20_000)  # what many images of a cluster share: an entry takes 700 bytes
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
        vendor = _VENDORS.get(namespace, namespace) or rules.default_namespace
    qualifiers = {"arch": architecture} if architecture else {}
    epoch, colon, rest = version.partition(":")
    if rules.epoch_qualifier and colon:
        version = rest
        qualifiers["epoch"] = epoch
    kind = rules.written_as or ecosystem
    return PackageURL(kind, vendor or None, name, version or None, qualifiers or None).to_string()


def claim_purl(claim: Claim, distribution: Distribution | None) -> str:
    """Return the package URL of what a database claims, in the distribution it was found in."""
    namespace = distribution.id if distribution else ""
    return release_purl(claim.ecosystem, claim.name, claim.version, namespace, claim.architecture)


def described_purl(component: Component) -> str:
    """Return a component's package URL with all that scanners match on when they read an SBOM.

    ``distro`` names a distribution's release, ``upstream`` the source package: with its version where that is
    another one (deb), as the file it is built from (rpm). ``vcs_url`` or ``download_url`` say where it came
    from, if not from its index. ``rpmmod`` and ``modularitylabel`` name the module.
    """
    more: dict[str, str] = {}
    if ecosystem_of(component.ecosystem).of_distribution and component.distribution:
        more["distro"] = component.distribution
    if upstream := _upstream(component):
        more["upstream"] = upstream
    if component.origin:
        kind = "vcs_url" if "+" in component.origin.partition("://")[0] else "download_url"
        more[kind] = component.origin
    if component.module:
        more["modularitylabel"] = more["rpmmod"] = component.module  # Trivy's name, and Red Hat's
    if not more:
        return component.purl
    plain, _, qualifiers = component.purl.partition("?")
    added = normalize_qualifiers(more, encode=True) or ""
    every = sorted(filter(None, f"{qualifiers}&{added}".split("&")))  # a blank value is none
    return f"{plain}?{'&'.join(every)}" if every else plain


def _upstream(component: Component) -> str:
    source, versions = component.source, component.source_versions
    if not source or len(versions) != 1:
        return source
    if component.ecosystem == RPM.purl_type:
        return f"{source}-{versions[0]}.src.rpm"
    if component.ecosystem == DEB.purl_type and versions != component.versions:
        return f"{source}@{versions[0]}"
    return "" if component.ecosystem == APK.purl_type and source == component.name else source
