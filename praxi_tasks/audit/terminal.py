"""The report as a table on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from praxi_tasks.audit.report import (
    AuditReport,
    ReportedImage,
    ReportedLayer,
    Source,
    State,
    sum_unexplained,
)
from praxi_tasks.findings.assessment import of_several_clusters, shared_registry
from praxi_tasks.findings.coverage import gaps
from praxi_tasks.listing import Listing
from praxi_tasks.printable import printable

_NAME_WIDTH: Final = 24  # what 80 columns leave
_NARROWEST: Final = 79
_STYLE: Final = {State.AUDITED: "green", State.CACHED: "cyan", State.FAILED: "red"}


def report_table(report: AuditReport) -> Group:
    """Return one row per image (its state, what was found by whom, gaps), then what there is to say of some.

    A registry that all images share stands once, in the heading, and leaves its room to the names.
    """
    remarks: list[Padding] = []
    registry = shared_registry(report.images)
    columns = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False, header_style="bold")
    heading = Text(f"Image in\n{printable(registry)}" if registry else "Image")
    columns.add_column(heading, overflow="fold", min_width=_NAME_WIDTH)
    columns.add_column("State")
    for title in ("Layers", "By\nfiles", "By\ndatabases", "Hidden", "Unexplained", "Gaps"):
        columns.add_column(title, justify="right")
    table = Listing(columns, _NARROWEST, leading=2)
    several = of_several_clusters(report.images)
    for image in report.images:
        title = printable(image.title(with_cluster=several))
        table.add_row(Text(title.removeprefix(f"{registry}/")), *_row(image, report.layers_of(image)))
        remarks += [_remark(title, remark) for remark in _remarks(image)]
    return Group(table, *remarks)


def _row(image: ReportedImage, layers: tuple[ReportedLayer, ...]) -> list[Text]:
    state = Text(image.state, style=_STYLE[image.state])
    if image.state is State.FAILED:
        return [state]
    seen, claimed = packages(layers, Source.FINGERPRINT), packages(layers, Source.INVENTORY)
    counts = (len(layers), len(seen), len(claimed), len(seen - claimed), sum_unexplained(layers).files)
    return [state, *(Text(f"{count:,}") for count in counts), _gaps(image)]


def _gaps(image: ReportedImage) -> Text:
    """Return how much of an image was not checked, or not wholly; an older report does not say."""
    count = len(gaps(image.coverage))
    return Text(f"{count:,}" if image.coverage else "?", style="" if image.coverage and not count else "red")


def _remarks(image: ReportedImage) -> Iterator[Text]:
    if image.reason:
        yield Text(printable(image.reason), style="red")
    for warning in image.warnings:
        yield Text(printable(warning), style="yellow")


def _remark(title: str, remark: Text) -> Padding:
    return Padding(Text.assemble((title, "bold"), ": ", remark), (1, 0, 0, 0))


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
