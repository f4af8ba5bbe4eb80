"""The pages about audits: each module has the routes of one, and finds its data."""

from __future__ import annotations

from praxi_airflow.web.pages import (
    changes,
    downloads,
    findings,
    image,
    images,
    namespaces,
    overview,
    software,
)

ROUTERS = tuple(
    page.router for page in (overview, images, image, software, findings, namespaces, changes, downloads)
)

__all__ = ["ROUTERS"]
