"""Tables of measurements: printed, and kept beside the benchmarks for the README to show."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


class Table:
    """Rows under headings, as Markdown."""

    def __init__(self, *headings: str) -> None:
        self._rows: list[tuple[str, ...]] = [headings]

    def add(self, *cells: object) -> None:
        """Add a row, one cell per heading."""
        row = tuple(map(str, cells))
        if len(row) != len(self._rows[0]):
            raise ValueError(f"{len(row)} cells under {len(self._rows[0])} headings")
        self._rows.append(row)

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)]
        lines = [
            " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in self._rows
        ]
        lines.insert(1, " | ".join("-" * width for width in widths))
        return "\n".join(f"| {line} |" for line in lines)


def write_results(name: str, title: str, *parts: object) -> None:
    """Print the parts under a title and write them to ``results/NAME.md``."""
    text = "\n\n".join([f"# {title}", *map(str, parts), f"Made by `python -m benchmarks.{name}`."])
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text + "\n")
