"""The settings of Airflow's side: one reading of the section ``[praxi]`` of Airflow's configuration."""

from praxi_airflow.settings.core import RUNNERS, Settings, load_settings, project_root
from praxi_airflow.settings.findings import FindingSettings
from praxi_airflow.settings.learning import APPROVALS, LearningSettings
from praxi_airflow.settings.pods import PodSettings

__all__ = [
    "APPROVALS",
    "FindingSettings",
    "LearningSettings",
    "PodSettings",
    "RUNNERS",
    "Settings",
    "load_settings",
    "project_root",
]
