"""``praxi store``: what becomes of everything in the store."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from praxi_tasks.cli.echo import echo, megabytes
from praxi_tasks.cli.group import Group
from praxi_tasks.cli.options import store_option

if TYPE_CHECKING:
    from praxi_tasks.retention import Pruned


@click.group(cls=Group)
@store_option()
@click.option("--run", "run_id", help="The run under which to note the outcome.")
def store(store_uri: str, run_id: str | None) -> None:
    """Look after the store."""


@store.command()
@click.option(
    "--older-than",
    "days",
    envvar="PRAXI_STORE_KEEP_DAYS",
    show_envvar=True,
    type=click.IntRange(min=1),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="For how many days finished runs, and what they name, are retained.",
)
@click.option("--dry-run", is_flag=True, help="Delete nothing; print what would be deleted, and how much.")
@click.pass_context
def prune(context: click.Context, days: int, dry_run: bool) -> None:
    """Delete old runs, and layers, predictions, images and models that no run and no page needs."""
    from praxi_tasks.learning.model_registry import find_registry
    from praxi_tasks.learning.run import newest_to_keep
    from praxi_tasks.retention import Age, prune_store
    from praxi_tasks.store import documents, keys, open_store

    given = context.parent.params if context.parent else {}
    opened = open_store(given["store_uri"])
    pruned = prune_store(
        opened, Age(time.time(), days), find_registry(opened.uri), newest_to_keep(), trial=dry_run
    )
    if given["run_id"]:
        documents.write(opened, keys.run(given["run_id"], "pruned.json"), pruned)
    _tell(pruned)


def _tell(pruned: Pruned) -> None:
    done = "would be deleted" if pruned.trial else "deleted"
    for folder in pruned.runs:
        echo(f"{folder} {done}")
    for kind, amount in (*pruned.kinds.items(), ("total", pruned.total)):
        echo(f"{kind:12} {amount.objects:>9,} objects {megabytes(amount.size):>13} {done}")
    for why in pruned.left:
        echo(why)
