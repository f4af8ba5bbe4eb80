"""``praxi step``: a step of a chain that a service or a command of the site's does."""

from __future__ import annotations

from pathlib import Path

import click

from praxi_tasks.audit import load_policy, timed
from praxi_tasks.cli.options import policy_option, run_option, store_option
from praxi_tasks.serving.chain import Chain, run_step
from praxi_tasks.store import open_store


@click.command()
@click.argument("name")
@click.option(
    "--chain",
    "file",
    envvar="PRAXI_SERVE_CHAIN",
    show_envvar=True,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that declares the chain.",
)
@store_option()
@run_option
@policy_option
def step(name: str, file: Path, store_uri: str, run_id: str, policy_uri: str | None) -> None:
    """Let a service or command do the step NAME of a run, as the chain declares it."""
    found = Chain.parse(file.read_bytes(), str(file)).step(name)
    store = open_store(store_uri)
    with timed(store, run_id, f"step-{found.name}"):
        run_step(found, store, run_id, load_policy(policy_uri).routes)
    click.echo(f"step {name}: gave {', '.join(found.outputs)}")
