from __future__ import annotations

from importlib import resources

import pytest

from praxi_tasks.inventory.paths.import_names import owners_of
from praxi_tasks.inventory.paths.own_imports import (
    KEY_SIZE,
    OWN_IMPORTS,
    PROJECT_NAMES,
    import_key,
    is_project,
    names_itself,
)
from scripts.project_names import project_names


@pytest.mark.parametrize("file", [OWN_IMPORTS, PROJECT_NAMES])
def test_keys_are_sorted_and_distinct(file: str) -> None:
    content = (resources.files("praxi_tasks.inventory.paths") / file).read_bytes()
    keys = [content[place : place + KEY_SIZE] for place in range(0, len(content), KEY_SIZE)]
    assert len(keys) > 300_000
    assert keys == sorted(set(keys))
    assert {len(key) for key in keys} == {KEY_SIZE}


def test_a_rare_import_of_one_project_names_it() -> None:
    assert names_itself("osl_ephys")
    assert owners_of("osl_ephys") is None


def test_what_is_not_in_the_file_names_nothing() -> None:
    for name in ("nobody_knows_this_import", "", "numpy", "tests", "ä"):
        assert not names_itself(name)
        assert not is_project(name)
    assert len(import_key("numpy")) == KEY_SIZE


def test_a_project_is_known_by_its_name_where_no_index_of_imports_has_it() -> None:
    assert is_project("pymetaheuristic")
    assert not names_itself("pymetaheuristic")


def test_names_of_plain_words_tell_no_project() -> None:
    words = {"data", "region", "selection", "oceans"}
    names = [
        "Region.Selection",
        "oceans",
        "data-tools-2",
        "py-data",
        "QuiverCirc2",
        "quivercirc2",
        "3d-data9",
    ]
    assert list(project_names(names, words | {"tools"})) == ["quivercirc2"]
    assert list(project_names(["numpy", "osl-ephys", "nobody-knows-this-import"], words)) == [
        "nobody-knows-this-import"
    ]
