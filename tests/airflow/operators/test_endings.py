"""What is said of commands that did not end well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from praxi_airflow.operators.endings import explain_code, is_retryable


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (1, "praxi report ended with exit code 1; the reason is in the log above"),
        (75, "praxi report ended with exit code 75; the reason is in the log above"),
        (-9, "praxi report was ended from outside by SIGKILL: the machine or its container"),
        (137, "praxi report was ended from outside by SIGKILL: the machine or its"),
        (143, "praxi report was ended from outside by SIGTERM: its machine is going down"),
        (-11, "praxi report died by SIGSEGV; the log above ends with what it was at"),
        (255, "praxi report ended with exit code 255; the reason is in the log above"),
    ],
)
def test_the_last_line_says_what_is_known(code: int, message: str) -> None:
    assert explain_code("report", code).startswith(message)


def test_what_was_killed_is_tried_again() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        os.kill(process.pid, signal.SIGKILL)
        code = process.wait()
    assert is_retryable(code)
    assert explain_code("report", code).endswith("the next try goes on where it was")
    assert not is_retryable(1)
    assert not is_retryable(0)
