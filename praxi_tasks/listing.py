"""Tables for terminals of any width: columns where there is room for them, else a paragraph for each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_INDENT: Final = 2
_SHORT: Final = 12  # characters of a value that shares its line with others


class Listing:
    """Rows under headings.

    Parameters
    ----------
    table
        A table with its columns, and no rows.
    narrowest
        Characters that the columns take at least.
    leading
        How many cells begin a row's paragraph, without their headings.
    """

    def __init__(self, table: Table, narrowest: int, leading: int) -> None:
        self._table = table
        self._narrowest = narrowest
        self._leading = leading
        self._rows: list[tuple[Text, ...]] = []

    def add_row(self, *cells: Text) -> None:
        """Add a row; cells are text, never markup, for names are untrusted."""
        self._rows.append(cells)

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, or paragraphs where it would not be readable."""
        if options.max_width >= self._narrowest:
            self._bound_names(options.max_width)
            for cells in self._rows:
                self._table.add_row(*cells)
            yield self._table
            return
        headings = [" ".join(str(column.header).split()) for column in self._table.columns]
        yield _folding(Text("  ".join(headings[: self._leading]), style="bold"))
        for cells in self._rows:
            yield _folding(Text("  ").join(cell for cell in cells[: self._leading] if cell))
            rest = zip(headings[self._leading :], cells[self._leading :], strict=False)
            yield from (Padding(_folding(line), (0, 0, 0, _INDENT)) for line in _lines(rest))

    def _bound_names(self, room: int) -> None:
        """Let no long name take the room of the columns that share what is left."""
        columns = self._table.columns
        for column in columns if any(column.ratio for column in columns) else ():
            if column.min_width is not None:
                column.max_width = max(column.min_width, room // 3)


def _lines(values: Iterable[tuple[str, Text]]) -> Iterator[Text]:
    """Yield values with their headings; short ones that follow each other share a line."""
    for is_short, group in groupby(values, lambda value: len(value[1]) <= _SHORT):
        told = [Text.assemble((f"{heading}: ", "dim"), cell) for heading, cell in group if cell]
        yield from [Text(", ").join(told)] if is_short and told else told


def _folding(text: Text) -> Text:
    text.overflow = "fold"
    return text
