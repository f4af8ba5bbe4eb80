"""Findings as SARIF 2.1.0, for code hosts and editors that read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from praxi_tasks import __version__
from praxi_tasks.findings.assessment import (
    AssessedAudit,
    AssessedImage,
    BlindSpot,
    Told,
    find_blind_spots,
    image_place,
    image_repository,
    told,
)
from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.finding import Finding, Severity, advice, listed, severity_rank, summary
from praxi_tasks.findings.origin import origin_message
from praxi_tasks.findings.report.advisory_links import advisory_source
from praxi_tasks.printable import printable, printable_tree

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[dict[Severity, str]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "unknown": "warning",
    "low": "note",
    "info": "note",
}
# What hosts rank by where an advisory has no score of its own.
_SCORES: Final[dict[Severity, float]] = {
    "critical": 9.5,
    "high": 8.0,
    "medium": 5.5,
    "unknown": 5.0,
    "low": 2.0,
    "info": 0.0,
}
_NOTICES: Final = {CoverageState.NOT_CHECKED: "warning", CoverageState.PARTIAL: "note"}
_MOST_NAMES: Final = 1000  # of notifications
_MOST_SUBJECTS: Final = 20  # of one
_MOST_IMAGES: Final = 100
_MOST_PATHS: Final = 10
_IMAGES_NAMED: Final = 3
# GitHub shows the worst 5,000 results of a run, refuses more than 25,000, and takes 10 MB in gzip: what is
# no larger before it is compressed is not larger then.
_MOST_RESULTS: Final = 5_000
_MOST_BYTES: Final = 8 << 20


def to_sarif(audit: AssessedAudit) -> bytes:
    """Return the audit's findings as one SARIF document; those set aside carry a suppression.

    It has as many runs as :func:`sarif_parts` has documents.
    """
    return _document(_runs(audit))


def sarif_parts(audit: AssessedAudit) -> list[bytes]:
    """Return the same as documents of one run each, none larger than code hosts take and show."""
    return [_document([run]) for run in _runs(audit)]


def _document(runs: Iterable[msgspec.Raw]) -> bytes:
    return msgspec.json.encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": list(runs)})


def _runs(audit: AssessedAudit) -> Iterator[msgspec.Raw]:
    """Yield the findings in runs of bounded size; the first says how the audit went."""
    part, number = _Part([_invocation(audit)]), 1
    seen: Counter[str] = Counter()
    for one in told((AssessedImage("", findings=audit.findings), *audit.images), ignored=True):
        if part.is_full:
            yield part.run(number)
            part, number = _Part(), number + 1
        part.add(audit, one, seen)
    yield part.run(number)


class _Part:
    """The results of one run, with the findings that its rules are about."""

    def __init__(self, invocations: Iterable[dict[str, Any]] = ()) -> None:
        self._bytes = 0
        self._invocations = [self._encoded(invocation) for invocation in invocations]
        self._numbers: dict[str, int] = {}
        self._rules: dict[str, list[Finding]] = {}
        self._results: list[msgspec.Raw] = []

    @property
    def is_full(self) -> bool:
        return len(self._results) >= _MOST_RESULTS or self._bytes >= _MOST_BYTES

    def add(self, audit: AssessedAudit, one: Told, seen: Counter[str]) -> None:
        finding = one.finding
        if finding.id not in self._numbers:
            self._numbers[finding.id] = len(self._numbers)
            self._encoded(_rule([finding]))  # for its size
        self._rules.setdefault(finding.id, []).append(finding)
        result = _result(audit, one, self._numbers[finding.id])
        result["partialFingerprints"] = _fingerprints(one, seen)
        self._results.append(self._encoded(result))

    def run(self, number: int) -> msgspec.Raw:
        """Return the run; hosts keep the alerts of runs apart by ``automationDetails``."""
        rules = [self._encoded(_rule(findings)) for findings in self._rules.values()]
        run = {
            "tool": {"driver": {"name": "Praxi", "semanticVersion": __version__, "rules": rules}},
            "automationDetails": {"id": f"praxi/{number}/"},
            "invocations": self._invocations,
            "results": self._results,
            "columnKind": "utf16CodeUnits",
        }
        return msgspec.Raw(msgspec.json.encode(run))

    def _encoded(self, entry: dict[str, Any]) -> msgspec.Raw:
        data = msgspec.json.encode(printable_tree(msgspec.to_builtins(entry)))
        self._bytes += len(data)
        return msgspec.Raw(data)


def _invocation(audit: AssessedAudit) -> dict[str, Any]:
    """Return how the audit went: without success if an image failed or nothing was listed, and its gaps."""
    unlisted = any(gap.state is CoverageState.NOT_CHECKED for gap in audit.coverage)
    return {
        "executionSuccessful": not unlisted and not any(image.failed for image in audit.images),
        "toolExecutionNotifications": _notifications(find_blind_spots(audit)),
    }


def _notifications(spots: Sequence[BlindSpot]) -> list[dict[str, Any]]:
    """Return a notification for each of the worst blind spots, and one that counts the others."""
    shown = [_notification(spot) for spot in spots[:_MOST_NAMES]]
    if more := len(spots) - len(shown):
        text = f"{more} more gaps: see the table coverage."
        shown.append({"descriptor": {"id": "praxi/coverage"}, "level": "warning", "message": {"text": text}})
    return shown


def _notification(spot: BlindSpot) -> dict[str, Any]:
    how = "not checked" if spot.state is CoverageState.NOT_CHECKED else "checked in part"
    return {
        "descriptor": {"id": f"praxi/{spot.aspect}"},
        "level": _NOTICES[spot.state],
        "message": {"text": f"{spot.aspect} of {spot.about}: {how}: {spot.reason}. {spot.action}."},
        "properties": {
            "aspect": spot.aspect,
            "state": spot.state,
            "subjects": spot.subjects[:_MOST_SUBJECTS],
            "images": spot.images[:_MOST_SUBJECTS],
            "imageCount": len(spot.images),
        },
    }


def _rule(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what findings of one identifier have in common; what to do is said of each package."""
    finding = min(findings, key=lambda one: severity_rank(one.severity))
    score = finding.score if finding.score >= 0 else _SCORES[finding.severity]
    text = advice(findings) or finding.title
    rule: dict[str, Any] = {
        "id": finding.id,
        "name": "".join(part.capitalize() for part in finding.kind.split("-")),
        "shortDescription": {"text": f"{finding.kind}: {finding.id}"},
        "fullDescription": {"text": summary(findings)},
        "help": {"text": text},
        "properties": {"security-severity": f"{score:.1f}", "tags": ["security", finding.kind]},
    }
    if finding.kind == "vulnerable":
        link = advisory_source(finding.id)["url"]
        rule["helpUri"] = link
        rule["help"] = {"text": f"{text}\n{link}", "markdown": f"{text}\n\n[{finding.id}]({link})"}
    return rule


def _fingerprints(told: Told, seen: Counter[str]) -> dict[str, str]:
    """Return what makes it the same result tomorrow, with another tag too; copies of one are numbered."""
    finding, image = told.finding, told.images[0]
    several = len(told.images) > 1
    place = "" if several or not image.image else f"{image_place(image.key)}|"
    known = hashlib.sha256(f"{place}{finding.key}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
    seen[known] += 1
    return {
        "praxiFinding/v1": f"{finding.key}|{finding.purl}" if several else f"{image.key}|{finding.key}",
        "primaryLocationLineHash": f"{known}:{seen[known]}",
    }


def _result(audit: AssessedAudit, told: Told, rule: int) -> dict[str, Any]:
    finding, image = told.finding, told.images[0]
    several = len(told.images) > 1
    where = origin_message(finding, None if several else image.base)
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": ". ".join(_sentences(audit, told, where)) + "."},
        "locations": [
            _location(each, audit.title(each), path)
            for each in told.images[:_MOST_IMAGES]
            for path in (finding.evidence or ("",))[: 1 if several else _MOST_PATHS]
        ],
        "baselineState": "new" if told.is_new(audit) else "unchanged",
        "properties": {
            name: value
            for name, value in (
                ("image", "" if several else image.image),
                ("images", [each.key for each in told.images[:_MOST_NAMES]] if several else []),
                ("imageCount", len(told.images) if several else 0),
                ("cluster", "" if several else image.cluster),
                ("digest", "" if several else image.digest),
                ("origin", finding.origin),
                ("createdBy", finding.created_by),
                ("baseImage", image.base.title if image.base and not several else ""),
                ("layer", finding.layer),
                ("purl", finding.purl),
                ("packages", [each.purl or each.package for each in finding.packages[:_MOST_NAMES]]),
                ("since", finding.since),
                ("due", finding.due),
                ("overdue", finding.overdue),
                ("fixed", finding.fixed),
                ("aliases", finding.aliases),
                ("affectedIf", finding.affected_if),
            )
            if value
        },
    }
    if finding.ignored:
        result["suppressions"] = [{"kind": "external", "justification": str(finding.ignored)}]
    return result


def _sentences(audit: AssessedAudit, told: Told, where: str) -> Iterator[str]:
    finding = told.finding
    yield finding.title.rstrip(". ")
    if len(told.images) > 1:
        yield f"It is in {listed([audit.title(image) for image in told.images], _IMAGES_NAMED)}"
    if finding.action:
        yield finding.action.rstrip(". ")
    if finding.overdue:
        yield f"It is overdue since {finding.due}"
    if where:
        yield where.rstrip(". ")


def _location(image: AssessedImage, title: str, path: str) -> dict[str, Any]:
    """Return a place in an image: its repository, below which the image's paths are."""
    inside = path.partition(" (")[0]
    name = f"{title}: {path}" if path else title or "audit"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(f"{image_repository(image.image) or 'audit'}/{inside}")},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{"fullyQualifiedName": name}],
    }


def _uri(path: str) -> str:
    """Return a path as a relative reference (RFC 3986) that leads nowhere else and names no scheme."""
    parts = (part for part in printable(path).split("/") if part not in {"", ".", ".."})
    return "/".join(quote(part, safe="~@+") for part in parts)
