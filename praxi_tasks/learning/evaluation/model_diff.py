"""The difference between two models: parts and releases that only one of them has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from praxi_tasks.discovery import Model


@dataclass(frozen=True, slots=True)
class Own:
    """What only one of two models has: how many parts, and which releases (``package version``)."""

    parts: int
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How two models differ; ``shared`` counts the parts that are the same bytes in both."""

    shared: int
    first: Own
    second: Own


def compare_models(first: Model, second: Model) -> Difference:
    """Compare two models by their parts' bytes and by the releases they know."""
    parts = [model.part_digests for model in (first, second)]
    known = [_releases(model) for model in (first, second)]
    return Difference(
        shared=len(parts[0] & parts[1]),
        first=Own(len(parts[0] - parts[1]), tuple(sorted(known[0] - known[1]))),
        second=Own(len(parts[1] - parts[0]), tuple(sorted(known[1] - known[0]))),
    )


def _releases(model: Model) -> set[str]:
    versions: defaultdict[str, set[str]] = defaultdict(set)
    for part in model.parts:
        for number, package in enumerate(part.packages):
            versions[package].update(part.versions_of(number))
    return set(model.recorded.labels) | {
        f"{package} {version}".rstrip() for package, known in versions.items() for version in known or [""]
    }
