"""``praxi tagset``: the classic Columbus tags of changesets."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from praxi_tasks.fingerprint import FREQUENCY_THRESHOLD, read_stop_tags, tag_lines


@click.command()
@click.option(
    "--stop-tags",
    "stop_list",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of tags to leave out, one a line. Without it none is.",
)
@click.option(
    "--frequency-threshold",
    type=click.IntRange(1),
    default=FREQUENCY_THRESHOLD,
    show_default=True,
    help="How many different characters must follow a prefix to make it a tag.",
)
def tagset(stop_list: Path | None, frequency_threshold: int) -> None:
    """Read {"id", "changes"} lines on standard input, write {"id", "tags"} lines.

    A change is a path, or MODE PATH as in the published data.
    """
    stop_tags = read_stop_tags(stop_list) if stop_list else frozenset()
    output = sys.stdout.buffer
    lines = tag_lines(sys.stdin.buffer, frequency_threshold=frequency_threshold, stop_tags=stop_tags)
    for line in lines:
        output.write(line)
