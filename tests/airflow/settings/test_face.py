"""What the settings show to the rest of Airflow's side."""

from __future__ import annotations

from tests.support.faces import exported


def test_the_exported_names() -> None:
    assert exported("praxi_airflow.settings") == {
        "APPROVALS",
        "ActionSettings",
        "EVENT_SOURCES",
        "EventSettings",
        "FindingSettings",
        "LINK_SCOPES",
        "LearningSettings",
        "LinkSettings",
        "PageSettings",
        "PodSettings",
        "RUNNERS",
        "Settings",
        "load_settings",
        "project_root",
    }
