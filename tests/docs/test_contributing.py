"""A newcomer's table of where things are added: few files each, and all of them are there."""

from __future__ import annotations

import re
from typing import Final

import pytest

from praxi_tasks.discovery.calibration import calibrate
from praxi_tasks.discovery.features import FEATURES
from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.findings.detectors.registry import DETECTORS
from praxi_tasks.inventory.readers import READERS
from praxi_tasks.learning.sources.configured import SOURCES
from tests.conftest import ROOT

_TEXT: Final = (ROOT / "CONTRIBUTING.md").read_text()
_PATH: Final = re.compile(r"`((?:praxi_tasks|plugins)/[\w./-]+)`")
_LINK: Final = re.compile(r"\]\(([\w./-]+)\)")
ROWS: Final = {
    cells[0]: (_PATH.findall(cells[1]), _LINK.findall(cells[2]))
    for line in _TEXT.partition("## Where do I add")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ") and (cells := [cell.strip() for cell in line.strip("|").split("|")])[0] != "what"
}


def test_the_table_answers_what_newcomers_ask() -> None:
    asked = {"an ecosystem", "a kind of finding", "an index source", "a page in Airflow"}
    assert {*asked, "a tab of the report", "how confidence is calibrated"} <= ROWS.keys()


@pytest.mark.parametrize("what", ROWS)
def test_each_is_in_few_files_that_are_there(what: str) -> None:
    paths, pages = ROWS[what]
    assert 1 <= len(paths) <= 3
    assert [path for path in (*paths, *pages) if not (ROOT / path).exists()] == []


def test_the_lists_are_in_the_files_that_the_table_names() -> None:
    named = {path for paths, _ in ROWS.values() for path in paths}
    for path, name, found in (
        ("praxi_tasks/ecosystems.py", "ECOSYSTEMS", ECOSYSTEMS),
        ("praxi_tasks/inventory/readers.py", "READERS", READERS),
        ("praxi_tasks/findings/detectors/registry.py", "DETECTORS", DETECTORS),
        ("praxi_tasks/learning/sources/configured.py", "SOURCES", SOURCES),
        ("praxi_tasks/discovery/features.py", "FEATURES", FEATURES),
    ):
        assert path in named
        assert re.search(rf"^{name}\b.*=", (ROOT / path).read_text(), re.MULTILINE)
        assert len(found) > 1
    assert calibrate.__module__.replace(".", "/") + ".py" in named
