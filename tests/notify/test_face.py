"""What code outside of the room may import from it."""

from __future__ import annotations

import subprocess
import sys

from praxi_tasks import notify


def test_what_others_may_use_is_written_down() -> None:
    assert set(notify.__all__) == {
        "Alert",
        "Alertmanager",
        "Alertmanagers",
        "LinkError",
        "PageLinks",
        "SHARED",
        "SharedView",
        "send_message",
        "sign",
        "verified",
    }
    assert all(getattr(notify, name).__doc__ for name in notify.__all__)


def test_a_notifier_loads_no_findings() -> None:
    program = "import sys, praxi_tasks.notify; print('praxi_tasks.findings' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
