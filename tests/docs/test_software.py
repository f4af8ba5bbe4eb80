"""The table of what is read is the one that the readers make."""

from __future__ import annotations

from pathlib import Path

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.inventory.binary.inspect import ARCHIVE_READERS, PROGRAM_READERS
from praxi_tasks.inventory.readers import READERS
from scripts.software_table import IN_FILES, SHARED, table

PAGE = Path(__file__).resolve().parents[2] / "docs/software.md"


def test_the_page_has_the_table_of_today() -> None:
    assert table() in PAGE.read_text(), "print it with scripts/software_table.py"


def test_the_overview_counts_the_ecosystems_that_images_are_read_for() -> None:
    rows = [line.split("|") for line in table().splitlines() if line.startswith("| `")]
    read = [row for row in rows if row[2].strip() or row[3].strip()]
    overview = " ".join((PAGE.parents[1] / "README.md").read_text().split())
    assert f"the records, programs and archives of [{len(read)} ecosystems]" in overview


def test_every_reader_has_a_row() -> None:
    assert set(IN_FILES) == {*PROGRAM_READERS, *ARCHIVE_READERS}
    assert {reader.ecosystem for reader in READERS} | set(SHARED) <= set(ECOSYSTEMS)
