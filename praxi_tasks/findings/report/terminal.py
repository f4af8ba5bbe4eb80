"""Findings as a table on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from packageurl import PackageURL
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from praxi_tasks.findings.assessment import (
    AssessedAudit,
    AssessedImage,
    BlindSpot,
    find_blind_spots,
    shared_registry,
)
from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.finding import SEVERITIES, Finding, Severity
from praxi_tasks.printable import printable

_MOST_TIED: Final = 5
_DITTO: Final = "″"  # what to do about a hundred hidden packages is read once
_MOST_SPOTS: Final = 12
_STATES: Final = {CoverageState.NOT_CHECKED: "red", CoverageState.PARTIAL: "yellow"}
_STYLES: Final[dict[Severity, str]] = {
    "critical": "bold white on red",
    "high": "red",
    "medium": "yellow",
    "unknown": "magenta",
    "low": "green",
    "info": "cyan",
}


def findings_table(audit: AssessedAudit, most: int = 40) -> RenderableType:
    """Return one line of counts, each image's most severe findings, and what was not checked.

    Parameters
    ----------
    most
        How many findings of each image are shown; a last line says how many are not.
    """
    parts: list[RenderableType] = [_counts(audit)]
    left = 0
    for image in audit.images:
        if shown := image.open_findings[:most]:
            parts += ["", Text(printable(audit.title(image)), style="bold"), _image_table(image, shown)]
            left += len(image.open_findings) - len(shown)
    if left:
        parts += ["", Text(f"… and {left:,} more: see the JSON or HTML report", style="dim")]
    if audit.findings:
        parts += ["", *(Text(printable(f"! {finding.title}"), style="yellow") for finding in audit.findings)]
    return Group(*parts, *_unchecked(audit))


def findings_summary(audit: AssessedAudit) -> RenderableType:
    """Return one line of counts, and what was not checked."""
    return Group(_counts(audit), *_unchecked(audit))


def _unchecked(audit: AssessedAudit) -> Iterator[RenderableType]:
    spots = find_blind_spots(audit)
    if not spots:
        return
    yield ""
    table = _table()
    for heading in ("Not checked", "Where", "Why", "What to do"):
        table.add_column(heading, ratio=1, overflow="fold")
    registry = shared_registry(audit.images)  # it stands once, above the images
    for spot in spots[:_MOST_SPOTS]:
        about = Text(printable(f"{spot.aspect}: {spot.about}"), style=_STATES[spot.state])
        place = spot.place.removeprefix(f"{registry}/")
        table.add_row(about, *(Text(printable(each)) for each in (place, _how(spot), spot.action)))
    yield table
    left = len(spots) - _MOST_SPOTS
    if left > 0:
        yield Text(f"… and {left:,} more: see coverage in the JSON or HTML report", style="dim")


def _how(spot: BlindSpot) -> str:
    return f"in part: {spot.reason}" if spot.state is CoverageState.PARTIAL else spot.reason


def _image_table(image: AssessedImage, findings: Iterable[Finding]) -> Table:
    one_of = {component.purl: component.one_of for component in image.components}
    table = _table()
    table.add_column("Severity", width=8)  # as wide in every table, so that they read as one
    for heading in ("Finding", "Package"):
        table.add_column(heading, min_width=17, overflow="fold")
    table.add_column("What to do", ratio=1, overflow="fold")
    above = ""
    for finding in findings:
        action = printable(finding.action or finding.title)
        table.add_row(
            *_row(finding, one_of.get(finding.purl, ())), Text(_DITTO if action == above else action)
        )
        above = action
    return table


def _table() -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="bold",
        expand=True,
    )


def _counts(audit: AssessedAudit) -> Text:
    counts = Counter(finding.severity for image in audit.images for finding in image.open_findings)
    ignored = sum(len(image.findings) - len(image.open_findings) for image in audit.images)
    whole = not find_blind_spots(audit)
    none = "No findings" if whole else "Nothing was found in what was checked"
    text = Text("Findings: " if counts else none)
    text.append_text(Text(", ").join(Text(f"{counts[s]:,} {s}", _STYLES[s]) for s in SEVERITIES if counts[s]))
    text.append(
        f"  (new {len(audit.new):,}, resolved {len(audit.resolved):,}, ignored {ignored:,}{_by_vex(audit)})",
        style="dim",
    )
    return text


def _by_vex(audit: AssessedAudit) -> str:
    """Return how many of the findings that are ignored documents set aside, and whose these are."""
    told = [
        finding for image in audit.images for finding in image.findings if finding.ignored and finding.vex
    ]
    authors = sorted({said.author for finding in told if (said := finding.vex)})
    return f", of which {len(told):,} by OpenVEX of {printable(_listed(authors))}" if told else ""


def _row(finding: Finding, one_of: Sequence[str]) -> list[Text]:
    # Every cell is a Text: a plain string would be read as markup, and package names are untrusted.
    conditions = [f"one of: {_listed(one_of)}"] if one_of else []
    conditions += [f"if {finding.affected_if}"] if finding.affected_if else []
    package = _release(finding) + (f" ({'; '.join(conditions)})" if conditions else "")
    name = finding.id if finding.kind == "vulnerable" else finding.kind
    return [
        Text(finding.severity, style=_STYLES[finding.severity]),
        Text(printable(name) + (" ⚠ exploited" if finding.exploited else "")),
        Text(printable(package)),
    ]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_TIED
    return ", ".join(names[:_MOST_TIED]) + (f" and {more:,} more" if more > 0 else "")


def _release(finding: Finding) -> str:
    """Return a component as people name it; its package URL is in every other report."""
    if not finding.purl:
        return "the image"
    release = PackageURL.from_string(finding.purl)
    return f"{release.name} {release.version}" if release.version else release.name
