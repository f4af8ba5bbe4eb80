"""Tries everything that an installation stands on, and says what to do where it does not hold."""

from praxi_tasks.doctor.cluster import RIGHTS, Right, check_rights
from praxi_tasks.doctor.examination import check_feeds, check_images, check_model, check_store, check_versions
from praxi_tasks.doctor.outcome import Outcome, attempt, ending, skipped
from praxi_tasks.doctor.remote import ask_prometheus, review_right
from praxi_tasks.doctor.series import check_series

__all__ = [
    "Outcome",
    "RIGHTS",
    "Right",
    "ask_prometheus",
    "attempt",
    "check_feeds",
    "check_images",
    "check_model",
    "check_rights",
    "check_series",
    "check_store",
    "check_versions",
    "ending",
    "review_right",
    "skipped",
]
