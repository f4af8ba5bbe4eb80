"""Every setting that is read is documented, and every documented one is read."""

from __future__ import annotations

import json

import pytest

from praxi_airflow.options import OPTIONS, Option
from praxi_airflow.settings import core
from praxi_airflow.settings.section import Section
from tests.support.airflow_home import ROOT

# Their defaults depend on the installation: they lie beside the Dags folder, or in the store.
PLACES = {"store", "model", "task_python", "feeds"}
NOTHING = {"", "{}", "[]"}
MADE_BY_THE_CHART = {
    "runner", "task_python", "pool", "pod_namespace", "pod_service_account", "pod_build_service_account",
    "pod_command_service_accounts", "pod_command_environment_secrets", "pod_template_file",
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the default of each setting that is read, as Airflow's configuration is asked for it."""
    defaults: dict[str, str] = {}

    def get(name: str, default: str) -> str:
        defaults[name] = default
        return default

    monkeypatch.setattr(core, "read_section", lambda: Section(get))
    core.load_settings()
    return defaults


def test_what_is_read_is_documented_and_the_reverse(asked: dict[str, str]) -> None:
    names = [option.name for option in OPTIONS]
    assert len(names) == len(set(names))
    assert set(names) == set(asked)


def test_documented_defaults_are_those_that_count(asked: dict[str, str]) -> None:
    documented = {option.name: option.default for option in OPTIONS if option.name not in PLACES}
    read = {
        name: None if default in NOTHING else default for name, default in asked.items() if name not in PLACES
    }
    assert documented == read


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_is_described_and_its_example_can_be_set(
    option: Option, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert option.description.endswith(".")
    assert option.example is not None
    values = {"pod_image": "praxi-tasks", "event_queue": "pushes", option.name: option.example}
    if option.name in {"pod_template_file", "ca_bundle"}:
        values[option.name] = __file__
    monkeypatch.setattr(core, "read_section", lambda: Section(values.get))
    core.load_settings()


def test_the_chart_takes_every_option_that_it_does_not_make() -> None:
    schema = json.loads((ROOT / "charts" / "praxi" / "values.schema.json").read_text())
    known = set(schema["properties"]["settings"]["propertyNames"]["enum"])
    assert known == {option.name for option in OPTIONS} - MADE_BY_THE_CHART


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_a_page_of_the_documentation_names_the_option(option: Option) -> None:
    pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    assert f"`{option.name}`" in pages
