"""The report as one HTML page that opens anywhere: data, style and script inside, no network.

Small data stand in the page as JSON. Of large data the page unpacks at once only what its table of findings
shows and sorts by, column by column (``packed.py``); details and components follow when somebody asks for
them. Every text is set as text, never as markup, because names of images, packages and paths are untrusted.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from praxi_tasks.findings.assessment import (
    AssessedAudit,
    AssessedImage,
    BlindSpot,
    Cause,
    Resolved,
    cause_of,
    find_blind_spots,
    image_gaps,
    image_state,
    split_key,
    told,
)
from praxi_tasks.findings.coverage import Coverage
from praxi_tasks.findings.finding import KINDS, SEVERITIES
from praxi_tasks.findings.packages import Component, Declaration
from praxi_tasks.findings.report.look import ASSETS, stylesheet
from praxi_tasks.findings.report.packed import packed_data, plain_data
from praxi_tasks.printable import printable_tree

# Beyond this the page stops listing components and points to the tables, which have them all.
_MOST_COMPONENTS: Final = 60_000
_MOST_RESOLVED: Final = 500
_MOST_PACKAGES: Final = 500
_MOST_SPOTS: Final = 100
_MOST_LINES: Final = 60
_LARGEST_PLAIN: Final = 1_000_000
_SCRIPTS: Final = ("theme.js", "parts.js", "rows.js", "columns.js", "overview.js", "start.js")


def report_page(audit: AssessedAudit) -> str:
    """Return the page."""
    data = _data(audit)
    plain = msgspec.json.encode(data)
    parts = {
        "style": stylesheet() + (ASSETS / "page.css").read_text(),
        "script": "\n".join((ASSETS / name).read_text() for name in _SCRIPTS),
        "data": plain_data(plain) if len(plain) <= _LARGEST_PLAIN else packed_data(data),
    }
    page = (ASSETS / "page.html").read_text()
    for name, text in parts.items():
        page = page.replace(f"{{{{ {name} }}}}", text)
    return page


def _data(audit: AssessedAudit) -> dict[str, Any]:
    listed = sum(len(image.components) for image in audit.images) <= _MOST_COMPONENTS
    spots = find_blind_spots(audit)
    lines: dict[Coverage, int] = {}  # images share most of theirs, so each stands once; filled by _image
    causes: dict[Cause, int] = {}  # filled by _findings
    return _printed(
        {
            "run": audit.run,
            "at": audit.at,
            "interval": audit.interval,
            "model": audit.model,
            "severities": SEVERITIES,
            "kinds": KINDS,
            "clusters": audit.clusters if len(audit.clusters) > 1 else (),
            "feeds": audit.feeds,
            "notes": audit.findings,
            "trend": audit.trend,
            "resolved": [_resolved(one) for one in audit.resolved[:_MOST_RESOLVED]],
            "resolvedCount": len(audit.resolved),
            "blindSpots": [_spot(spot) for spot in spots[:_MOST_SPOTS]],
            "blindSpotsCount": len(spots),
            "images": [_image(image, lines) for image in audit.images],
            "coverage": list(lines),
            "findings": _findings(audit, causes),
            "causes": [cause.about for cause in causes],
            "components": [
                _component(number, item)
                for number, image in enumerate(audit.images)
                for item in (image.components if listed else ())
            ],
        }
    )


def _printed(document: dict[str, Any]) -> dict[str, Any]:
    printed: dict[str, Any] = printable_tree(msgspec.to_builtins(document))
    return printed


def _spot(spot: BlindSpot) -> dict[str, Any]:
    row = {"about": f"{spot.aspect}: {spot.about}", "place": spot.place}
    return row | {"state": spot.state, "reason": spot.reason, "action": spot.action}


def _resolved(one: Resolved) -> dict[str, Any]:
    cluster, name = split_key(one.image)
    return {"image": name, "cluster": cluster, "key": one.key, "since": one.since, "severity": one.severity}


def _image(image: AssessedImage, lines: dict[Coverage, int]) -> dict[str, Any]:
    missing = image_gaps(image)
    coverage = [*missing, *(line for line in image.coverage if not line.is_gap)]
    return {
        "coverage": [lines.setdefault(line, len(lines)) for line in coverage[:_MOST_LINES]],
        "coverageCount": len(coverage),
        "checked": image_state(image),
        "gaps": len(missing),
        "unchecked": list(dict.fromkeys(gap.aspect for gap in missing)),
        "name": image.image,
        "cluster": image.cluster,
        "digest": image.digest,
        "platform": image.platform,
        "state": image.state,
        "reason": image.reason or "",
        "namespaces": image.namespaces,
        "pods": image.pods,
        "warnings": image.warnings,
        "layers": image.layers,
        "commands": image.commands,
        "base": msgspec.to_builtins(image.base) if image.base else None,
        "components": sum(component.present for component in image.components),
        "files": image.files,
        "unexplained": image.unexplained,
        "declared": [_declared(lock) for lock in image.declared[:_MOST_LINES]],
        "declaredCount": len(image.declared),
    }


def _declared(lock: Declaration) -> str:
    if lock.problem:
        return f"{lock.lock_file}: {lock.problem}"
    return f"{lock.lock_file}: {lock.count:,} packages"


def _findings(audit: AssessedAudit, causes: dict[Cause, int]) -> list[dict[str, Any]]:
    numbers = {id(image): number for number, image in enumerate(audit.images)}
    components = {id(image): {one.purl: one for one in image.components} for image in audit.images}
    rows = []
    for one in told(audit.images, ignored=True):
        finding, first = one.finding, id(one.images[0])
        row = msgspec.to_builtins(finding)
        row.pop("created_by", None)  # the image has the lines of all its layers
        row["image"] = numbers[first]
        row["cause"] = causes.setdefault(cause_of(finding, components[first].get(finding.purl)), len(causes))
        if len(one.images) > 1:
            row["images"] = [numbers[id(image)] for image in one.images]
        if packages := finding.packages:
            row["packages"] = [each.title for each in packages[:_MOST_PACKAGES]]
            row["packagesCount"] = len(packages)
        if one.is_new(audit):
            row["new"] = True
        rows.append(row)
    return rows


def _component(number: int, component: Component) -> dict[str, Any]:
    row: dict[str, Any] = {"image": number, "purl": component.purl, "sources": component.sources}
    if len(component.versions) != 1:
        row["versions"] = component.versions
    if component.one_of:
        row["oneOf"] = component.one_of
    if component.confidence < 1:
        row["confidence"] = round(component.confidence, 3)
    for name in ("removed_by", "recovered", "fingerprint_versions", "owner", "relation"):
        if value := getattr(component, name):
            row[name] = value
    return row
