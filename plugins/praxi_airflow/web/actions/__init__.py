"""What people do on the pages: accept risks, audit an image, put a model in use, train."""

from __future__ import annotations

from fastapi import APIRouter

from praxi_airflow.web.actions import audits, models, risks

router = APIRouter()
router.include_router(risks.router)
router.include_router(audits.router)
router.include_router(models.router)

__all__ = ["router"]
