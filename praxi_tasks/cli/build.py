"""``praxi build``: the one command that runs untrusted code; run it where no credentials are."""

from __future__ import annotations

import logging

import click

logger = logging.getLogger(__name__)


@click.command()
@click.argument("release")
@click.option(
    "--index",
    envvar="PRAXI_LEARN_BUILD_INDEX",
    show_envvar=True,
    required=True,
    help="Address of the only index that is asked, …/simple; without credentials.",
)
@click.option(
    "--seconds",
    envvar="PRAXI_LEARN_BUILD_SECONDS",
    show_envvar=True,
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    help="How long the build may take.",
)
def build(release: str, index: str, seconds: float) -> None:
    """Build RELEASE (name==version) from its source and print the files that its wheel installs.

    A build runs what the release brings along. Run this where there is nothing to steal and no way out: in a
    pod without Secrets, as praxi_train does.
    """
    from praxi_tasks.environment import parsed, public_url
    from praxi_tasks.learning.builds import Bounds, BuildResult, build_release, to_lines
    from praxi_tasks.learning.data import parse_label

    source = parsed(index, public_url, "--index")
    listing = build_release(parse_label(release), source, Bounds(seconds=seconds))
    logger.info("%s: %s", release, listing.reason or f"{listing.wheel}, {len(listing.paths)} files")
    try:
        lines = list(to_lines(listing.to_bytes()))
    except ValueError as error:
        lines = list(to_lines(BuildResult(reason=str(error)).to_bytes()))
    for line in lines:
        click.echo(line)
