"""The report as a table on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.padding import Padding
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


def report_table(report: AuditReport) -> Group:
    """Return one row per image (its state, and what was found by whom), then what there is to say of some."""
    table = Table(pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("Image", overflow="fold")
    table.add_column("State")
    for heading in ("Layers", "By files", "By databases", "Hidden", "Unexplained"):
        table.add_column(heading, justify="right")
    for image in report.images:
        table.add_row(*_row(image, report.layers_of(image)))
    return Group(table, *(_remark(image, remark) for image in report.images for remark in _remarks(image)))


def _row(image: ReportedImage, layers: tuple[ReportedLayer, ...]) -> list[Text | str]:
    state = Text(image.state, style=_STYLE[image.state])
    if image.state is State.FAILED:
        return [Text(image.image), state]
    seen, claimed = packages(layers, Source.FINGERPRINT), packages(layers, Source.INVENTORY)
    counts = (len(layers), len(seen), len(claimed), len(seen - claimed), sum_unexplained(layers).files)
    return [Text(image.image), state, *(f"{count:,}" for count in counts)]


def _remarks(image: ReportedImage) -> Iterator[Text]:
    if image.reason:
        yield Text(image.reason, style="red")
    for warning in image.warnings:
        yield Text(warning, style="yellow")


def _remark(image: ReportedImage, remark: Text) -> Padding:
    return Padding(Text.assemble((image.image, "bold"), ": ", remark), (1, 0, 0, 0))


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
