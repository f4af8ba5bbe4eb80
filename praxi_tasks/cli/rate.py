"""The progress of long work with its rate and the time left: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from praxi_tasks.cli.echo import echo

EVERY: Final = 30.0
"""Seconds between two lines, where there is no terminal."""


class Teller(Protocol):
    """Shows how much is done, and a line about it."""

    def __call__(self, done: int, line: str) -> None:
        """Show it."""


def time_left(seconds: float) -> str:
    """Return how long the rest takes, in words.

    Examples
    --------
    >>> time_left(3_725)
    '1:02:05 left'
    """
    left = round(seconds)
    return f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left"


class Rate:
    """Counts what is done, and tells how fast it goes and how long the rest takes.

    Parameters
    ----------
    total
        How much there is to do.
    unit
        What is counted.
    now
        Seconds that only grow.
    """

    def __init__(
        self, total: int, unit: str, tell: Teller, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._total = total
        self._unit = unit
        self._tell = tell
        self._now = now
        self._began = now()
        self._done = self._known = 0

    def advance(self, message: str, *, is_new: bool = True) -> None:
        """Count one more as done; what an earlier try did says nothing of how fast it goes."""
        self._done += 1
        self._known += not is_new
        worked = self._done - self._known
        if not worked:
            self._tell(self._done, f"{message}, all of them from before")
            return
        elapsed = max(self._now() - self._began, 1e-3)
        left = time_left(elapsed / worked * (self._total - self._done))
        self._tell(self._done, f"{worked / elapsed * 60:,.0f} {self._unit}/min, {message}, {left}")


class Lines:
    """Prints a line every half minute, and one at the end."""

    def __init__(self, title: str, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._total = total
        self._now = now
        self._told = now()

    def __call__(self, done: int, line: str) -> None:
        """Print how much is done, if the time has come."""
        if done == self._total or self._now() - self._told >= EVERY:
            self._told = self._now()
            echo(f"{self._title}: {done:,} of {self._total:,}, {line}", err=True)


@contextmanager
def rate_bar(title: str, total: int, unit: str) -> Iterator[Rate]:
    """Show progress while the block runs, on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Rate(total, unit, Lines(title, total))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[line]}"),
    )
    with Progress(*columns, console=console) as shown:
        task = shown.add_task(title, total=total, line="")
        yield Rate(total, unit, lambda done, line: shown.update(task, completed=done, line=line))
