"""What Airflow makes of the provider information."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import airflow
import jsonschema
import pytest

from praxi_airflow.connection_types import CONNECTION_TYPES, PROMETHEUS
from praxi_airflow.hooks.prometheus_connection import _EXTRAS
from praxi_airflow.provider_info import get_provider_info
from tests.support.airflow_home import ROOT

SCHEMA = Path(airflow.__file__).parent / "provider_info.schema.json"


def strict(schema: Any) -> Any:
    """Return the schema with its misspelt "additional_properties" meant as it was."""
    text = json.dumps(schema).replace("additional_properties", "additionalProperties")
    return json.loads(text)


def named(info: object) -> Iterator[str]:
    """Yield every dotted name of ours in the provider information."""
    if isinstance(info, str) and info.startswith("praxi_airflow."):
        yield info
    elif isinstance(info, dict | list):
        for part in info.values() if isinstance(info, dict) else info:
            yield from named(part)


def test_it_satisfies_airflows_runtime_schema() -> None:
    jsonschema.validate(get_provider_info(), strict(json.loads(SCHEMA.read_text())))


@pytest.mark.parametrize("name", sorted(set(named(get_provider_info()))))
def test_what_it_names_exists(name: str) -> None:
    module, _, last = name.rpartition(".")
    found = importlib.import_module(module)
    assert hasattr(found, last) or importlib.import_module(name)


def test_every_module_with_operators_or_hooks_is_named() -> None:
    listed = set(named(get_provider_info()))
    for kind, classes in (("operators", "Operator("), ("hooks", "Hook(BaseHook)")):
        for file in (ROOT / "plugins" / "praxi_airflow" / kind).glob("*.py"):
            if classes in file.read_text():
                assert f"praxi_airflow.{kind}.{file.stem}" in listed


@pytest.mark.parametrize("kind", CONNECTION_TYPES, ids=lambda kind: str(kind["connection-type"]))
def test_a_connection_type_is_its_hooks(kind: dict[str, Any]) -> None:
    module, _, name = kind["hook-class-name"].rpartition(".")
    hook = getattr(importlib.import_module(module), name)
    assert (hook.conn_type, hook.hook_name) == (kind["connection-type"], kind["hook-name"])
    assert hook.default_conn_name == kind["connection-type"]
    assert callable(hook(hook.default_conn_name).test_connection)


def test_the_form_of_a_prometheus_has_every_extra() -> None:
    assert set(PROMETHEUS["conn-fields"]) == _EXTRAS


@pytest.mark.parametrize("kind", CONNECTION_TYPES, ids=lambda kind: str(kind["connection-type"]))
def test_no_field_of_a_form_is_starred(kind: dict[str, Any]) -> None:
    # Airflow stars what may not be null; every extra has a default.
    for name, field in kind.get("conn-fields", {}).items():
        assert "null" in field["schema"]["type"], name


def test_airflow_can_read_it_before_its_configuration_is_there() -> None:
    program = (
        "import sys; from praxi_airflow.provider_info import get_provider_info; get_provider_info(); "
        "print('airflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(ROOT / "plugins")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
