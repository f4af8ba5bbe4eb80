"""The summary that the demonstration ends with: a table of what was found, and where to look next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from rich.console import Console

from demo.airflow import AirflowConfig
from demo.api import AirflowApi
from demo.state import DemoFolder
from praxi_airflow.run_key import run_key
from praxi_tasks.audit import AuditReport, report_table
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.report import findings_summary
from praxi_tasks.store import Store, documents, keys, open_store

Document = TypeVar("Document")
LEGEND: Final = (
    "By files: packages known by their files alone. By databases: those that a package database in some "
    "layer claims. Hidden: known by their files, in no database. Unexplained: files that nobody knows. "
    "Gaps: what was not checked, or not wholly. The demonstration mirrors no feeds: without them "
    "vulnerabilities are not checked."
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
        show_found(console, open_store(config.store), ended)
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


def show_found(console: Console, store: Store, ended: EndedRun) -> None:
    """Print what a run found, how much that was, and what it did not check; nothing if it left no report."""
    report = _read(store, ended.run, "report.json", AuditReport)
    assessed = _read(store, ended.run, "findings.json", AssessedAudit)
    if report is not None:
        console.print(f"[bold]Audit of {ended.subject}\n", highlight=False)
        console.print(report_table(report))
    if assessed is not None:
        console.print()
        console.print(findings_summary(assessed))


def _read(store: Store, run: str, name: str, kind: type[Document]) -> Document | None:
    try:
        return documents.read(store, keys.run(run_key(run), name), kind)
    except KeyNotFoundError:
        return None
