"""The pages about audits: each module has the routes of one, and finds its data."""

from __future__ import annotations

from praxi_airflow.web.pages.overview import router as overview

ROUTERS = (overview,)

__all__ = ["ROUTERS"]
