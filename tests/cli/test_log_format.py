"""What commands write to standard error, for people and for programs."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.cli.log_format import JsonFormatter
from tests.conftest import ROOT


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def entry(message: str, *arguments: object, **given: Any) -> dict[str, Any]:
    record = logging.getLogger("praxi_tasks.oci").makeRecord(
        "praxi_tasks.oci", logging.WARNING, "f.py", 1, message, arguments, None, extra=given
    )
    line = JsonFormatter().format(record)
    assert line.isprintable()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_record_keeps_level_logger_and_what_was_given_with_it() -> None:
    again = "\x1b[1m%d\x1b[0m layers"  # as the server of `praxi serve` gives it for terminals
    found = entry("%d layers\n\x1b[31m", 3, image="shop:1", sizes=(1, 2), color_message=again)
    stamp = found.pop("timestamp")
    assert stamp[10] == "T"
    assert stamp.endswith("+00:00")
    assert found == {
        "level": "warning",
        "logger": "praxi_tasks.oci",
        "event": "3 layers\n\x1b[31m",
        "image": "shop:1",
        "sizes": [1, 2],
    }


def test_what_json_can_not_hold_is_shown_as_text() -> None:
    found = entry("half a character: \udcff", path=Path("/a"), other="\udc80")
    assert (found["event"], found["path"], found["other"]) == ("half a character: \\udcff", "/a", "\\udc80")


@pytest.mark.parametrize("form", ["json", "JSON", "text", ""])
def test_the_end_of_a_command_is_told_in_the_form_asked_for(form: str, tmp_path: Path) -> None:
    done = run("-m", "praxi_tasks", "plan", "--run", "r", "--store", "ftp://x", PRAXI_LOG_FORMAT=form)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    if form.lower() != "json":
        assert last.startswith("praxi: usage: not a store URI (ftp://x)")
        return
    found = json.loads(last)
    assert (found["level"], found["logger"], found["code"]) == ("error", "praxi", "usage")
    assert (found["where"], found["action"]) == ("ftp://x", "use file:///path or s3://bucket/prefix")


def test_another_form_is_refused() -> None:
    done = run("-m", "praxi_tasks", "plan", PRAXI_LOG_FORMAT="xml")
    assert done.returncode == 2
    assert done.stderr == (
        "praxi: usage: 'xml' is neither text nor json (PRAXI_LOG_FORMAT); correct the variable or unset it\n"
    )


def test_an_error_nobody_expected_is_one_line_with_its_traceback() -> None:
    script = (
        "import logging; from praxi_tasks.cli.log_format import configure_log; configure_log(logging.INFO)\n"
        "raise ValueError('first\\nsecond')"
    )
    done = run("-c", script, PRAXI_LOG_FORMAT="json")
    (line,) = done.stderr.splitlines()
    found = json.loads(line)
    assert (done.returncode, found["level"]) == (1, "critical")
    assert found["exception"].endswith("ValueError: first\nsecond")


def test_the_process_that_watches_another_says_its_level() -> None:
    script = (
        "import os, sys; from praxi_tasks.cli import app\n"
        "from praxi_tasks.isolation import unit\n"
        "def command(**_):\n"
        "    try:\n"
        "        with unit('layer'): os.abort()\n"
        "    except Exception: pass\n"
        "app.app = command; sys.argv = ['praxi', 'report']; app.main()"
    )
    done = run("-c", script, PRAXI_LOG_FORMAT="json")
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    (about,) = [found for found in told if "the others go on" in found["event"]]
    assert (about["level"], about["logger"]) == ("error", "praxi_tasks.isolation.supervisor")
