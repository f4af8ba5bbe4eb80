"""Findings as SARIF 2.1.0, for code hosts and editors that read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from praxi_tasks import __version__
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, BlindSpot, find_blind_spots
from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.finding import Finding, Severity
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
_NO_URI: Final = re.compile(r"[^A-Za-z0-9._~/@:+-]")


def to_sarif(audit: AssessedAudit) -> bytes:
    """Return the audit's findings as one SARIF run; those set aside carry a suppression."""
    rules: dict[str, int] = {}
    described: list[dict[str, Any]] = []
    results = []
    for image in (AssessedImage("", findings=audit.findings), *audit.images):
        for finding in image.findings:
            if finding.id not in rules:
                rules[finding.id] = len(rules)
                described.append(_rule(finding))
            results.append(_result(audit, image, finding, rules[finding.id]))
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


def _rule(finding: Finding) -> dict[str, Any]:
    score = finding.score if finding.score >= 0 else _SCORES[finding.severity]
    return {
        "id": finding.id,
        "name": "".join(part.capitalize() for part in finding.kind.split("-")),
        "shortDescription": {"text": f"{finding.kind}: {finding.id}"},
        "fullDescription": {"text": finding.title},
        "help": {"text": finding.action or finding.title},
        "properties": {"security-severity": f"{score:.1f}", "tags": ["security", finding.kind]},
    }


def _result(audit: AssessedAudit, image: AssessedImage, finding: Finding, rule: int) -> dict[str, Any]:
    title = audit.title(image)
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.title}. {finding.action}".rstrip(". ") + "."},
        "locations": [_location(title, path) for path in (finding.evidence or ("",))[:10]],
        "partialFingerprints": {"praxiFinding/v1": f"{image.key}|{finding.key}"},
        "baselineState": "new" if audit.is_new(image, finding) else "unchanged",
        "properties": {
            name: value
            for name, value in (
                ("image", image.image),
                ("cluster", image.cluster),
                ("digest", image.digest),
                ("layer", finding.layer),
                ("purl", finding.purl),
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


def _location(image: str, path: str) -> dict[str, Any]:
    uri = _NO_URI.sub(_escape, printable(path.partition(" (")[0] or image or "audit"))
    name = f"{image}: {path}" if path else image or "audit"
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": name}],
    }


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())
