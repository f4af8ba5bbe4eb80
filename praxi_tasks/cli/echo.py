"""Prints lines that hold text of images, registries and feeds."""

from __future__ import annotations

import click

from praxi_tasks.printable import printable


def echo(line: str, *, err: bool = False) -> None:
    """Print one line, with what is not printable as escapes."""
    click.echo(printable(line), err=err)
