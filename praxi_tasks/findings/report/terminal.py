"""Findings as a table on a terminal."""

from __future__ import annotations

from collections import Counter
from typing import Final

from packageurl import PackageURL
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from praxi_tasks.findings.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import SEVERITIES, Finding, Severity

_STYLES: Final[dict[Severity, str]] = {
    "critical": "bold white on red",
    "high": "red",
    "medium": "yellow",
    "unknown": "magenta",
    "low": "green",
    "info": "cyan",
}


def findings_table(audit: AssessedAudit, most: int = 40) -> RenderableType:
    """Return one line of counts, a row for each of the gravest findings, and what is wrong with the feeds.

    Parameters
    ----------
    most
        How many findings of each image are shown; a last line says how many are not.
    """
    table = Table(pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("Severity", "Kind", "Identifier"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Package", "Fixed in", "Image"):
        table.add_column(heading, overflow="fold")
    left = 0
    for image in audit.images:
        shown = image.open_findings[:most]
        left += len(image.open_findings) - len(shown)
        for finding in shown:
            table.add_row(*_row(image, finding))
    parts: list[RenderableType] = [_counts(audit), *([table] if table.row_count else [])]
    if left:
        parts.append(Text(f"… and {left:,} more: see the JSON or HTML report", style="dim"))
    parts += [Text(f"! {finding.title}", style="yellow") for finding in audit.findings]
    return Group(*parts)


def _counts(audit: AssessedAudit) -> Text:
    counts = Counter(finding.severity for image in audit.images for finding in image.open_findings)
    ignored = sum(len(image.findings) - len(image.open_findings) for image in audit.images)
    text = Text("Findings: " if counts else "No findings")
    text.append_text(Text(", ").join(Text(f"{counts[s]:,} {s}", _STYLES[s]) for s in SEVERITIES if counts[s]))
    text.append(
        f"  (new {len(audit.new):,}, resolved {len(audit.resolved):,}, ignored {ignored:,})", style="dim"
    )
    return text


def _row(image: AssessedImage, finding: Finding) -> list[Text]:
    # Every cell is a Text: a plain string would be read as markup, and strangers name images.
    package = _release(finding)
    if finding.affected_if:
        package += f" (if {finding.affected_if})"
    return [
        Text(finding.severity, style=_STYLES[finding.severity]),
        Text(finding.kind),
        Text(finding.id + (" ⚠ exploited" if finding.exploited else "")),
        Text(package),
        Text(", ".join(finding.fixed)),
        Text(image.image),
    ]


def _release(finding: Finding) -> str:
    """Return a component as people name it; its package URL is in every other report."""
    if not finding.purl:
        return "the image"
    release = PackageURL.from_string(finding.purl)
    return f"{release.name} {release.version}" if release.version else release.name
