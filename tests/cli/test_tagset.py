"""``praxi tagset`` as a shell runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LINE = json.dumps({"id": "a", "labels": ["x"], "changes": ["644 /opt/tool-a", "644 /opt/tool-b"]})


def run(text: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "praxi_tasks", "tagset", *options]
    return subprocess.run(command, input=text, capture_output=True, check=False)


def test_tags_each_line() -> None:
    numbered = LINE.replace('"a"', "7", 1)
    done = run(f"{LINE}\n\n{numbered}".encode())
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "a", "tags": {"tool-": 2}},
        {"id": 7, "tags": {"tool-": 2}},
    ]


def test_options_reach_the_tagger(tmp_path: Path) -> None:
    stop = tmp_path / "stop.txt"
    stop.write_text("tool-\n")
    assert json.loads(run(LINE.encode(), "--stop-tags", str(stop)).stdout)["tags"] == {}
    assert json.loads(run(LINE.encode(), "--frequency-threshold", "3").stdout)["tags"] == {}


def test_a_bad_line_is_named_and_earlier_ones_are_written() -> None:
    for bad in (
        b"{",
        b"[]",
        b'{"id": "x"}',
        b'{"id": "x", "changes": [1]}',
        b'{"id": "x", "changes": ["\xff"]}',
    ):
        done = run(f"{LINE}\n".encode() + bad + b"\n")
        assert done.returncode == 1
        assert b"bad-data" in done.stderr
        assert b"line 2 of standard input" in done.stderr
        assert len(done.stdout.splitlines()) == 1


def test_bad_options_are_usage_errors(tmp_path: Path) -> None:
    assert run(b"", "--frequency-threshold", "0").returncode == 2
    assert run(b"", "--stop-tags", str(tmp_path / "none")).returncode == 2


def test_a_stop_list_that_is_not_text_is_named(tmp_path: Path) -> None:
    stop = tmp_path / "stop.txt"
    stop.write_bytes(b"\xff\xfe")
    done = run(b"", "--stop-tags", str(stop))
    assert done.returncode == 1
    assert str(stop).encode() in done.stderr
