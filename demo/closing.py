"""The end of the demonstration: the table of what was found, and where to look next."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from demo.airflow import AirflowConfig
from demo.api import AirflowApi
from demo.state import DemoFolder
from praxi_airflow.run_key import run_key
from praxi_tasks.audit import documents
from praxi_tasks.audit.reported import AuditReport
from praxi_tasks.audit.table import report_table
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.store import keys, open_store


def show_outcome(console: Console, state: DemoFolder, config: AirflowConfig, runs: Mapping[str, str]) -> bool:
    """Print a table for each run and the links; return whether all runs succeeded."""
    api = AirflowApi(config)
    for run, ended in runs.items():
        console.print()
        report = _report(config, run)
        if report is not None:
            console.print(report_table(report))
        if ended != "success":
            failed = ", ".join(api.failed_tasks(run)) or "unknown"
            console.print(f"[red]The run ended as {ended}; failed tasks: {failed}")
        console.print(f"\nRun:     {api.page(run)}", soft_wrap=True, highlight=False)
    console.print(f"Login:   admin, password {config.password()}", highlight=False)
    console.print(f"Folder:  {state.root}   (`make demo-stop` ends everything)", highlight=False)
    return all(ended == "success" for ended in runs.values())


def _report(config: AirflowConfig, run: str) -> AuditReport | None:
    key = keys.run(run_key(run), "report.json")
    try:
        return documents.read(open_store(config.store), key, AuditReport)
    except KeyNotFoundError:
        return None
