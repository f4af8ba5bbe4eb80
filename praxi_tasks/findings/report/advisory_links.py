"""Whose record an advisory's identifier is of, and where that is read."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

# By the beginning of an identifier.
_SOURCES: Final = {
    "CVE-": ("NVD", "https://nvd.nist.gov/vuln/detail/{}"),
    "GHSA-": ("GitHub", "https://github.com/advisories/{}"),
    "DSA-": ("Debian", "https://security-tracker.debian.org/tracker/{}"),
    "DLA-": ("Debian", "https://security-tracker.debian.org/tracker/{}"),
    "RHSA-": ("Red Hat", "https://access.redhat.com/errata/{}"),
}
_OSV: Final = ("OSV", "https://osv.dev/vulnerability/{}")


def advisory_source(identifier: str) -> dict[str, str]:
    """Return the ``name`` of a record's source and the ``url`` of the record."""
    known = (source for prefix, source in _SOURCES.items() if identifier.startswith(prefix))
    name, url = next(known, _OSV)
    return {"name": name, "url": url.format(quote(identifier, safe=":"))}
