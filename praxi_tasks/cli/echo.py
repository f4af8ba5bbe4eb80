"""Prints lines that hold text of images, registries and feeds."""

from __future__ import annotations

import click

from praxi_tasks.printable import printable


def echo(line: str, *, err: bool = False) -> None:
    """Print one line, with what is not printable as escapes."""
    click.echo(printable(line), err=err)


def amount(number: int, noun: str, plural: str = "") -> str:
    """Return a number and what it counts; the plural has an s, or is given.

    Examples
    --------
    >>> amount(1, "release"), amount(1200, "release"), amount(2, "batch", "batches")
    ('1 release', '1,200 releases', '2 batches')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def megabytes(size: int) -> str:
    """Return a number of bytes as megabytes, of which the small ones are not nothing.

    Examples
    --------
    >>> megabytes(0), megabytes(640), megabytes(48_520), megabytes(43_210_000)
    ('0 MB', '0.001 MB', '0.05 MB', '43.2 MB')
    """
    if size >= 100_000 or not size:
        return f"{size / 1e6:,.1f} MB" if size else "0 MB"
    return f"{size / 1e6:.2f} MB" if size >= 10_000 else f"{max(size, 1_000) / 1e6:.3f} MB"
