"""End of life of language runtimes that are not the distribution's, by their components or by their files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Final, NamedTuple

import msgspec

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked
from praxi_tasks.findings.detectors.detector import Detector, Knowledge
from praxi_tasks.findings.detectors.end_of_life import END_OF_LIFE_ID
from praxi_tasks.findings.feeds import Cycles, ended_by
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import advised_version

_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)*")


class Runtime(msgspec.Struct, frozen=True):
    """How a runtime, and its release cycle, is found.

    Where a component has its version, by that: ``components`` are the names it goes by, and ``parts`` how
    many numbers of a version name a cycle. Else ``path`` finds it among an image's files and captures its
    cycle; ``names`` translates what a path can only say indirectly.
    """

    name: str
    components: tuple[str, ...]
    parts: int = 2
    path: re.Pattern[str] | None = None
    names: dict[str, str] = {}


RUNTIMES: Final = (
    Runtime("python", ("python",), path=re.compile(r"(?:usr/local|opt/[^/]+)/lib/python(\d\.\d+)/os\.py")),
    Runtime("ruby", ("ruby",), path=re.compile(r"(?:usr/local|opt/[^/]+)/lib/ruby/(\d\.\d+)\.0/set\.rb")),
    Runtime("nodejs", ("node",), parts=1),
    Runtime("java", ("openjdk",), parts=1),
    Runtime("go", ("go",)),
    Runtime(
        "php",
        ("php",),
        path=re.compile(r"usr/local/lib/php/extensions/no-debug-(?:non-)?zts-(\d{8})/[^/]+\.so"),
        names={
            "20190902": "7.4",
            "20200930": "8.0",
            "20210902": "8.1",
            "20220829": "8.2",
            "20230831": "8.3",
            "20240924": "8.4",
            "20250925": "8.5",
        },
    ),
    Runtime("dotnet", ("dotnet", "aspnet-core")),
    Runtime("perl", ("perl",)),
)


class _Place(NamedTuple):
    """What shows that a runtime is there: its package URL, paths and the digest of their layer."""

    purl: str
    evidence: tuple[str, ...]
    layer: str


# By runtime and cycle.
_Found = dict[tuple[str, str], _Place]


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
        for (name, cycle), place in self._found(image).items():
            end = self._end_of(name, cycle)
            if end is not None and end <= at.isoformat():
                cycles = self.knowledge.lifecycle.runtimes[name]
                yield Finding(
                    kind="end-of-life",
                    id=END_OF_LIFE_ID,
                    title=f"{name} {cycle} is out of support since {end}",
                    severity="medium",
                    action=f"move to {_oldest_alive(name, cycles, at)}",
                    purl=place.purl,
                    package=f"runtime/{name}",
                    layer=place.layer,
                    evidence=place.evidence,
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
            found: _Found = {}
            for runtime in RUNTIMES:
                for cycle, place in (*_components(runtime, image), *_paths(runtime, image)):
                    found.setdefault((runtime.name, cycle), place)
            self._last = image, found
        return self._last[1]


def _components(runtime: Runtime, image: FusedImage) -> Iterator[tuple[str, _Place]]:
    """Yield the cycles of a runtime by its components' versions; a distribution's own are its business."""
    for component in image.components:
        own = component.ecosystem == GENERIC.purl_type and component.name in runtime.components
        if own and component.present and not component.held_by_distribution:
            layer = component.layers[0] if component.layers else ""
            for version in component.versions:
                numbers = _NUMBERS.match(advised_version(version))
                cycle = ".".join(numbers.group().split(".")[: runtime.parts]) if numbers else version
                yield cycle, _Place(component.purl, component.evidence, layer)


def _paths(runtime: Runtime, image: FusedImage) -> Iterator[tuple[str, _Place]]:
    """Yield the cycles of a runtime that paths of an image's files name."""
    if runtime.path is None:
        return
    for path, number in image.tree.regular_files.items():
        if match := runtime.path.fullmatch(path):
            cycle = runtime.names.get(match[1], match[1])
            purl = f"pkg:{GENERIC.purl_type}/{runtime.components[0]}@{cycle}"
            yield cycle, _Place(purl, (path,), image.digests[number])


def _oldest_alive(name: str, cycles: Cycles, at: date) -> str:
    """Return the cycle that is supported the shortest, in a sentence."""
    found = next((cycle for cycle, end in cycles.items() if end > at.isoformat()), "")
    return f"{name} {found} or later" if found else f"a release of {name} that is supported"
