"""Every reader and parser of bytes has a fuzz target: a new one without is found here."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

import praxi_tasks.inventory
from praxi_tasks.inventory.binary.file_reader import ArchiveReader, ProgramReader
from praxi_tasks.inventory.binary.inspect import ARCHIVE_READERS, PROGRAM_READERS
from praxi_tasks.inventory.ml_model.formats import MODEL_READERS
from praxi_tasks.inventory.ml_model.model_file import ModelReader
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.readers import LOCK_READERS, READERS
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
# Names of functions that turn what somebody wrote into what this program works with.
PARSES = re.compile(r"parse\w*|decode\w*|(?:read|unpack|list)_\w+|from_(?!environment)\w+")
GIVEN = re.compile(r"\b(bytes|memoryview|str|Path)\b")
COVERED = {name for target in TARGETS.values() for name in target.covers}
# What others that are called so do, and why they have no target of their own.
NOT_PARSERS = {
    "praxi_airflow.hooks.prometheus_connection.read_endpoint": "a connection of Airflow's, by its name",
    "praxi_airflow.web.actions.picks.read_picks": "beside it is what needs Airflow, which the fuzzer has not",
    "praxi_tasks.environment.parsed": "a setting of the operator",
    "praxi_tasks.environment.read_fields": "settings of the operator",
    "praxi_tasks.environment.read_text": "a setting of the operator",
    "praxi_tasks.findings.feeds.fetching.read_url": "fetches a file, which others read",
    "praxi_tasks.findings.feeds.repositories.read_advisories": "fetches a file, which others read",
    "praxi_tasks.findings.policy.read_policy": "parse_policy with a file's content",
    "praxi_tasks.fingerprint.columbus_lines.read_stop_tags": "a file of the operator, word by word",
    "praxi_tasks.fingerprint.tagset.Tagset.from_paths": "makes a tagset of paths that were read",
    "praxi_tasks.http.parts.read_part": "fetches a part of a file, which others read",
    "praxi_tasks.learning.sources.conda_paths.list_remote_conda": "release_of_conda, with parts fetched",
    "praxi_tasks.learning.sources.pypi.wheel.list_remote_wheel": "list_wheel's, with the directory fetched",
    "praxi_tasks.learning.sources.fetching.read_page": "fetches a page, which others read",
}


def parsers() -> Iterator[str]:
    """Yield the qualified names of public functions that parse their first argument."""
    for package in ("praxi_tasks", "plugins/praxi_airflow"):
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix("plugins.")
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and is_parser(node, 0):
                    yield f"{module}.{node.name}"
                elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    for each in node.body:
                        if isinstance(each, ast.FunctionDef) and is_parser(each, 1):
                            yield f"{module}.{node.name}.{each.name}"


def is_parser(node: ast.FunctionDef, first: int) -> bool:
    arguments = node.args.args[first:]
    if not arguments or arguments[0].annotation is None or not PARSES.fullmatch(node.name):
        return False
    return GIVEN.search(ast.unparse(arguments[0].annotation)) is not None


def readers() -> dict[int, str]:
    """Return the qualified name of each reader of the inventory, by identity."""
    names = {}
    for found in pkgutil.walk_packages(praxi_tasks.inventory.__path__, "praxi_tasks.inventory."):
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, (Reader, ProgramReader, ArchiveReader, ModelReader)):
                names[id(value)] = f"{found.name}.{name}"
    return names


ALL = (*READERS, *LOCK_READERS, *PROGRAM_READERS, *ARCHIVE_READERS, *MODEL_READERS)


@pytest.mark.parametrize("name", [readers()[id(reader)] for reader in ALL])
def test_every_reader_of_records_has_a_target(name: str) -> None:
    assert name in COVERED


@pytest.mark.parametrize("name", sorted(parsers()))
def test_every_parser_has_a_target(name: str) -> None:
    assert name in COVERED or name in NOT_PARSERS, "write a target in tests/fuzz/targets"


def test_what_is_said_to_be_no_parser_is_there() -> None:
    assert NOT_PARSERS.keys() <= set(parsers())


@pytest.mark.parametrize("name", sorted(COVERED))
def test_what_is_covered_is_there(name: str) -> None:
    module = name
    parts: list[str] = []
    while True:
        module, _, part = module.rpartition(".")
        parts.insert(0, part)
        try:
            found: Any = importlib.import_module(module)
            break
        except ModuleNotFoundError:
            continue
    assert reduce(getattr, parts, found) is not None
