"""``praxi packs``: knowledge packs."""

from __future__ import annotations

import click

from praxi_tasks.cli.packs_build import build


@click.group()
def packs() -> None:
    """Build knowledge packs: what there is to know of an ecosystem or a suite."""


packs.add_command(build)
