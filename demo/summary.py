"""The summary that the demonstration ends with: a table of what was found, and where to look next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console

from demo.airflow import AirflowConfig
from demo.api import AirflowApi
from demo.state import DemoFolder
from praxi_airflow.run_key import run_key
from praxi_tasks.audit import AuditReport, report_table
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.store import documents, keys, open_store

LEGEND: Final = (
    "By files: packages known by their files alone. By databases: those that a package database in some "
    "layer claims. Hidden: known by their files, in no database. Unexplained: files that nobody knows."
)


@dataclass(frozen=True)
class EndedRun:
    """A run that has ended: its id, its state, and what it audited in words."""

    run: str
    state: str
    subject: str


def show_outcome(
    console: Console, state: DemoFolder, config: AirflowConfig, runs: Sequence[EndedRun]
) -> bool:
    """Print a table for each run and the links; return whether all runs succeeded."""
    api = AirflowApi(config)
    for ended in runs:
        run = ended.run
        console.print()
        report = _report(config, run)
        if report is not None:
            console.print(f"[bold]Audit of {ended.subject}\n", highlight=False)
            console.print(report_table(report))
        if ended.state != "success":
            failed = ", ".join(api.failed_tasks(run)) or "unknown"
            console.print(f"[red]The run ended as {ended.state}; failed tasks: {failed}")
        key = keys.run(run_key(run), "report.html")
        console.print()
        _say(console, "Run", f"{api.page(run)}   (user admin, password {config.password()})")
        _say(console, "Report", str(state.store / key))
    console.print(f"\n[dim]{LEGEND}\n")
    _say(console, "Stop", "make demo-stop")
    return all(ended.state == "success" for ended in runs)


def _say(console: Console, label: str, text: str) -> None:
    console.print(f"{label + ':':<8} {text}", soft_wrap=True, highlight=False, markup=False)


def _report(config: AirflowConfig, run: str) -> AuditReport | None:
    key = keys.run(run_key(run), "report.json")
    try:
        return documents.read(open_store(config.store), key, AuditReport)
    except KeyNotFoundError:
        return None
