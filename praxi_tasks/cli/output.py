"""Writing an audit the way it was asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from praxi_tasks.audit import AuditReport, require
from praxi_tasks.errors import DataError, UsageError
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.printable import printable_json

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("table", "json", "html", "sarif")

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."
)
output_option = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of standard output."
)
sbom_option = click.option(
    "--sbom",
    "sbom_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the SBOMs of every image, as CycloneDX and SPDX.",
)


def write_report(
    report: AuditReport, assessed: AssessedAudit, form: str, output: Path | None, listed: str | None = None
) -> None:
    """Write an audit as a terminal table, a JSON list, an HTML page or SARIF.

    Parameters
    ----------
    listed
        Pattern of the packages that a table is to list; None for none.

    Raises
    ------
    UsageError
        If the file can't be written.
    """
    report = report.with_coverage(assessed)
    if form == "table" and output is None:
        from rich.console import Console

        _print_tables(report, assessed, Console(), listed)
        return
    if form == "sarif" and output is not None:
        _write_parts(assessed, output)
        return
    data = _render(report, assessed, form, listed)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    _write(output, data)


def write_sboms(assessed: AssessedAudit, folder: Path) -> None:
    """Write the SBOMs of all audited images into a folder, named by image digest.

    Raises
    ------
    UsageError
        If a file can't be written.
    DataError
        If one can't be made of an image.
    """
    from praxi_tasks.audit import sboms

    for name, data in sboms(assessed):
        if not isinstance(data, bytes):
            raise DataError(f"an SBOM can't be made: {data.message}", where=name)
        _write(folder / name, data)


def _write_parts(assessed: AssessedAudit, output: Path) -> None:
    """Write SARIF as code hosts take it: what is too large for one document goes into files beside it."""
    from praxi_tasks.audit import part_name
    from praxi_tasks.findings.report import sarif_parts

    for number, part in enumerate(require(assessed, "the SARIF document", sarif_parts), start=1):
        _write(output.with_name(part_name(output.name, number)), part)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"can't write the report: {error.strerror}", where=str(path)) from error


def _render(report: AuditReport, assessed: AssessedAudit, form: str, listed: str | None) -> bytes:
    if form == "json":
        document = msgspec.json.encode(_unfolded(report, assessed))
        return printable_json(msgspec.json.format(document, indent=2)) + b"\n"
    if form == "html":
        from praxi_tasks.findings.report import report_page

        return require(assessed, "the page", report_page).encode()
    if form == "sarif":
        from praxi_tasks.findings.report import to_sarif

        return require(assessed, "the SARIF document", to_sarif)
    return _table_text(report, assessed, listed).encode()


def _unfolded(report: AuditReport, assessed: AssessedAudit) -> list[dict[str, object]]:
    """Return the images with layers, components and findings inside.

    What is wrong with the audit's own means (an old feed, an expired rule) stands on every image, for each
    may be read alone.
    """
    return [
        {
            **image,
            "components": found.components,
            "findings": [finding.as_json() for finding in found.findings],
            "audit_coverage": assessed.coverage,
            "feeds": assessed.feeds,
            "audit_findings": [finding.as_json() for finding in assessed.findings],
        }
        for image, found in zip(report.unfolded(), assessed.images, strict=True)
    ]


def _print_tables(report: AuditReport, assessed: AssessedAudit, console: Console, listed: str | None) -> None:
    from praxi_tasks.audit import report_table
    from praxi_tasks.findings.report import findings_table, packages_table

    console.print(report_table(report))
    console.print()
    console.print(findings_table(assessed))
    if listed is not None:
        console.print(packages_table(assessed, listed))


def _table_text(report: AuditReport, assessed: AssessedAudit, listed: str | None) -> str:
    from rich.console import Console

    console = Console(width=160)
    with console.capture() as captured:
        _print_tables(report, assessed, console, listed)
    return captured.get()
