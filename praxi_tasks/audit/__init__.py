"""One run over one data interval: plan, fingerprint, predict, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.audit.adoption import Adoption
    from praxi_tasks.audit.assessment import load_policy, load_vex, make_assessor
    from praxi_tasks.audit.deployed import (
        CONFIG_DIGEST,
        MANIFEST_DIGEST,
        DeployedImage,
        ImageList,
        named_images,
        repository_of,
    )
    from praxi_tasks.audit.failure import Failure, UnfinishedError, is_last_try
    from praxi_tasks.audit.local import LocalAudit
    from praxi_tasks.audit.plan import BatchLimits, Plan, make_plan
    from praxi_tasks.audit.pods import PodEnd, PodRecord, add_pod_metrics, note_pod, read_pods
    from praxi_tasks.audit.publish import part_name, sbom_stem, sboms
    from praxi_tasks.audit.reduce import reduce_audit
    from praxi_tasks.audit.report import AuditReport, State
    from praxi_tasks.audit.run import AuditRun, Summary
    from praxi_tasks.audit.salvaging import require
    from praxi_tasks.audit.stored_layers import StoredLayers
    from praxi_tasks.audit.terminal import report_table
    from praxi_tasks.audit.timing import read_durations, timed
    from praxi_tasks.audit.verdict import Verdict, judge
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "adoption": ("Adoption",),
            "assessment": ("load_policy", "load_vex", "make_assessor"),
            "deployed": (
                "CONFIG_DIGEST",
                "DeployedImage",
                "ImageList",
                "MANIFEST_DIGEST",
                "named_images",
                "repository_of",
            ),
            "failure": ("Failure", "UnfinishedError", "is_last_try"),
            "local": ("LocalAudit",),
            "plan": ("BatchLimits", "Plan", "make_plan"),
            "pods": ("PodEnd", "PodRecord", "add_pod_metrics", "note_pod", "read_pods"),
            "publish": ("part_name", "sbom_stem", "sboms"),
            "reduce": ("reduce_audit",),
            "report": ("AuditReport", "State"),
            "run": ("AuditRun", "Summary"),
            "salvaging": ("require",),
            "stored_layers": ("StoredLayers",),
            "terminal": ("report_table",),
            "timing": ("read_durations", "timed"),
            "verdict": ("Verdict", "judge"),
        },
    )

__all__ = [
    "Adoption",
    "AuditReport",
    "AuditRun",
    "BatchLimits",
    "CONFIG_DIGEST",
    "DeployedImage",
    "Failure",
    "ImageList",
    "LocalAudit",
    "MANIFEST_DIGEST",
    "Plan",
    "PodEnd",
    "PodRecord",
    "State",
    "StoredLayers",
    "Summary",
    "UnfinishedError",
    "Verdict",
    "add_pod_metrics",
    "is_last_try",
    "judge",
    "load_policy",
    "load_vex",
    "make_assessor",
    "make_plan",
    "named_images",
    "note_pod",
    "part_name",
    "read_durations",
    "read_pods",
    "reduce_audit",
    "report_table",
    "repository_of",
    "require",
    "sbom_stem",
    "sboms",
    "timed",
]
