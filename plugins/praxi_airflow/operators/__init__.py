"""The operators of the Dags: one for each command, with those for reports, promotions and builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.operators.build import ReleaseBuildOperator
    from praxi_airflow.operators.promotion import PromotionApproval, PromotionOperator
    from praxi_airflow.operators.report import ReportLink, ReportOperator
    from praxi_airflow.operators.task import PraxiTaskOperator
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "build": ("ReleaseBuildOperator",),
            "promotion": ("PromotionApproval", "PromotionOperator"),
            "report": ("ReportLink", "ReportOperator"),
            "task": ("PraxiTaskOperator",),
        },
    )

__all__ = [
    "PraxiTaskOperator",
    "PromotionApproval",
    "PromotionOperator",
    "ReleaseBuildOperator",
    "ReportLink",
    "ReportOperator",
]
