"""``GET /praxi/openapi.json``: what the pages can be asked, for programs; to who may read the pages."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from praxi_airflow.web.access import may_read

router = APIRouter(dependencies=[may_read])


@router.get("/openapi.json", include_in_schema=False)
def schema(request: Request) -> dict[str, Any]:
    """Return the OpenAPI document of all routes."""
    document: dict[str, Any] = request.app.openapi()
    return {**document, "servers": [{"url": request.scope.get("root_path", "") or "/"}]}
