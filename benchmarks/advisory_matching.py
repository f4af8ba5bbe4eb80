"""A million component rows against advisories: time and memory, and the ratio to evaluating range by range.

    python -m benchmarks.advisory_matching

The advisories are PyPI's real ones (``PRAXI_DATA``) and many more made-up ones for Debian; half of the
components are Python releases that advisories list, so there is far more to find than in practice.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks.report import Table, write_results
from praxi_tasks.findings.advisories import AdvisoryIndex, IndexBuilder, Range, Record, read_records
from praxi_tasks.findings.detectors import Vulnerabilities
from praxi_tasks.findings.feeds import archive_name
from praxi_tasks.findings.packages import Component, parse_version

IMAGES, PER_IMAGE, DISTINCT = 10_000, 100, 30_000
DEBIAN_ADVISORIES, DEBIAN_SOURCES = 40_000, 12_000
SAMPLE = 1_000
DATA = Path(os.environ.get("PRAXI_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def python_records() -> list[Record]:
    data = (DATA / "osv-pypi-all.zip").read_bytes()
    return [record for record in read_records(data, "PyPI") if isinstance(record, Record)]


def debian_records(chance: random.Random) -> Iterator[Record]:
    for number in range(DEBIAN_ADVISORIES):
        events = [{"introduced": "0"}, {"fixed": f"{debian_version(chance)}+deb12u{chance.randrange(1, 9)}"}]
        name = f"source-{chance.randrange(DEBIAN_SOURCES)}"
        affected = [
            {
                "package": {"ecosystem": f"Debian:{release}", "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
            for release in (11, 12, 13)
        ]
        yield msgspec.convert({"id": f"DEBIAN-CVE-2025-{number:05}", "affected": affected}, Record)


def debian_version(chance: random.Random) -> str:
    return f"{chance.randrange(9)}.{chance.randrange(20)}-{chance.randrange(1, 9)}"


def distinct_components(records: list[Record], chance: random.Random) -> list[Component]:
    entries = [entry for record in records for entry in record.affected]
    listed = sorted({(e.package.name, version) for e in entries if e.package for version in e.versions})
    python = chance.sample(listed, DISTINCT // 2)
    return [
        *(Component("pypi", name, (v,), f"pkg:pypi/{name}@{v}", ("inventory",)) for name, v in python),
        *(debian_component(number, chance) for number in range(DISTINCT - len(python))),
    ]


def debian_component(number: int, chance: random.Random) -> Component:
    version = debian_version(chance)
    return Component(
        "deb",
        f"binary-{number}",
        (version,),
        f"pkg:deb/debian/binary-{number}@{version}",
        ("inventory",),
        source=f"source-{chance.randrange(DEBIAN_SOURCES)}",
        source_versions=(version,),
        distribution="debian-12",
    )


def range_by_range(records: list[Record], component: Component) -> int:
    """Evaluate a package's advisories on one version with univers and nothing prepared."""
    parse_version.cache_clear()
    return sum(
        any(inside(part, component.versions[0]) for part in entry.ranges)
        for record in records
        for entry in record.affected
    )


def inside(part: Range, version: str) -> bool:
    installed, affected = parse_version("pypi", version), False
    for event in part.events if part.type == "ECOSYSTEM" else ():
        ((kind, text),) = event.items()
        bound = parse_version("pypi", text)
        if installed and bound and installed >= bound:
            affected = kind == "introduced"
    return affected


def timed(work: Callable[[], int]) -> tuple[float, int]:
    parse_version.cache_clear()
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def main() -> None:
    chance = random.Random(1)
    python = python_records()
    builder = IndexBuilder()
    builder.add_feed("PyPI", python, archive_name("PyPI"))
    builder.add_feed("Debian", debian_records(chance), archive_name("Debian"))
    began = time.process_time()
    stored = builder.finish().to_bytes()
    building = time.process_time() - began
    distinct = distinct_components(python, chance)
    images = [chance.choices(distinct, k=PER_IMAGE) for _ in range(IMAGES)]

    def match() -> int:
        vulnerabilities = Vulnerabilities(AdvisoryIndex.from_bytes(stored))
        return sum(1 for components in images for _ in vulnerabilities.findings(components))

    seconds, findings = timed(match)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    sample = distinct[:SAMPLE]
    by_name: dict[str, list[Record]] = {}
    for record in python:
        for entry in record.affected:
            if entry.package:
                by_name.setdefault(entry.package.name, []).append(record)
    slow, _ = timed(lambda: sum(range_by_range(by_name[c.name], c) for c in sample))
    fresh = Vulnerabilities(AdvisoryIndex.from_bytes(stored))
    fast, _ = timed(lambda: sum(1 for _ in fresh.findings(sample)))

    table = Table("what", "CPU s", "peak MB", "findings", "ratio")
    total = len(python) + DEBIAN_ADVISORIES
    table.add(f"index {total:,} advisories, once", f"{building:.1f}", "", "", "")
    rows = f"load it and match {IMAGES * PER_IMAGE:,} rows"
    table.add(rows, f"{seconds:.1f}", f"{peak:.0f}", f"{findings:,}", "")
    table.add(f"{SAMPLE:,} releases range by range", f"{slow:.3f}", "", "", "1")
    table.add(f"{SAMPLE:,} releases by the index", f"{fast:.3f}", "", "", f"{slow / fast:.1f}x faster")
    title = f"Matching {IMAGES:,} images, {DISTINCT:,} distinct components (bar: 15 s, 1,000 MB)"
    write_results("advisory_matching", title, table)


if __name__ == "__main__":
    main()
