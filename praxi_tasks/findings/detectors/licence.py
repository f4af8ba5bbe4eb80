"""Licence: packages whose record states a licence that the policy denies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from praxi_tasks.findings.coverage import Aspect, Coverage, checked, partial
from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import is_refused

_ACTION: Final = "use another package, or let a rule of the policy accept it"
_UNSTATED: Final = "see the packages' own documents"


class Licence(Detector):
    """Compares what records state about licences with the policy's ``deny_licences``."""

    kind: ClassVar[Kind] = "licence"
    summary: ClassVar[str] = "the package's record states a licence that the policy denies"
    default_severity: ClassVar[str] = "medium"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each component that nobody may use without a denied licence."""
        denied = self.knowledge.denied_licences
        for component in image.components if denied else ():
            refused = [each for each in component.licences if is_refused(each, denied)]
            if refused and component.present:
                release = " ".join((component.name, *component.versions[:1]))
                yield Finding(
                    kind="licence",
                    id="PRAXI-LICENCE",
                    title=f"{release} is under {', '.join(refused)}",
                    severity="medium",
                    action=_ACTION,
                    purl=component.purl,
                    package=component.package,
                    layer=component.layers[0],
                    evidence=component.databases[:SHOWN_PATHS],
                    sources=component.sources,
                )

    def coverage(self, image: FusedImage) -> Iterator[Coverage]:
        """Yield whether the licence of every component is known, if the policy denies any."""
        if not self.knowledge.denied_licences:
            return
        present = [component for component in image.components if component.present]
        unknown = [component.package for component in present if not component.licences]
        if unknown:
            reason = f"no record states the licence of {len(unknown)} of {len(present)} packages"
            yield partial(Aspect.LICENCES, "all", reason, _UNSTATED, dict.fromkeys(unknown))
        else:
            yield checked(Aspect.LICENCES, "all", f"{len(present)} packages")
