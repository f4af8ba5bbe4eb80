"""``updateinfo.xml``, notices beside an rpm repository: Amazon, Oracle, Fedora, EPEL, SUSE, AlmaLinux, Rocky.

libsolv's and DNF's form: https://en.opensuse.org/openSUSE:Standards_Rpm_Metadata_UpdateInfo.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from praxi_tasks.findings.advisories.osv import Record
from praxi_tasks.findings.advisories.vendors.content import Content
from praxi_tasks.findings.advisories.vendors.notices import Fix, cves_in, evr, record_of
from praxi_tasks.findings.feeds import read_elements
from praxi_tasks.xml_stream import Element

ROOT: Final = "updates"
_SECURITY: Final = "security"
_SOURCES: Final = frozenset({"src", "nosrc"})
_WITHDRAWN: Final = frozenset({"retracted", "testing", "pending", "obsolete"})


def read_updateinfo(data: bytes, where: str) -> Iterator[Record | str]:
    """Yield the notices that are about vulnerabilities, and a sentence for each that can't be used.

    What fixes errors or brings new features counts only where it names a vulnerability.

    Raises
    ------
    DataError
        If it is no such document, or is cut short.
    """
    for update in read_elements(Content(data, where).pieces(), ("update",), ROOT, where):
        if update.attributes.get("status", "") in _WITHDRAWN:
            continue
        named = _vulnerabilities(update)
        if named or update.attributes.get("type") == _SECURITY:
            record = _record(update, named)
            yield f"{where}, line {update.line}: {record}" if isinstance(record, str) else record


def _record(update: Element, named: tuple[str, ...]) -> Record | str:
    dates = (update.first(tag) for tag in ("updated", "issued"))
    modified = next((found.attributes["date"] for found in dates if found and "date" in found.attributes), "")
    return record_of(
        update.text_of("id"),
        _fixes(update),
        vulnerabilities=named,
        severity=update.text_of("severity"),
        summary=update.text_of("title") or update.text_of("summary"),
        modified=modified.strip().replace(" ", "T", 1),
    )


def _vulnerabilities(update: Element) -> tuple[str, ...]:
    """Return the CVEs of a notice: those of its references, else those of a security notice's text."""
    references = update.first("references")
    found = [
        text
        for one in (references.all("reference") if references else ())
        for text in (one.attributes.get("id", ""), one.attributes.get("title", ""))
    ]
    named = cves_in(*found)
    if named or update.attributes.get("type") != _SECURITY:
        return named
    return cves_in(*(update.text_of(tag) for tag in ("title", "summary", "description")))


def _fixes(update: Element) -> Iterator[Fix]:
    packages = update.first("pkglist")
    for collection in packages.all("collection") if packages else ():
        module = collection.first("module")
        stream = f"{module.attributes.get('name')}:{module.attributes.get('stream')}" if module else ""
        for package in collection.all("package"):
            given = package.attributes
            if given.get("arch") not in _SOURCES and given.get("version"):
                version = evr(given.get("epoch", ""), given["version"], given.get("release", ""))
                yield Fix(given.get("name", ""), version, stream)
