"""Advisories (OSV): the index of them by package, and which versions they affect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.advisories.aliases import is_notice
    from praxi_tasks.findings.advisories.index import Advisory, AdvisoryIndex, Hit
    from praxi_tasks.findings.advisories.index_builder import IndexBuilder
    from praxi_tasks.findings.advisories.index_cache import load_index
    from praxi_tasks.findings.advisories.osv import Range, Record, read_records
    from praxi_tasks.findings.advisories.vendors import check_vendor_feed, read_vendor_records
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "aliases": ("is_notice",),
            "index": ("Advisory", "AdvisoryIndex", "Hit"),
            "index_builder": ("IndexBuilder",),
            "index_cache": ("load_index",),
            "osv": ("Range", "Record", "read_records"),
            "vendors": ("check_vendor_feed", "read_vendor_records"),
        },
    )

__all__ = [
    "Advisory",
    "AdvisoryIndex",
    "Hit",
    "IndexBuilder",
    "Range",
    "Record",
    "check_vendor_feed",
    "is_notice",
    "load_index",
    "read_records",
    "read_vendor_records",
]
