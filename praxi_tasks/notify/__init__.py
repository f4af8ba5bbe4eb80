"""Notifies of changes: alerts for Alertmanager, messages for anything Apprise reaches.

Airflow's notifiers use this face, so it imports nothing that only the task environment has.
"""

from __future__ import annotations

from praxi_tasks.notify.alertmanager import Alert, Alertmanager, Alertmanagers
from praxi_tasks.notify.links import SHARED, LinkError, PageLinks, SharedView, sign, verified
from praxi_tasks.notify.messages import send_message

__all__ = [
    "Alert",
    "Alertmanager",
    "Alertmanagers",
    "LinkError",
    "PageLinks",
    "SHARED",
    "SharedView",
    "send_message",
    "sign",
    "verified",
]
