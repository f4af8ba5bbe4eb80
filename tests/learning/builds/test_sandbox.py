"""Untrusted code sees nothing of ours, keeps within bounds, and leaves nobody behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from praxi_tasks.errors import BuildError
from praxi_tasks.learning.builds import watchdog
from praxi_tasks.learning.builds.sandbox import Bounds, run_sandboxed

# In a session of its own, and nobody waits for it: to kill a group would miss it.
GRANDCHILD = "import os, time; os.setsid(); open('started', 'w').close(); time.sleep(600)"


def alive(folder: Path) -> list[str]:
    """Return the processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == folder:
                found.append((process / "cmdline").read_text())
    return found


def python(script: str, folder: Path, **bounds: int) -> None:
    run_sandboxed([sys.executable, "-I", "-c", script], folder, Bounds(**bounds))


def test_it_sees_its_own_home_and_none_of_our_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "PRAXI_STORE", "https_proxy", "PIP_INDEX_URL", "PYTHONPATH"):
        monkeypatch.setenv(name, "ours")
    script = "import json, os, sys; json.dump(dict(os.environ), open('seen', 'w'))"
    python(script, tmp_path)
    seen = (tmp_path / "seen").read_text()
    assert "ours" not in seen
    assert f'"HOME": "{tmp_path}"' in seen
    assert f'"TMPDIR": "{tmp_path}"' in seen


def test_what_it_is_given_by_name_reaches_it(tmp_path: Path) -> None:
    script = "import os; raise SystemExit(0 if os.environ['GIVEN'] == 'yes' else 1)"
    run_sandboxed([sys.executable, "-I", "-c", script], tmp_path, Bounds(), {"GIVEN": "yes"})


def test_its_time_is_bounded(tmp_path: Path) -> None:
    script = f"import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', {GRANDCHILD!r}])"
    with pytest.raises(BuildError, match="more than"):
        python(script, tmp_path, seconds=1)
    assert alive(tmp_path) == []


def test_nobody_is_left_when_it_ends(tmp_path: Path) -> None:
    script = (
        "import pathlib, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-I', '-c', {GRANDCHILD!r}])\n"
        "while not pathlib.Path('started').exists(): time.sleep(0.01)\n"
    )
    python(script, tmp_path)
    assert alive(tmp_path) == []


def test_its_memory_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="MemoryError"):
        python("bytearray(1 << 30)", tmp_path, memory=512 << 20)


@pytest.mark.parametrize("detached", [False, True])
def test_its_processes_are_bounded(tmp_path: Path, detached: bool) -> None:
    script = (
        "import os, time\n"
        "for _ in range(9):\n"
        f"    if os.fork() == 0: {'os.setsid();' * detached} time.sleep(600)\n"
        f"{'raise SystemExit' if detached else 'time.sleep(600)'}"
    )
    if detached:  # the first child stays, so that there is something to count them beside
        script = f"import os, time\nif os.fork() == 0:\n    exec({script!r})\ntime.sleep(600)"
    with pytest.raises(BuildError, match="more than 8 processes at once"):
        python(script, tmp_path, processes=8)
    assert alive(tmp_path) == []


def test_as_many_processes_as_allowed_are_no_fault(tmp_path: Path) -> None:
    script = "import os, time\nfor _ in range(7):\n    if os.fork() == 0: time.sleep(600)\ntime.sleep(1)"
    python(script, tmp_path, processes=8)


def test_a_fork_bomb_runs_out_of_processes(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    bomb = "import os\nwhile True: os.fork()"
    python3, limits = "/usr/bin/python3", ["60", str(1 << 30), str(1 << 20), "64"]
    done = subprocess.run(
        [python3, "-I", "-c", Path(watchdog.__file__).read_text(), *limits, python3, "-c", bomb],
        user=None if os.geteuid() else 64999, cwd=tmp_path, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode in {1, watchdog.TOO_MANY}, done.stderr[-500:]
    assert alive(tmp_path) == []


def test_its_files_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="too large"):
        python("open('huge', 'wb').write(bytes(1 << 20))", tmp_path, file=64 << 10)
    assert (tmp_path / "huge").stat().st_size <= 64 << 10


def test_it_can_not_fill_a_log(tmp_path: Path) -> None:
    with pytest.raises(BuildError):
        python("while True: print('x' * 1000)", tmp_path, file=64 << 10)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("raise SystemExit('I want a compiler')", "I want a compiler"),
        ("print('error: first'); raise SystemExit('last')", "error: first"),
        ("print('why', '[end of output]', 'ERROR: no', sep='\\n'); raise SystemExit(1)", "why"),
        ("raise SystemExit(3)", "exit code 3"),
        ("raise SystemExit('\\x1b[31mred' + 'x' * 1000)", "red"),
    ],
)
def test_why_it_failed_is_told_in_a_line(tmp_path: Path, script: str, told: str) -> None:
    with pytest.raises(BuildError, match=told) as caught:
        python(script, tmp_path)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 300


def test_whoever_stops_the_watchdog_gains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("praxi_tasks.learning.builds.sandbox._GRACE", 2.0)
    with pytest.raises(BuildError, match="more than"):
        python("import os, signal; os.kill(os.getppid(), signal.SIGSTOP)", tmp_path, seconds=1)
