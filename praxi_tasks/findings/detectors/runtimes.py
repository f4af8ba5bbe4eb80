"""End of life of language runtimes that are not the distribution's, each recognised by one of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Final

import msgspec

from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked
from praxi_tasks.findings.detectors.detector import Detector, Knowledge
from praxi_tasks.findings.detectors.end_of_life import END_OF_LIFE_ID
from praxi_tasks.findings.feeds import Cycles, ended_by
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


# A path and the number of its layer, by runtime and cycle.
_Found = dict[tuple[str, str], tuple[str, int]]


class Runtimes(Detector):
    """Finds the release cycle of each runtime and compares it with the day on which its support ends."""

    kind: ClassVar[Kind] = "end-of-life"
    summary: ClassVar[str] = "a language runtime from outside of the distribution is out of support"
    default_severity: ClassVar[str] = "medium"

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__(knowledge)
        self._last: tuple[FusedImage, _Found] | None = None

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each runtime and cycle that was out of support on the day of the audit."""
        at = self.knowledge.at
        for (name, cycle), (path, number) in self._found(image).items():
            end = self._end_of(name, cycle)
            if end is not None and end <= at.isoformat():
                cycles = self.knowledge.lifecycle.runtimes[name]
                yield Finding(
                    kind="end-of-life",
                    id=END_OF_LIFE_ID,
                    title=f"{name} {cycle} is out of support since {end}",
                    severity="medium",
                    action=f"move to {name} {_oldest_alive(cycles, at)} or later",
                    purl=f"pkg:generic/{name}@{cycle}",
                    package=f"runtime/{name}",
                    layer=image.digests[number],
                    evidence=(path,),
                )

    def coverage(self, image: FusedImage) -> Iterator[Coverage]:
        """Yield for each runtime whether it is known when its support ends."""
        for name, cycle in self._found(image):
            subject = f"{name} {cycle}"
            if self._end_of(name, cycle) is None:
                reason = f"no table says when support of {subject} ends"
                action = "mirror the feed end-of-life, see docs/findings.md"
                yield not_checked(Aspect.END_OF_LIFE, subject, reason, action)
            else:
                yield checked(Aspect.END_OF_LIFE, subject)

    def _end_of(self, name: str, cycle: str) -> str | None:
        cycles = self.knowledge.lifecycle.runtimes.get(name, {})
        known = cycles.get(cycle) or cycles.get(cycle.removesuffix(".0"))
        if known is None:
            days = {one: date.fromisoformat(end) for one, end in cycles.items()}
            bound = ended_by(cycle, days, self.knowledge.at)
            return bound.isoformat() if bound else None
        return known

    def _found(self, image: FusedImage) -> _Found:
        """Return an image's runtimes; findings and coverage ask for the same image one after the other."""
        if self._last is None or self._last[0] is not image:
            found = {
                (runtime.name, cycle): place
                for runtime in RUNTIMES
                for cycle, place in _cycles(runtime, image).items()
            }
            self._last = image, found
        return self._last[1]


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
