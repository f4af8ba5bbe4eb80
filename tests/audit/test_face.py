"""What code outside of the audit may import from it, and what importing it costs."""

from __future__ import annotations

import pytest

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.audit") == {
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
        "read_durations",
        "read_pods",
        "reduce_audit",
        "report_table",
        "repository_of",
        "require",
        "part_name",
        "sbom_stem",
        "sboms",
        "timed",
    }


@pytest.mark.parametrize(
    "name", ["DeployedImage", "ImageList", "Plan", "PodRecord", "named_images", "note_pod"]
)
def test_what_airflow_imports_needs_no_numpy(name: str) -> None:
    assert not loaded_by("praxi_tasks.audit", name) & {"numpy", "obstore", "rich", "zstandard"}
