"""The assets that Praxi's Dags update, so that other Dags can be scheduled on them.

Extra of an event of :data:`AUDIT_REPORT`: ``run`` (the run's key in the store), ``report`` (the store URI of
its ``report.json``), ``interval`` (ISO 8601, start/end) and ``run_type``, since backfills emit events too.

Extra of an event of :data:`CHAMPION`: ``run``, ``report`` (the store URI of the training's ``report.html``),
``model`` (the champion's URI in the model registry), ``version``, and ``before``, the version it replaced.

Events of :data:`PUSHES` come from outside: a queue's message or a registry's notification is ``payload``.
"""

from __future__ import annotations

from typing import Final

from airflow.sdk import Asset

AUDIT_REPORT: Final = Asset(name="praxi_audit_report", uri="x-praxi://audit/report", group="praxi")
PUSHES: Final = Asset(name="praxi_pushes", uri="x-praxi://registry/pushes", group="praxi")
CHAMPION: Final = Asset(name="praxi_champion", uri="x-praxi://model/champion", group="praxi")
