"""Unsafe model: whoever loads a model, or a pickle of any kind, runs code that the file chooses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.detectors.pickle_imports import Verdict, verdict
from praxi_tasks.findings.finding import Finding, FoundPackage, Kind, Severity, listed
from praxi_tasks.findings.image import FusedImage, TrackedClaim
from praxi_tasks.findings.packages import INVENTORY, claim_purl
from praxi_tasks.inventory import Claim, Model
from praxi_tasks.printable import printable

_NAMED: Final = 3
_ID: Final = "PRAXI-UNSAFE-MODEL"
_KEEP_OUT: Final = (
    "do not load it; take the model from its source again, as safetensors or another format without code"
)
_READ_FIRST: Final = "read what it runs before it is loaded, or take the model in a format without code"
_CONVERT: Final = (
    "take models in a format without code, such as safetensors, and load pickles of your own alone"
)


@dataclass(frozen=True)
class _Danger:
    """How dangerous a model is to load, and why."""

    severity: Severity
    reason: str
    action: str


class UnsafeModel(Detector):
    """Judges what the pickles of models, and of other data, would import, and what else models run."""

    kind: ClassVar[Kind] = "unsafe-model"
    summary: ClassVar[str] = (
        "loading a model or pickle runs code: `high` where that is known to do harm, `medium` where nothing"
        " is known of it, `low` where it can't be followed; plain pickles are `info`, one finding for each"
        " layer"
    )
    default_severity: ClassVar[str] = "by what it imports"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each model that runs code, and one for all other pickles of a layer."""
        plain: defaultdict[int, list[Claim]] = defaultdict(list)
        found: defaultdict[tuple[str, _Danger], list[TrackedClaim]] = defaultdict(list)
        for tracked in image.claims:
            claim = tracked.claim
            if tracked.dropped is not None or claim.model is None:
                continue
            if (danger := _danger(claim.model)) is not None:
                found[f"{claim.ecosystem}/{claim.name}", danger].append(tracked)
            elif claim.model.pickles:
                plain[tracked.first].append(claim)
        for (package, danger), models in found.items():
            yield _finding(image, package, danger, models)
        for layer, claims in sorted(plain.items()):
            yield _plain(image, layer, claims)


def _danger(model: Model) -> _Danger | None:
    verdicts = {name: verdict(name) for name in model.imports}
    unsafe = [name for name, each in verdicts.items() if each is Verdict.UNSAFE]
    if unsafe:
        return _Danger("high", f"imports {listed(unsafe, _NAMED)} as it is loaded", _KEEP_OUT)
    unknown = [name for name, each in verdicts.items() if each is Verdict.UNKNOWN]
    if model.code:
        return _Danger("medium", f"runs {listed(model.code, _NAMED)} as it is loaded", _READ_FIRST)
    if unknown:
        reason = f"imports {listed(unknown, _NAMED)} as it is loaded, which is not known to be harmless"
        return _Danger("medium", reason, _READ_FIRST)
    if model.faults:
        return _Danger("low", f"holds a pickle that can't be followed: {model.faults[0]}", _READ_FIRST)
    return None


def _finding(image: FusedImage, package: str, danger: _Danger, models: Sequence[TrackedClaim]) -> Finding:
    claim = models[0].claim
    return Finding(
        kind="unsafe-model",
        id=_ID,
        title=printable(f"{claim.name} {danger.reason}"),
        severity=danger.severity,
        action=danger.action,
        purl=claim_purl(claim, image.distribution),
        package=package,
        layer=image.digests[models[0].first],
        evidence=tuple(printable(each.claim.database) for each in models[:SHOWN_PATHS]),
        sources=(INVENTORY,),
    )


def _plain(image: FusedImage, layer: int, claims: Sequence[Claim]) -> Finding:
    one = claims[0]
    many = len(claims) > 1
    names = listed([claim.name for claim in claims], _NAMED)
    title = f"{len(claims):,} files ({names}) hold pickles" if many else f"{names} holds a pickle"
    packages = (_package(image, claim) for claim in claims)
    same = {claim.ecosystem for claim in claims}
    return Finding(
        kind="unsafe-model",
        id=_ID,
        title=printable(f"{title}, with nothing in them that is known to do harm"),
        severity="info",
        action=_CONVERT,
        purl="" if many else claim_purl(one, image.distribution),
        package=f"{one.ecosystem if len(same) == 1 else ''}/{'' if many else one.name}",
        packages=tuple(packages) if many else (),
        layer=image.digests[layer],
        evidence=tuple(printable(claim.database) for claim in claims[:SHOWN_PATHS]),
        sources=(INVENTORY,),
    )


def _package(image: FusedImage, claim: Claim) -> FoundPackage:
    package = f"{claim.ecosystem}/{claim.name}"
    return FoundPackage(
        package, printable(claim.name), claim_purl(claim, image.distribution), (printable(claim.database),)
    )
