"""End of life of language runtimes that are not the distribution's, each recognised by one of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Final

import msgspec

from praxi_tasks.findings.detectors.detector import Detector
from praxi_tasks.findings.detectors.end_of_life import END_OF_LIFE_ID
from praxi_tasks.findings.feeds import Cycles
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage


class Runtime(msgspec.Struct, frozen=True):
    """How a runtime is found.

    ``path`` finds it among an image's files and captures its release cycle; ``names`` translates what a path
    can only say indirectly.
    """

    name: str
    path: re.Pattern[str]
    names: dict[str, str] = {}


RUNTIMES: Final = (
    Runtime("python", re.compile(r"(?:usr/local|opt/[^/]+)/lib/python(\d\.\d+)/os\.py")),
    Runtime("ruby", re.compile(r"(?:usr/local|opt/[^/]+)/lib/ruby/(\d\.\d+)\.0/set\.rb")),
    Runtime("nodejs", re.compile(r"(?:.*/)?node-v(\d+)\.\d+\.\d+-linux-[^/]+/bin/node")),
    Runtime(
        "php",
        re.compile(r"usr/local/lib/php/extensions/no-debug-(?:non-)?zts-(\d{8})/[^/]+\.so"),
        {
            "20190902": "7.4",
            "20200930": "8.0",
            "20210902": "8.1",
            "20220829": "8.2",
            "20230831": "8.3",
            "20240924": "8.4",
            "20250925": "8.5",
        },
    ),
    Runtime(
        "dotnet",
        re.compile(
            r"usr/(?:share|lib)/dotnet/shared/Microsoft\.NETCore\.App/(\d+\.\d+)\.\d+/System\.Runtime\.dll"
        ),
    ),
)


class Runtimes(Detector):
    """Finds the release cycle of each runtime and compares it with the day on which its support ends."""

    kind: ClassVar[Kind] = "end-of-life"
    summary: ClassVar[str] = "a language runtime from outside of the distribution is out of support"
    default_severity: ClassVar[str] = "medium"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each runtime and cycle that was out of support on the day of the audit."""
        at = self.knowledge.at
        for runtime in RUNTIMES:
            cycles = self.knowledge.lifecycle.runtimes.get(runtime.name, {})
            for cycle, (path, number) in _cycles(runtime, image).items():
                end = cycles.get(cycle) or cycles.get(cycle.removesuffix(".0"))
                if end is not None and end <= at.isoformat():
                    yield Finding(
                        kind="end-of-life",
                        id=END_OF_LIFE_ID,
                        title=f"{runtime.name} {cycle} is out of support since {end}",
                        severity="medium",
                        action=f"move to {runtime.name} {_oldest_alive(cycles, at)} or later",
                        purl=f"pkg:generic/{runtime.name}@{cycle}",
                        package=f"runtime/{runtime.name}",
                        layer=image.digests[number],
                        evidence=(path,),
                    )


def _cycles(runtime: Runtime, image: FusedImage) -> dict[str, tuple[str, int]]:
    """Return the cycles of a runtime that an image holds, each with a path and its layer's number."""
    found: dict[str, tuple[str, int]] = {}
    for path, number in image.tree.regular_files.items():
        if match := runtime.path.fullmatch(path):
            found.setdefault(runtime.names.get(match[1], match[1]), (path, number))
    return found


def _oldest_alive(cycles: Cycles, at: date) -> str:
    """Return the oldest cycle that is still supported, or the newest there is."""
    return next((cycle for cycle, end in cycles.items() if end > at.isoformat()), [*cycles][-1])
