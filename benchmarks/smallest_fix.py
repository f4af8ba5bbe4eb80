"""Every hit on PyPI's real advisories: is the fix that is offered the smallest that nothing covers?

    python -m benchmarks.smallest_fix

Each version that an advisory lists is an installed package, and all packages that share an advisory are in
one image, so that advice for one could be given to another. What is right is read from the records
themselves, with the rules of the ``packaging`` library and no index. The baseline takes the first fix that
the record names.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from benchmarks.report import Table, write_results
from praxi_tasks.findings import Finding
from praxi_tasks.findings.advisories import IndexBuilder, Record, read_records
from praxi_tasks.findings.detectors import Vulnerabilities
from praxi_tasks.findings.feeds import archive_name
from praxi_tasks.findings.finding import advice
from praxi_tasks.findings.packages import Component

FEED = (
    Path(os.environ.get("PRAXI_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    / "osv-pypi-all.zip"
)

Entries = dict[tuple[str, str], list[dict[str, Any]]]
"""What records say, by their identifier and the package's name."""


class Span(NamedTuple):
    """Versions from one on, up to another one that is fixed, or that is the last affected."""

    start: Version | None
    fixed: Version | None
    last: Version | None

    def covers(self, version: Version) -> bool:
        """Return whether a version is one of them."""
        begun = self.start is None or version >= self.start
        return (
            begun
            and (self.fixed is None or version < self.fixed)
            and (self.last is None or version <= self.last)
        )


class Judge:
    """Says from the records alone which fixes may be offered."""

    def __init__(self, said: Entries) -> None:
        self._said = said
        self._safe: dict[tuple[str, str], list[Version]] = {}

    def fixes(self, finding: Finding, installed: str) -> list[Version]:
        """Return the fixes that nothing of a finding's vulnerability covers, the smallest first."""
        name = finding.package.partition("/")[2]
        if (finding.id, name) not in self._safe:
            entries = [e for one in (finding.id, *finding.aliases) for e in self._said.get((one, name), ())]
            spans = [span for entry in entries for span in spans_of(entry)]
            listed = {version(text) for entry in entries for text in entry.get("versions", ())}
            named = sorted({span.fixed for span in spans if span.fixed} - listed)
            self._safe[finding.id, name] = [
                fix for fix in named if not any(span.covers(fix) for span in spans)
            ]
        here = version(installed)
        return [fix for fix in self._safe[finding.id, name] if here is None or fix > here]

    def first_named(self, finding: Finding) -> Version | None:
        """Return the first fix that the finding's own record names: what a plain look-up offers."""
        name = finding.package.partition("/")[2]
        for one in (finding.id, *finding.aliases):
            for entry in self._said.get((one, name), ()):
                for span in spans_of(entry):
                    if span.fixed:
                        return span.fixed
        return None


def spans_of(entry: dict[str, Any]) -> Iterator[Span]:
    """Yield the spans of a record's ranges over versions."""
    for part in entry.get("ranges", ()):
        if part["type"] != "ECOSYSTEM":
            continue
        start: Version | None = None
        is_open = False
        for event in part["events"]:
            if "introduced" in event:
                start, is_open = (None if event["introduced"] == "0" else version(event["introduced"])), True
            elif is_open:
                yield Span(start, version(event.get("fixed", "")), version(event.get("last_affected", "")))
                is_open = False
        if is_open:
            yield Span(start, None, None)


@cache
def version(text: str) -> Version | None:
    """Return a version, or None if it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def read_feed() -> tuple[Entries, list[list[tuple[str, str]]]]:
    """Return what the records say, and images: of each vulnerability's packages one version each."""
    said: Entries = {}
    vulnerabilities: dict[str, dict[str, dict[str, None]]] = {}
    with zipfile.ZipFile(FEED) as archive:
        for member in sorted(archive.namelist()):
            record = json.loads(archive.read(member))
            names = [record["id"], *record.get("aliases", ())]
            packages = vulnerabilities.setdefault(next(filter(_is_cve, names), names[0]), {})
            for entry in () if "withdrawn" in record else record.get("affected", ()):
                name = canonicalize_name(entry["package"]["name"])
                said.setdefault((record["id"], name), []).append(entry)
                packages.setdefault(name, {}).update(
                    dict.fromkeys(filter(version, entry.get("versions", ())))
                )
    images: list[list[tuple[str, str]]] = []
    for packages in vulnerabilities.values():
        versions = {name: [*some] for name, some in packages.items() if some}
        images.extend(
            [(name, some[number % len(some)]) for name, some in versions.items()]
            for number in range(max(map(len, versions.values()), default=0))
        )
    return said, images


def _is_cve(name: str) -> bool:
    return name.startswith("CVE-")


def main() -> None:
    """Ask about every image, compare every hit, write the table."""
    said, images = read_feed()
    records = [one for one in read_records(FEED.read_bytes(), "PyPI") if isinstance(one, Record)]
    builder = IndexBuilder()
    builder.add_feed("PyPI", records, archive_name("PyPI"))
    vulnerabilities, judge = Vulnerabilities(builder.finish()), Judge(said)
    hits = right = plain = fixable = apart = told = 0
    asked: set[tuple[str, str, str]] = set()
    for image in images:
        components = [
            Component("pypi", name, (text,), f"pkg:pypi/{name}@{text}", ("inventory",))
            for name, text in image
        ]
        by_id: dict[str, list[Finding]] = {}
        for finding in vulnerabilities.findings(components):
            by_id.setdefault(finding.id, []).append(finding)
            key = (finding.id, finding.package, finding.purl)
            if key in asked:
                continue
            asked.add(key)
            expected = judge.fixes(finding, finding.purl.partition("@")[2])
            hits += 1
            right += expected == [version(text) for text in finding.fixed]
            fixable += bool(expected)
            plain += judge.first_named(finding) == (expected[0] if expected else None)
        for group in by_id.values():
            if len({finding.action for finding in group}) > 1:
                apart += 1
                told += tells_each(group)
    write(hits, right, fixable, plain, apart, told)


def tells_each(group: Sequence[Finding]) -> bool:
    """Return whether the advice on one vulnerability of several packages has the fix of each."""
    text = advice(group)
    return all(f"{finding.subject}" in text and finding.action in text for finding in group[:20])


def write(hits: int, right: int, fixable: int, plain: int, apart: int, told: int) -> None:
    """Write the table."""
    table = Table("what", "count", "share")
    table.add("hits: a vulnerability of an installed version", f"{hits:,}", "")
    table.add("of these have a fix", f"{fixable:,}", f"{fixable / hits:.1%}")
    table.add("fixes offered are the right ones, the smallest first", f"{right:,}", f"{right / hits:.2%}")
    table.add("baseline: the first fix that the record names", f"{plain:,}", f"{plain / hits:.2%}")
    table.add("a vulnerability of an image whose packages need different fixes", f"{apart:,}", "")
    table.add("of these the common advice has the fix of each package", f"{told:,}", f"{told / apart:.2%}")
    write_results("smallest_fix", "The fix that is offered, on PyPI's real advisories", table)


if __name__ == "__main__":
    main()
