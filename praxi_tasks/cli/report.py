"""``praxi report``: the last task of an audit that reads the store."""

from __future__ import annotations

import click

from praxi_tasks.audit.run import AuditRun
from praxi_tasks.cli.options import run_option, store_option
from praxi_tasks.store import open_store


@click.command()
@store_option()
@run_option
def report(store_uri: str, run_id: str) -> None:
    """Reduce a run to its report: JSON, HTML and Parquet tables in the store."""
    made = AuditRun(open_store(store_uri), run_id).report()
    for image in made.images:
        click.echo(f"{image.state:8} {image.image}" + (f"  {image.reason}" if image.reason else ""))
