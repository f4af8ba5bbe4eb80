from __future__ import annotations

from importlib import resources

from praxi_tasks.inventory.paths.import_names import owners_of
from praxi_tasks.inventory.paths.own_imports import import_key, names_itself


def test_keys_are_sorted_and_distinct() -> None:
    content = (resources.files("praxi_tasks.inventory.paths") / "own_imports.bin").read_bytes()
    keys = [content[place : place + 4] for place in range(0, len(content), 4)]
    assert len(keys) > 300_000
    assert keys == sorted(set(keys))
    assert {len(key) for key in keys} == {4}


def test_a_rare_import_of_one_project_names_it() -> None:
    assert names_itself("osl_ephys")
    assert owners_of("osl_ephys") is None


def test_what_is_not_in_the_file_names_nothing() -> None:
    for name in ("nobody_knows_this_import", "", "numpy", "tests", "ä"):
        assert not names_itself(name)
    assert len(import_key("numpy")) == 4
