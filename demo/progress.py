"""Progress of the demonstration: a line per step with its time, live on a terminal, plain elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

ProgressCallback = Callable[[str], None]
"""Shows one line of text: what a step does now."""


class Steps:
    """The steps of the demonstration; several may be under way at once, each in a thread of its own."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[now]}", table_column=Column(ratio=1, no_wrap=True)),
            console=console,
            expand=True,
            refresh_per_second=4,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, title: str) -> Iterator[ProgressCallback]:
        """Show a step while the block runs; the block gets a function that says what it does now."""
        task = self._progress.add_task(title, total=1, now="")
        began = time.monotonic()

        def report(text: str) -> None:
            self._progress.update(task, now=text)
            if text and not self._console.is_terminal:
                self._plain(f"{title}: {text}")

        try:
            yield report
        except BaseException:
            self._end(task, title, "failed", time.monotonic() - began)
            raise
        self._progress.update(task, completed=1)
        self._end(task, title, "", time.monotonic() - began)

    def _end(self, task: TaskID, title: str, outcome: str, seconds: float) -> None:
        self._progress.update(task, now=outcome)
        self._progress.stop_task(task)
        if not self._console.is_terminal:
            self._plain(f"{title}: {outcome or 'done'} after {seconds:.1f} s")

    def _plain(self, text: str) -> None:
        self._console.print(
            f"[{time.monotonic() - self._began:5.0f} s] {text}", markup=False, highlight=False, soft_wrap=True
        )
