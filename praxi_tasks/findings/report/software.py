"""The audit's table of software: every version that was found, in order, in how many images, since when."""

from __future__ import annotations

import io
import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.packages import parse_version

Software = tuple[str, str, str]
"""Ecosystem, name and version, which is empty where it is not known."""
_KEPT: Final = ("ecosystem", "name", "version", "since", "last_seen")
_REMEMBERED: Final = timedelta(days=30)


class Seen(msgspec.Struct, frozen=True):
    """When some software was seen first and last, ISO 8601."""

    since: str
    last: str


def software_rows(audit: AssessedAudit, known: Mapping[Software, Seen]) -> Iterator[dict[str, Any]]:
    """Yield a row for each version that is in an image, and for those that were within thirty days.

    What was not seen for so long is forgotten: an image that could not be read for a while loses nothing.

    Parameters
    ----------
    known
        What the audit before remembers.
    """
    counts = _counted(audit)
    recent = {one for one, seen in known.items() if _is_recent(seen.last, audit.at)}
    for ecosystem, name, versions in _by_package(counts.keys() | recent):
        for position, version in _ordered(ecosystem, versions):
            key = (ecosystem, name, version)
            before = known.get(key) if key in recent else None
            yield {
                "run": audit.run,
                "ecosystem": ecosystem,
                "name": name,
                "version": version,
                "position": position,
                "images": counts[key],
                "since": before.since if before else audit.at,
                "last_seen": audit.at if counts[key] or before is None else before.last,
            }


def popular_packages(table: bytes, ecosystem: str) -> list[str]:
    """Return an ecosystem's packages in an audit's table of software, those first that most images have.

    Raises
    ------
    Exception
        Whatever Arrow raises for a file that is none.
    """
    from arro3.io import read_parquet

    images: Counter[str] = Counter()
    for batch in read_parquet(io.BytesIO(table)):
        columns = [batch.column(name).to_pylist() for name in ("ecosystem", "name", "images")]
        for of, name, count in zip(*columns, strict=True):
            if of == ecosystem:
                images[name] += count
    return [name for name, _ in sorted(images.items(), key=lambda item: (-item[1], item[0]))]


def known_software(table: bytes) -> dict[Software, Seen]:
    """Return what an audit's table of software remembers.

    Raises
    ------
    Exception
        Whatever Arrow raises for a file that is none.
    """
    from arro3.io import read_parquet

    known = {}
    for batch in read_parquet(io.BytesIO(table)):
        columns = [batch.column(name).to_pylist() for name in _KEPT]
        for ecosystem, name, version, since, last in zip(*columns, strict=True):
            known[ecosystem, name, version] = Seen(since.isoformat(), last.isoformat())
    return known


def _counted(audit: AssessedAudit) -> Counter[Software]:
    """Return in how many images each version is; each of those that tie counts."""
    counts: Counter[Software] = Counter()
    for image in audit.images:
        counts.update(
            {
                (component.ecosystem, component.name, version)
                for component in image.components
                if component.present
                for version in component.versions or ("",)
            }
        )
    return counts


def _by_package(found: Iterable[Software]) -> Iterator[tuple[str, str, list[str]]]:
    packages: dict[tuple[str, str], list[str]] = {}
    for ecosystem, name, version in found:
        packages.setdefault((ecosystem, name), []).append(version)
    for (ecosystem, name), versions in sorted(packages.items()):
        yield ecosystem, name, versions


def _ordered(ecosystem: str, versions: list[str]) -> Iterator[tuple[int | None, str]]:
    """Yield versions with their place in the ecosystem's order; None for what it does not order."""
    parsed = {version: parse_version(ecosystem, version) for version in sorted(versions) if version}
    known = [(order, version) for version, order in parsed.items() if order is not None]
    known.sort(key=operator.itemgetter(0))
    yield from ((position, version) for position, (_, version) in enumerate(known))
    placed = {version for _, version in known}
    yield from ((None, version) for version in sorted(set(versions) - placed))


def _is_recent(last: str, at: str) -> bool:
    return datetime.fromisoformat(at) - datetime.fromisoformat(last) <= _REMEMBERED
