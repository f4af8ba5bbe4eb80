"""The summary that the demonstration ends with: a table of what was found, and where to look next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.advisories import Advisories
from demo.airflow import AirflowConfig
from demo.api import AirflowApi
from demo.state import DemoFolder
from praxi_airflow.run_key import run_key
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.findings import Kind, worst
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, image_gaps, shared_registry
from praxi_tasks.findings.report import SEVERITY_STYLES, findings_summary
from praxi_tasks.listing import Listing
from praxi_tasks.printable import printable
from praxi_tasks.store import Store, documents, keys, open_store

LEGEND: Final = (
    "Worst: the gravest finding. Vulnerable: packages with known vulnerabilities. Hidden: packages known by "
    "their files, in no package database. Not checked: what was not looked at, or not wholly."
)
_NARROWEST: Final = 70  # columns of a terminal from which the table is readable
_NONE: Final = "-"


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
        _say(console, "Run", api.page(run))
        _say(console, "Report", str(state.store / key))
    console.print(f"\n[dim]{LEGEND} Advisories: {Advisories(state.store).told}.\n")
    _say(console, "Stop", "make demo-stop")
    _say(console, "Page", f"{config.url}/praxi/   (user admin, password {config.password()})")
    return all(ended.state == "success" for ended in runs)


def _say(console: Console, label: str, text: str) -> None:
    console.print(f"{label + ':':<8} {text}", soft_wrap=True, highlight=False, markup=False)


def show_found(console: Console, store: Store, ended: EndedRun) -> None:
    """Print what a run found, how much that was, and what it did not check; nothing if it left no report."""
    try:
        assessed = documents.read(store, keys.run(run_key(ended.run), "findings.json"), AssessedAudit)
    except KeyNotFoundError:
        return
    console.print(f"[bold]Audit of {ended.subject}\n", highlight=False)
    console.print(images_table(assessed))
    console.print()
    console.print(findings_summary(assessed))


def images_table(audit: AssessedAudit) -> Listing:
    """Return what matters of each image: how bad it is, of what kind, and what nobody looked at."""
    registry = shared_registry(audit.images)
    columns = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    columns.add_column(f"Image in {printable(registry)}" if registry else "Image", overflow="fold")
    columns.add_column("Worst")
    for heading in ("Vulnerable", "Hidden"):
        columns.add_column(heading, justify="right")
    columns.add_column("Not checked", overflow="fold")
    table = Listing(columns, _NARROWEST, leading=2)
    for image in audit.images:
        name = printable(image.image).removeprefix(f"{registry}/")
        table.add_row(Text(name), *_row(image))
    return table


def _row(image: AssessedImage) -> tuple[Text, ...]:
    if image.failed:
        return Text("failed", "red"), Text(""), Text(""), Text(printable(image.reason or ""), "red")
    gravest = worst(image.findings)
    severity = Text(gravest, SEVERITY_STYLES[gravest]) if gravest else Text(_NONE)
    counts = (_packages(image, "vulnerable"), _packages(image, "hidden"))
    gaps = dict.fromkeys(str(gap.aspect).replace("-", " ") for gap in image_gaps(image))
    numbers = (Text(f"{count:,}" if count else _NONE) for count in counts)
    return severity, *numbers, Text(", ".join(gaps) or _NONE)


def _packages(image: AssessedImage, kind: Kind) -> int:
    """Count the packages that the open findings of a kind are about."""
    return len({name for found in image.open_findings if found.kind == kind for name in found.package_names})
