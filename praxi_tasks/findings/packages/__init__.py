"""What a package is called, and how its versions are ordered: components, package URLs, namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.packages.component import (
        FINGERPRINT,
        INVENTORY,
        Component,
        distribution_name,
        package_key,
    )
    from praxi_tasks.findings.packages.namespaces import (
        MIRRORED_ECOSYSTEMS,
        component_namespace,
        component_subject,
        ecosystem_namespace,
        known_ecosystem,
        osv_name,
        own_namespace,
        version_type,
    )
    from praxi_tasks.findings.packages.purl import claim_purl, release_purl
    from praxi_tasks.findings.packages.relatives import relative_name
    from praxi_tasks.findings.packages.version_order import newest_version, parse_version
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "component": ("Component", "FINGERPRINT", "INVENTORY", "distribution_name", "package_key"),
            "namespaces": (
                "MIRRORED_ECOSYSTEMS",
                "component_namespace",
                "component_subject",
                "ecosystem_namespace",
                "known_ecosystem",
                "osv_name",
                "own_namespace",
                "version_type",
            ),
            "purl": ("claim_purl", "release_purl"),
            "relatives": ("relative_name",),
            "version_order": ("newest_version", "parse_version"),
        },
    )

__all__ = [
    "Component",
    "FINGERPRINT",
    "INVENTORY",
    "MIRRORED_ECOSYSTEMS",
    "claim_purl",
    "component_namespace",
    "component_subject",
    "distribution_name",
    "ecosystem_namespace",
    "known_ecosystem",
    "newest_version",
    "osv_name",
    "own_namespace",
    "package_key",
    "parse_version",
    "relative_name",
    "release_purl",
    "version_type",
]
