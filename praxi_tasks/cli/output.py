"""Writing a report the way it was asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from praxi_tasks.audit.reported import AuditReport
from praxi_tasks.errors import UsageError

FORMATS = ("table", "json", "html")

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to tell it."
)
output_option = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of standard output."
)


def write_report(report: AuditReport, form: str, output: Path | None) -> None:
    """Write ``report`` as a terminal table, a JSON list or an HTML page.

    Raises
    ------
    UsageError
        If the file can't be written.
    """
    if form == "table" and output is None:
        _print_table(report)
        return
    data = _render(report, form)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UsageError(f"can't write the report: {error.strerror}", where=str(output)) from error


def _render(report: AuditReport, form: str) -> bytes:
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(list(report.unfolded())), indent=2) + b"\n"
    if form == "html":
        from praxi_tasks.audit.page import report_page

        return report_page(report).encode()
    return _table_text(report).encode()


def _print_table(report: AuditReport) -> None:
    from rich.console import Console

    from praxi_tasks.audit.table import report_table

    Console().print(report_table(report))


def _table_text(report: AuditReport) -> str:
    from rich.console import Console

    from praxi_tasks.audit.table import report_table

    console = Console(width=160)
    with console.capture() as captured:
        console.print(report_table(report))
    return captured.get()
