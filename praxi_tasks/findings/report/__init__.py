"""What an audit found as documents: page, tables, SARIF, SBOMs, metrics, and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.report.cyclonedx import to_cyclonedx
    from praxi_tasks.findings.report.look import stylesheet, theme_script
    from praxi_tasks.findings.report.openvex import to_openvex
    from praxi_tasks.findings.report.overview import OVERVIEW, Overview, TableFile, overview_of
    from praxi_tasks.findings.report.package_list import packages_table
    from praxi_tasks.findings.report.page import report_page
    from praxi_tasks.findings.report.prometheus import audit_metrics, push_metrics, write_textfile
    from praxi_tasks.findings.report.sarif import sarif_parts, to_sarif
    from praxi_tasks.findings.report.software import known_software, popular_packages
    from praxi_tasks.findings.report.spdx import to_spdx
    from praxi_tasks.findings.report.tables import SCHEMAS, parquet_tables
    from praxi_tasks.findings.report.terminal import SEVERITY_STYLES, findings_summary, findings_table
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "cyclonedx": ("to_cyclonedx",),
            "look": ("stylesheet", "theme_script"),
            "openvex": ("to_openvex",),
            "overview": ("OVERVIEW", "Overview", "TableFile", "overview_of"),
            "package_list": ("packages_table",),
            "page": ("report_page",),
            "prometheus": ("audit_metrics", "push_metrics", "write_textfile"),
            "sarif": ("sarif_parts", "to_sarif"),
            "software": ("known_software", "popular_packages"),
            "spdx": ("to_spdx",),
            "tables": ("SCHEMAS", "parquet_tables"),
            "terminal": ("SEVERITY_STYLES", "findings_summary", "findings_table"),
        },
    )

__all__ = [
    "OVERVIEW",
    "Overview",
    "SCHEMAS",
    "SEVERITY_STYLES",
    "TableFile",
    "audit_metrics",
    "findings_summary",
    "findings_table",
    "known_software",
    "overview_of",
    "packages_table",
    "parquet_tables",
    "popular_packages",
    "push_metrics",
    "report_page",
    "sarif_parts",
    "stylesheet",
    "theme_script",
    "to_cyclonedx",
    "to_openvex",
    "to_sarif",
    "to_spdx",
    "write_textfile",
]
