"""What code outside of the room may import from it."""

from __future__ import annotations

import subprocess
import sys

from praxi_tasks import findings
from praxi_tasks.findings import detectors


def test_what_others_may_use_is_written_down() -> None:
    assert set(findings.__all__) == {
        "KINDS", "SEVERITIES", "Finding", "Ignored", "Kind", "Policy", "Severity", "parse_policy",
        "policy_schema", "read_policy", "severity_rank", "worst",
    }  # fmt: skip
    assert set(detectors.__all__) == {"DETECTORS", "Detector", "Knowledge"}
    assert all(hasattr(face, name) for face in (findings, detectors) for name in face.__all__)


def test_findings_and_policies_need_no_library_of_the_detectors() -> None:
    program = (
        "import sys, praxi_tasks.findings; print({'univers', 'numpy', 'zstandard', 'yaml'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
