"""Praxi's routes in Airflow's API server: pages about audits, reports, and the webhook of Alertmanager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.web.access import may_read
    from praxi_airflow.web.actions.rights import offers_acceptance
    from praxi_airflow.web.asgi import application, built
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "access": ("may_read",),
            "actions.rights": ("offers_acceptance",),
            "asgi": ("application", "built"),
        },
    )

__all__ = [
    "application",
    "built",
    "may_read",
    "offers_acceptance",
]
