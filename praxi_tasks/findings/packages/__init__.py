"""What a package is called, and how its versions are ordered: components, package URLs, namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.packages.component import (
        FINGERPRINT,
        INVENTORY,
        PATH,
        Component,
        distribution_name,
        package_key,
    )
    from praxi_tasks.findings.packages.declaration import Declaration
    from praxi_tasks.findings.packages.extended_releases import extended_name, extended_names
    from praxi_tasks.findings.packages.licences import (
        is_refused,
        joined_licences,
        licences_of,
        spdx_expression,
    )
    from praxi_tasks.findings.packages.modules import filed_names, is_modular, looked_up_names
    from praxi_tasks.findings.packages.namespaces import (
        MIRRORED_ECOSYSTEMS,
        FiledBy,
        component_namespace,
        component_subject,
        distribution_namespace,
        ecosystem_distribution,
        ecosystem_extension,
        ecosystem_namespace,
        filed_by,
        known_ecosystem,
        osv_name,
        own_namespace,
        package_type,
        version_type,
    )
    from praxi_tasks.findings.packages.programs import advised_name, advised_version, same_release
    from praxi_tasks.findings.packages.purl import claim_purl, described_purl, release_purl
    from praxi_tasks.findings.packages.relatives import codename_of, newest_release, relative_name
    from praxi_tasks.findings.packages.version_order import (
        canonical_version,
        newest_version,
        parse_version,
        public_version,
    )
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "component": (
                *("Component", "FINGERPRINT", "INVENTORY", "PATH"),
                *("distribution_name", "package_key"),
            ),
            "declaration": ("Declaration",),
            "namespaces": (
                "FiledBy",
                "MIRRORED_ECOSYSTEMS",
                "component_namespace",
                "component_subject",
                "distribution_namespace",
                "ecosystem_distribution",
                "ecosystem_extension",
                "ecosystem_namespace",
                "filed_by",
                "known_ecosystem",
                "osv_name",
                "own_namespace",
                "package_type",
                "version_type",
            ),
            "licences": ("is_refused", "joined_licences", "licences_of", "spdx_expression"),
            "extended_releases": ("extended_name", "extended_names"),
            "modules": ("filed_names", "is_modular", "looked_up_names"),
            "programs": ("advised_name", "advised_version", "same_release"),
            "purl": ("claim_purl", "described_purl", "release_purl"),
            "relatives": ("codename_of", "newest_release", "relative_name"),
            "version_order": ("canonical_version", "newest_version", "parse_version", "public_version"),
        },
    )

__all__ = [
    "Component",
    "Declaration",
    "FINGERPRINT",
    "FiledBy",
    "INVENTORY",
    "MIRRORED_ECOSYSTEMS",
    "PATH",
    "advised_name",
    "advised_version",
    "canonical_version",
    "claim_purl",
    "codename_of",
    "component_namespace",
    "component_subject",
    "described_purl",
    "distribution_name",
    "distribution_namespace",
    "ecosystem_distribution",
    "ecosystem_extension",
    "ecosystem_namespace",
    "extended_name",
    "extended_names",
    "filed_by",
    "filed_names",
    "is_modular",
    "is_refused",
    "joined_licences",
    "known_ecosystem",
    "licences_of",
    "looked_up_names",
    "newest_release",
    "newest_version",
    "osv_name",
    "own_namespace",
    "package_key",
    "package_type",
    "parse_version",
    "public_version",
    "relative_name",
    "release_purl",
    "same_release",
    "spdx_expression",
    "version_type",
]
