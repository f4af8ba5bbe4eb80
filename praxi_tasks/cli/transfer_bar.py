"""The progress of a pack on its way: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from praxi_tasks.cli.echo import echo, megabytes
from praxi_tasks.cli.rate import EVERY, time_left

if TYPE_CHECKING:
    from praxi_tasks.packs import Moved, Watcher


class TransferRate:
    """Tells how fast a transfer goes and how long the rest takes.

    Parameters
    ----------
    now
        Seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()

    def line(self, moved: Moved) -> str:
        """Return it in words; what was there before says nothing of how fast it goes."""
        worked = moved.done - moved.known
        if not worked:
            return "all of it from before" if moved.done else ""
        elapsed = max(self._now() - self._began, 1e-3)
        seconds = elapsed / worked * (moved.total - moved.done)
        return f"{megabytes(round(worked / elapsed))}/s, {time_left(seconds)}"


class TransferLines:
    """Prints a line every half minute of a transfer, on standard error."""

    def __init__(self, title: str, now: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._now = now
        self._told = now()
        self._rate = TransferRate(now)

    def __call__(self, moved: Moved) -> None:
        """Print how far it is, if the time has come."""
        if self._now() - self._told < EVERY:
            return
        self._told = self._now()
        far = f"{megabytes(moved.done)} of {megabytes(moved.total)}"
        echo(f"{self._title}: {far}, {self._rate.line(moved)}", err=True)


@contextmanager
def transfer_bar(title: str) -> Iterator[Watcher]:
    """Show how far a transfer is while the block runs, on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield TransferLines(title)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[line]}"),
    )
    with Progress(*columns, console=console) as shown:
        task = shown.add_task(title, total=None, line="")
        rate = TransferRate()

        def show(moved: Moved) -> None:
            shown.update(task, completed=moved.done, total=moved.total, line=rate.line(moved))

        yield show
