"""The risk register: risks that people accepted until a day, with who, when and why."""

from __future__ import annotations

from praxi_tasks.findings.risk_register.acceptance import (
    Acceptance,
    AcceptedRisk,
    Event,
    RiskState,
    Terms,
    make_terms,
)
from praxi_tasks.findings.risk_register.register import (
    LONGEST_DAYS,
    AcceptedRisks,
    DamagedAcceptance,
    RiskRegister,
)

__all__ = [
    "Acceptance",
    "AcceptedRisk",
    "AcceptedRisks",
    "DamagedAcceptance",
    "Event",
    "LONGEST_DAYS",
    "RiskRegister",
    "RiskState",
    "Terms",
    "make_terms",
]
