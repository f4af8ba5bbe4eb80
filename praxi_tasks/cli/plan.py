"""``praxi plan``: the second task of an audit."""

from __future__ import annotations

import click

from praxi_tasks.audit import AuditRun, BatchLimits, timed
from praxi_tasks.cli.options import platform_option, run_option, store_option
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store


@click.command()
@store_option()
@run_option
@platform_option
@click.option("--force", is_flag=True, help="Read every layer again, known or not.")
@click.option(
    "--max-batches", default=1024, show_default=True, type=click.IntRange(1), help="No more batches."
)
@click.option(
    "--batch-bytes",
    envvar="PRAXI_BATCH_BYTES",
    show_envvar=True,
    default=256 * 1024 * 1024,
    show_default=True,
    type=click.IntRange(1),
    help="Size of a batch.",
)
@click.option("--interval", default="", help="What the audit covers, for the report: START/END.")
def plan(
    store_uri: str,
    run_id: str,
    platform: Platform,
    force: bool,
    max_batches: int,
    batch_bytes: int,
    interval: str,
) -> None:
    """Resolve a run's images and pack the layers that the store does not know into batches."""
    limits = BatchLimits(target_bytes=batch_bytes, most=max_batches)
    store = open_store(store_uri)
    with timed(store, run_id, "plan"):
        made = AuditRun(store, run_id).plan(platform, limits=limits, force=force, interval=interval)
    missing = [layer.size for layer in made.layers if layer.batch >= 0]
    click.echo(
        f"{len(made.images)} images, {len(made.layers)} layers, {len(missing)} to read "
        f"({sum(missing) / 1e6:.1f} MB) in {made.batches} batches"
    )
