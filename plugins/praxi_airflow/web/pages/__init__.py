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
    shared,
    software,
)

PAGES = (overview, images, image, software, findings, namespaces, changes, downloads, shared)
ROUTERS = tuple(page.router for page in PAGES)

__all__ = ["ROUTERS", "shared"]
