"""Findings as a table on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from praxi_tasks.findings.assessment import (
    AssessedAudit,
    AssessedImage,
    BlindSpot,
    Told,
    ended_releases,
    find_blind_spots,
    shared_registry,
    told,
)
from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.finding import SEVERITIES, Finding, Severity, listed
from praxi_tasks.listing import Listing
from praxi_tasks.printable import printable

_WIDE: Final = 72  # columns of a terminal from which tables are readable
_MOST_TIED: Final = 5
_MOST_IMAGES: Final = 3
_DITTO: Final = "″"  # what to do about a hundred hidden packages is read once
_MOST_SPOTS: Final = 12
_STATES: Final = {CoverageState.NOT_CHECKED: "red", CoverageState.PARTIAL: "yellow"}
SEVERITY_STYLES: Final[dict[Severity, str]] = {
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
    ends = [end for end in ended_releases(audit.images) if len(end.images) > 1]
    if ends:
        parts += ["", Text("Out of support", style="bold"), _ends_table(audit, ends)]
    together = {id(finding) for end in ends for _, finding in end.members}
    left = 0
    for image in audit.images:
        found = [finding for finding in image.open_findings if id(finding) not in together]
        if shown := found[:most]:
            parts += ["", _heading(audit, image), _image_table(image, shown)]
            left += len(found) - len(shown)
    if left:
        parts += ["", Text(f"… and {left:,} more: see the JSON or HTML report", style="dim")]
    if audit.findings:
        parts += ["", *(Text(printable(f"! {finding.title}"), style="yellow") for finding in audit.findings)]
    # Why images failed stands beside their names.
    read = tuple(image for image in audit.images if not image.failed)
    return Group(*parts, *_unchecked(msgspec.structs.replace(audit, images=read)))


def findings_summary(audit: AssessedAudit) -> RenderableType:
    """Return one line of counts, and what was not checked."""
    return Group(_counts(audit), *_unchecked(audit))


def _unchecked(audit: AssessedAudit) -> Iterator[RenderableType]:
    spots = find_blind_spots(audit)
    if not spots:
        return
    yield ""
    columns = _table()
    for heading in ("Not checked", "Where", "Why", "What to do"):
        columns.add_column(heading, ratio=1, overflow="fold")
    table = Listing(columns, _WIDE, leading=1)
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


def _heading(audit: AssessedAudit, image: AssessedImage) -> Text:
    """Return the name of an image, and what it is built on."""
    text = Text(printable(audit.title(image)), style="bold")
    if image.base:
        layers = f" ({image.base.layers} of {len(image.layers)} layers)" if image.base.layers else ""
        text.append(f"  built on {printable(image.base.title)}{layers}", style="dim")
    return text


def _ends_table(audit: AssessedAudit, ends: Iterable[Told]) -> Listing:
    columns = _table()
    columns.add_column("Severity", width=8)
    for heading in ("Release", "Images", "What to do"):
        columns.add_column(heading, ratio=1, overflow="fold")
    table = Listing(columns, _WIDE, leading=2)
    for end in ends:
        finding = end.finding
        names = listed([audit.title(image) for image in end.images], _MOST_IMAGES)
        late = " ⚠ overdue" if finding.overdue else ""
        table.add_row(
            Text(finding.severity, style=SEVERITY_STYLES[finding.severity]),
            Text(printable(finding.title) + late),
            Text(printable(f"{len(end.images):,}: {names}")),
            Text(printable(finding.action)),
        )
    return table


def _image_table(image: AssessedImage, findings: Iterable[Finding]) -> Listing:
    one_of = {component.purl: component.one_of for component in image.components}
    columns = _table()
    columns.add_column("Severity", width=8)  # as wide in every table, so that they read as one
    for heading in ("Finding", "Package"):
        columns.add_column(heading, min_width=17, overflow="fold")
    columns.add_column("What to do", ratio=1, overflow="fold")
    table = Listing(columns, _WIDE, leading=3)
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


def _without_findings(audit: AssessedAudit) -> str:
    """Return what can be said where nothing was found."""
    if not find_blind_spots(audit):
        return "No findings"
    if audit.images and all(image.failed for image in audit.images):
        return "Nothing was checked"
    return "Nothing was found in what was checked"


def _counts(audit: AssessedAudit) -> Text:
    found = [one.finding for one in told(audit.images)]
    counts = Counter(finding.severity for finding in found)
    late = sum(finding.overdue for finding in found)
    ignored = sum(len(image.findings) - len(image.open_findings) for image in audit.images)
    text = Text("Findings: " if counts else _without_findings(audit))
    text.append_text(
        Text(", ").join(Text(f"{counts[s]:,} {s}", SEVERITY_STYLES[s]) for s in SEVERITIES if counts[s])
    )
    overdue = f", overdue {late:,}" if late else ""
    text.append(
        f"  (new {len(audit.new):,}, resolved {len(audit.resolved):,}, ignored {ignored:,}{_by_vex(audit)}"
        f"{overdue})",
        style="dim",
    )
    return text


def _by_vex(audit: AssessedAudit) -> str:
    """Return how many of the findings that are ignored documents set aside, and whose these are."""
    found = [
        finding for image in audit.images for finding in image.findings if finding.ignored and finding.vex
    ]
    names = listed(sorted({said.author for finding in found if (said := finding.vex)}), _MOST_TIED)
    return f", of which {len(found):,} by OpenVEX of {printable(names)}" if found else ""


def _row(finding: Finding, one_of: Sequence[str]) -> list[Text]:
    # Every cell is a Text: a plain string would be read as markup, and package names are untrusted.
    conditions = [f"one of: {listed(one_of, _MOST_TIED)}"] if one_of else []
    conditions += [f"if {finding.affected_if}"] if finding.affected_if else []
    conditions += ["base image"] if finding.origin == "base" else []
    package = _package(finding) + (f" ({'; '.join(conditions)})" if conditions else "")
    name = finding.id if finding.kind == "vulnerable" else finding.kind
    return [
        Text(finding.severity, style=SEVERITY_STYLES[finding.severity]),
        Text(printable(name) + _marks(finding)),
        Text(printable(package)),
    ]


def _marks(finding: Finding) -> str:
    return (" ⚠ exploited" if finding.exploited else "") + (" ⚠ overdue" if finding.overdue else "")


def _package(finding: Finding) -> str:
    """Return a component as people name it, or several; package URLs are in every other report."""
    if len(finding.packages) > 1:
        names = listed([each.title for each in finding.packages], _MOST_TIED)
        return f"{len(finding.packages):,} packages: {names}"
    return finding.subject or "the image"
