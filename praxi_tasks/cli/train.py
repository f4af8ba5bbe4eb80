"""``praxi train``: learn releases and write a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from praxi_tasks.cli.echo import echo
from praxi_tasks.cli.multi_value import GreedyCommand

if TYPE_CHECKING:
    from praxi_tasks.learning.estimators import Routing

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=GreedyCommand)
@click.option(
    "--releases",
    multiple=True,
    type=_FILE,
    metavar="FILE...",
    help="What releases contain: lines of JSON (also packed), wheels, .deb files, a Debian Contents index.",
)
@click.option(
    "--changesets",
    multiple=True,
    type=_FILE,
    metavar="FILE...",
    help='Recorded changesets: lines of {"id", "labels", "changes"}.',
)
@click.option("--base", metavar="URI", help="A model to add to; what it knows stays as it is.")
@click.option("--out", required=True, metavar="URI", help="Where to write the model.")
@click.option(
    "--routing",
    type=click.Choice(["default", "random", "similarity", "version"]),
    default="default",
    show_default=True,
    help="How releases and labels are assigned to experts.",
)
@click.option(
    "--labels-per-expert",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="How many share an expert, where the routing leaves that open; 0: all.",
)
@click.option(
    "--pack", default="site", show_default=True, metavar="NAME", help="The pack that takes the releases."
)
@click.option(
    "--archive-pack",
    default="site",
    show_default=True,
    metavar="NAME",
    help="The pack that takes Contents indexes: debian/bookworm.",
)
def train(
    releases: tuple[Path, ...],
    changesets: tuple[Path, ...],
    base: str | None,
    out: str,
    routing: Routing,
    labels_per_expert: int,
    pack: str,
    archive_pack: str,
) -> None:
    """Learn releases and recorded changesets, and write the model that names them."""
    from praxi_tasks.discovery import Model
    from praxi_tasks.learning.data import write_bundled
    from praxi_tasks.learning.estimators import Assignment
    from praxi_tasks.learning.training import PackNames, learn_files
    from praxi_tasks.packs import check_name

    known = Model.load(base) if base else None
    packs = PackNames(check_name(archive_pack), check_name(pack))
    learned = learn_files(releases, changesets, known, Assignment(routing, labels_per_expert), packs)
    click.echo(f"model {learned.model.save(out)} at {out}")
    write_bundled(out, learned.bundled, base)
    for name in learned.left_out:
        echo(f"left out {name}: it installs nothing but its own metadata")
    for name in learned.repaired:
        echo(f"repaired {name}: it fired on what is new")
    for name in learned.false_positives:
        echo(f"fires    {name}: it fires on what is new, and could not be repaired without harm")
