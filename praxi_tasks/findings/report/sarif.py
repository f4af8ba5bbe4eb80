"""Findings as SARIF 2.1.0, for code hosts and editors that read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from praxi_tasks import __version__
from praxi_tasks.findings.assessment import (
    AssessedAudit,
    AssessedImage,
    BlindSpot,
    Told,
    find_blind_spots,
    told,
)
from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.finding import Finding, Severity, advice, listed, severity_rank, summary
from praxi_tasks.findings.origin import origin_message
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
_MOST_NAMES: Final = 1000
_MOST_IMAGES: Final = 100
_IMAGES_NAMED: Final = 3
_NO_URI: Final = re.compile(r"[^A-Za-z0-9._~/@:+-]")


def to_sarif(audit: AssessedAudit) -> bytes:
    """Return the audit's findings as one SARIF run; those set aside carry a suppression."""
    numbers: dict[str, int] = {}
    rules: dict[str, list[Finding]] = {}
    results = []
    for one in told((AssessedImage("", findings=audit.findings), *audit.images), ignored=True):
        number = numbers.setdefault(one.finding.id, len(numbers))
        rules.setdefault(one.finding.id, []).append(one.finding)
        results.append(_result(audit, one, number))
    described = [_rule(findings) for findings in rules.values()]
    driver = {"name": "Praxi", "semanticVersion": __version__, "rules": described}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(audit)],
        "results": results,
        "columnKind": "utf16CodeUnits",
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.encode(printable_tree(msgspec.to_builtins(document)))


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
            "subjects": spot.subjects[:_MOST_NAMES],
            "images": spot.images[:_MOST_NAMES],
            "imageCount": len(spot.images),
        },
    }


def _rule(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what findings of one identifier have in common; what to do is said of each package."""
    finding = min(findings, key=lambda one: severity_rank(one.severity))
    score = finding.score if finding.score >= 0 else _SCORES[finding.severity]
    return {
        "id": finding.id,
        "name": "".join(part.capitalize() for part in finding.kind.split("-")),
        "shortDescription": {"text": f"{finding.kind}: {finding.id}"},
        "fullDescription": {"text": summary(findings)},
        "help": {"text": advice(findings)},
        "properties": {"security-severity": f"{score:.1f}", "tags": ["security", finding.kind]},
    }


def _result(audit: AssessedAudit, told: Told, rule: int) -> dict[str, Any]:
    finding, image = told.finding, told.images[0]
    several = len(told.images) > 1
    key = f"{finding.key}|{finding.purl}" if several else f"{image.key}|{finding.key}"
    where = origin_message(finding, None if several else image.base)
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": ". ".join(_sentences(audit, told, where)) + "."},
        "locations": [
            _location(audit.title(each), path)
            for each in told.images[:_MOST_IMAGES]
            for path in (finding.evidence or ("",))[: 1 if several else 10]
        ],
        "partialFingerprints": {"praxiFinding/v1": key},
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


def _location(image: str, path: str) -> dict[str, Any]:
    uri = _NO_URI.sub(_escape, printable(path.partition(" (")[0] or image or "audit"))
    name = f"{image}: {path}" if path else image or "audit"
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": name}],
    }


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())
