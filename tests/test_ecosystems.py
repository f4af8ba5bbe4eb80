from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.ecosystems import ECOSYSTEMS, NPM, PYPI, Ecosystem, Family, ecosystem_of
from praxi_tasks.findings.packages.namespaces import ecosystem_namespace, known_ecosystem
from praxi_tasks.findings.packages.version_order import parse_version

PROJECT = Path(__file__).resolve().parents[1]
# The names of ecosystems that are names of programs, too.
COMMANDS = {
    "praxi_tasks/inventory/binary/program_rules.py": {"julia", "terraform"},
    "praxi_tasks/inventory/binary/phar_archive.py": {"composer"},
    "praxi_tasks/inventory/manager/asdf.py": {"golang"},
    "praxi_tasks/learning/sources/npm/cli.py": {"npm"},
}
ROWS = pytest.mark.parametrize("row", ECOSYSTEMS.values(), ids=list(ECOSYSTEMS))


@ROWS
def test_versions_of_every_ecosystem_with_advisories_have_an_order(row: Ecosystem) -> None:
    if not row.version_class:
        assert not row.osv
        return
    older, newer = parse_version(row.purl_type, "1.2.0"), parse_version(row.purl_type, "1.10.0")
    assert older is not None
    assert newer is not None
    assert older < newer


@ROWS
def test_advisories_of_languages_are_matched(row: Ecosystem) -> None:
    if row.osv:
        assert row.of_language
        assert known_ecosystem(row.osv)
        assert ecosystem_namespace(row.osv) == row.purl_type


@ROWS
@given(name=st.text(max_size=12))
def test_a_stored_name_has_the_key_of_what_was_written(row: Ecosystem, name: str) -> None:
    assert row.normalise(row.normalise(name)) == row.normalise(name)
    assert row.key(row.key(name)) == row.key(name)


@given(st.text("aZ09-_.é", max_size=12))
def test_python_names_are_compared_as_pep_503_says(name: str) -> None:
    assert PYPI.normalise(name) == PYPI.key(name) == re.sub(r"[-_.]+", "-", name).lower()


def test_npm_names_keep_their_case_and_hold_a_scope() -> None:
    assert NPM.key("JSONStream") == "JSONStream"
    assert NPM.split_name("@babel/core") == ("@babel", "core")
    assert NPM.split_name("left-pad") == ("", "left-pad")


def test_an_ecosystem_without_a_row_has_the_rules_of_any() -> None:
    row = ecosystem_of("swid")
    assert row.family is Family.UNKNOWN
    assert not row.of_distribution
    assert not row.of_language
    assert row.normalise("A.b") == "A.b"
    assert row.database == "swid"
    assert parse_version("swid", "1.0") is None


def test_other_modules_ask_the_table_instead_of_naming_ecosystems() -> None:
    named = {}
    for file in (file for folder in ("praxi_tasks", "plugins") for file in (PROJECT / folder).rglob("*.py")):
        path = file.relative_to(PROJECT).as_posix()
        constants = {
            node.value for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.Constant)
        }
        found = {text for text in constants if isinstance(text, str)} & set(ECOSYSTEMS) - COMMANDS.get(
            path, set()
        )
        if found and path != "praxi_tasks/ecosystems.py":
            named[path] = found
    assert named == {}
