"""The data layer of the pages: audits in the store, read through DuckDB from files that are prepared once.

A page writes a function that takes an :class:`Audit` and returns what it shows; :class:`AuditReader` runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.web.data.audits import LINES, Audits, PastAudit, RunningAudit
    from praxi_airflow.web.data.reader import (
        Audit,
        AuditReader,
        NoAuditError,
        PreparingError,
        Row,
        TimeLimitError,
    )
    from praxi_airflow.web.data.restriction import Restriction
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "audits": ("Audits", "LINES", "PastAudit", "RunningAudit"),
            "reader": ("Audit", "AuditReader", "NoAuditError", "PreparingError", "Row", "TimeLimitError"),
            "restriction": ("Restriction",),
        },
    )

__all__ = [
    "Audit",
    "AuditReader",
    "Audits",
    "LINES",
    "NoAuditError",
    "PastAudit",
    "PreparingError",
    "Restriction",
    "Row",
    "RunningAudit",
    "TimeLimitError",
]
