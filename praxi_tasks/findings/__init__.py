"""What is wrong with images: findings, how they are detected and reported, and the policy about them."""

from __future__ import annotations

from praxi_tasks.findings.finding import (
    KINDS,
    SEVERITIES,
    Finding,
    FoundPackage,
    Ignored,
    Kind,
    Severity,
    severity_rank,
    worst,
)
from praxi_tasks.findings.policy import Policy, Route, parse_policy, policy_schema, read_policy

__all__ = [
    "Finding",
    "FoundPackage",
    "Ignored",
    "KINDS",
    "Kind",
    "Policy",
    "Route",
    "SEVERITIES",
    "Severity",
    "parse_policy",
    "policy_schema",
    "read_policy",
    "severity_rank",
    "worst",
]
