"""``python -m demo up`` and ``down`` are `make demo` and `make demo-stop`; ``airflow`` is Airflow's own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from demo.airflow import AirflowConfig, run_airflow
from demo.api import AirflowApi
from demo.progress import Steps
from demo.source_digest import PROJECT
from demo.state import DemoFolder
from demo.summary import EndedRun, show_outcome
from demo.up import Demo
from praxi_tasks.errors import PraxiError

_FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, resolve_path=True),
    default=PROJECT / ".praxi" / "demo",
    help="Where everything is kept.",
)


@click.group()
def main() -> None:
    """Audit real images with a real Airflow, from nothing."""


@main.command()
@click.option(
    "--images", envvar="IMAGES", default="", help="References to audit as well, with spaces between."
)
@_FOLDER
def up(images: str, folder: Path) -> None:
    """Start everything, audit yesterday, and show what was found."""
    console = Console()
    state = DemoFolder(folder)
    with state.at_work():
        with Steps(console) as steps:
            config = Demo(state, steps).set_up()
            runs = audit(config, steps, images.split())
        if not show_outcome(console, state, config, runs):
            sys.exit(1)


def audit(config: AirflowConfig, steps: Steps, images: list[str]) -> list[EndedRun]:
    """Run yesterday's audit, and one of ``images`` if there are any; return how they ended."""
    api = AirflowApi(config)
    with steps.step("The Dags") as report:
        report("waiting for Airflow to read them")
        api.prepare()
    now = datetime.now(UTC)
    with steps.step("Audit of yesterday") as report:
        run = api.run_yesterday(now)
        ended = [EndedRun(run, api.watch(run, report), f"what ran on {now - timedelta(days=1):%Y-%m-%d}")]
    if images:
        with steps.step(f"Audit of {len(images)} more") as report:
            run = api.run_images(images)
            ended.append(EndedRun(run, api.watch(run, report), "the images asked for"))
    return ended


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@_FOLDER
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def airflow(folder: Path, arguments: tuple[str, ...]) -> None:
    """Run Airflow's own command line on the demonstration: ``backfill create …``."""
    sys.exit(run_airflow(folder / "servers", arguments))


@main.command()
@_FOLDER
def down(folder: Path) -> None:
    """End exactly what ``up`` started."""
    stopped = DemoFolder(folder).stop()
    click.echo(f"demo: stopped {', '.join(stopped)}" if stopped else "demo: nothing was running")


if __name__ == "__main__":
    try:
        main()
    except PraxiError as error:
        click.echo(f"demo: {error}", err=True)
        click.echo("demo: `make demo` goes on from here, `make demo-stop` ends what was started", err=True)
        sys.exit(1)
