"""A notifier for what goes wrong with Praxi itself: a Dag run that fails, or misses its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from airflow.sdk import BaseNotifier

from praxi_airflow.settings import load_settings

# The alert ends by itself: a run that succeeds later says nothing to Alertmanager.
_LIFE: Final = timedelta(hours=24)


class OperationsNotifier(BaseNotifier):
    """Raise an alert at Alertmanager, and send a message to the Apprise URLs of this process.

    It serves as a Dag's ``on_failure_callback`` and as the callback of a ``DeadlineAlert``. Payloads hold
    the Dag's and the run's names and the text below, nothing else.

    Parameters
    ----------
    alertname
        The alert's name, such as ``PraxiAuditLate``.
    text
        What happened and what to do (templated).
    """

    template_fields: Sequence[str] = ("alertname", "text")

    def __init__(self, *, alertname: str, text: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alertname = alertname
        self.text = text

    def notify(self, context: Any) -> None:
        """Notify every configured receiver, though another fails; it is no error if there is none."""
        from praxi_tasks.notify import Alert, Alertmanagers, send_message

        all_settings = load_settings()
        settings, authorities = all_settings.findings, all_settings.ca_bundle
        dag, run = _names(context)
        now = datetime.now(UTC)
        labels = {"alertname": self.alertname, "praxi": settings.instance, "dag": dag, "severity": "warning"}
        annotations = {"summary": self.text, "run": run}
        title = f"Praxi: {self.alertname} ({dag})"
        try:
            if settings.alertmanager:
                alert = Alert(labels, annotations, now.isoformat(), (now + _LIFE).isoformat())
                Alertmanagers(settings.alertmanager, ca_bundle=authorities).post([alert])
        finally:
            send_message(title, f"{self.text}\nRun: {run}", ca_bundle=authorities)

    async def async_notify(self, context: Any) -> None:
        """Notify from the triggerer, which watches deadlines."""
        await asyncio.to_thread(self.notify, context)


def _names(context: Any) -> tuple[str, str]:
    """Return the ids of the Dag and the run: deadlines give the run as a mapping, callbacks as an object."""
    run = context.get("dag_run") or {}
    if isinstance(run, dict):
        return str(run.get("dag_id", "")), str(run.get("dag_run_id") or run.get("run_id") or "")
    return str(run.dag_id), str(run.run_id)
