"""Advisories as vendors publish them: each form is read into OSV's records."""

from praxi_tasks.findings.advisories.vendors.forms import check_vendor_feed, read_vendor_records

__all__ = ["check_vendor_feed", "read_vendor_records"]
