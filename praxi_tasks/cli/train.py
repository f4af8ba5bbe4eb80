"""``praxi train``: learn releases and write a model."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--releases",
    multiple=True,
    type=_FILE,
    help="What releases contain: lines of JSON, or a Contents index of Debian.",
)
@click.option("--out", required=True, help="Store URI to write the model below.")
def train(releases: tuple[Path, ...], out: str) -> None:
    """Learn releases and write the model that names them below the URI OUT."""
    from praxi_tasks.learning.train import train_model

    model = train_model(releases)
    click.echo(f"model {model.save(out)} at {out}")
