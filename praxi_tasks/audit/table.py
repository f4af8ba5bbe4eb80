"""The report as a table on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from praxi_tasks.audit.reported import (
    AuditReport,
    ReportedImage,
    ReportedLayer,
    Source,
    State,
    sum_unexplained,
)

_STYLE = {State.AUDITED: "green", State.CACHED: "cyan", State.FAILED: "red"}


def report_table(report: AuditReport) -> Table:
    """Return one row per image: its state, what was found by whom, and what nobody explains."""
    table = Table(title=None, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("Image", overflow="fold", ratio=3)
    table.add_column("State")
    for heading in ("Layers", "By files", "By databases", "Hidden", "Unexplained"):
        table.add_column(heading, justify="right")
    table.add_column("Remarks", overflow="fold", ratio=3)
    for image in report.images:
        table.add_row(*_row(image, report.layers_of(image)))
    return table


def _row(image: ReportedImage, layers: tuple[ReportedLayer, ...]) -> list[Text | str]:
    state = Text(image.state, style=_STYLE[image.state])
    remarks = "\n".join(filter(None, (image.reason, *image.warnings)))
    if image.state is State.FAILED:
        return [image.image, state, "", "", "", "", "", remarks]
    seen, claimed = packages(layers, Source.FINGERPRINT), packages(layers, Source.INVENTORY)
    counts = (len(layers), len(seen), len(claimed), len(seen - claimed), sum_unexplained(layers).files)
    return [image.image, state, *(f"{count:,}" for count in counts), remarks]


def packages(layers: tuple[ReportedLayer, ...], source: Source) -> set[str]:
    """Return the packages one source names, as package URLs without version and qualifiers."""
    return {
        package_of(release.purl) for layer in layers for release in layer.releases if release.source is source
    }


def package_of(purl: str) -> str:
    """Return a package URL without its version and qualifiers."""
    package = purl.partition("?")[0]
    head, slash, name = package.rpartition("/")
    return f"{head}{slash}{name.partition('@')[0]}"
