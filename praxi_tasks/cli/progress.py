"""Progress on a terminal; silence elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bars:
    """A bar for each step of an audit, on standard error."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def step(self, name: str, total: int) -> None:
        """Begin a step; a step without work is done at once."""
        self._task = self._bars.add_task(name, total=max(total, 1), completed=0 if total else 1)

    def advance(self, amount: int) -> None:
        """Count ``amount`` units of the step as done."""
        if self._task is not None:
            self._bars.advance(self._task, amount)


@contextmanager
def progress_bars() -> Iterator[Bars]:
    """Show bars while the block runs, if standard error is a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:22}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield Bars(bars)
