"""The settings of Airflow's side: one reading of the section ``[praxi]`` of Airflow's configuration."""

from praxi_airflow.settings.actions import LINK_SCOPES, ActionSettings
from praxi_airflow.settings.core import RUNNERS, Settings, load_settings, project_root
from praxi_airflow.settings.events import EVENT_SOURCES, EventSettings
from praxi_airflow.settings.findings import FindingSettings
from praxi_airflow.settings.learning import APPROVALS, LearningSettings
from praxi_airflow.settings.links import LinkSettings
from praxi_airflow.settings.pages import PageSettings
from praxi_airflow.settings.pods import PodSettings

__all__ = [
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
]
