"""Runs untrusted code as a child process: new home, clean environment, limited time, memory and output."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from praxi_tasks.environment import inherited
from praxi_tasks.errors import BuildError
from praxi_tasks.learning.builds import watchdog
from praxi_tasks.trust import library_variables

_PASSED: Final = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")
_LONGEST_LOG: Final = 64 << 10
_LONGEST_REASON: Final = 300
_GRACE: Final = 60.0
_MARK: Final = "[end of output]"


class Bounds(NamedTuple):
    """Limits of untrusted code: seconds, bytes of a process's memory and of a file, processes at once."""

    seconds: float = 600.0
    memory: int = 2 << 30
    file: int = 1 << 30
    processes: int = 256


def run_sandboxed(
    command: Sequence[str], folder: Path, bounds: Bounds, variables: Mapping[str, str] | None = None
) -> None:
    """Run untrusted code in ``folder``, which is its home too.

    Its environment has the search path, the language, where certificates are, and ``variables``. Every
    process that it starts is killed when it ends.

    Raises
    ------
    BuildError
        If it fails or times out; the message holds the line of its output that says why.
    """
    passed = inherited(_PASSED.__contains__) | library_variables()
    home = {"HOME": str(folder), "TMPDIR": str(folder)}
    limits = [str(bounds.seconds), str(bounds.memory), str(bounds.file), str(bounds.processes)]
    with tempfile.TemporaryFile() as output:  # it has no name, so that the command can't replace it
        code = _run(
            [sys.executable, "-I", watchdog.__file__, *limits, *command],
            cwd=folder, env={**passed, **home, **(variables or {})}, timeout=bounds.seconds + _GRACE,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        printed = _end_of(output)
    if code == watchdog.TIMED_OUT:
        raise BuildError(f"it took more than {bounds.seconds:.0f} s")
    if code == watchdog.TOO_MANY:
        raise BuildError(f"it had more than {bounds.processes} processes at once")
    if code:
        raise BuildError(_reason(printed) or f"it ended with exit code {code}")


def _run(command: Sequence[str], **options: Any) -> int:
    try:
        return subprocess.run(command, check=False, **options).returncode
    except subprocess.TimeoutExpired:  # the watchdog was stopped by the code that it watches
        return watchdog.TIMED_OUT


def _end_of(log: IO[bytes]) -> str:
    log.seek(max(0, log.seek(0, os.SEEK_END) - _LONGEST_LOG))
    return log.read(_LONGEST_LOG).decode(errors="replace")


def _reason(printed: str) -> str:
    """Return the line that says why: the last before pip's end mark, else the first error, else the last."""
    lines = ["".join(filter(str.isprintable, line)).strip() for line in printed.splitlines()]
    lines = [line for line in lines if line]
    if _MARK in lines:
        lines = lines[: lines.index(_MARK)][-1:]
    relevant = [line for line in lines if line.lower().startswith("error")] or lines[-1:]
    return relevant[0][:_LONGEST_REASON] if relevant else ""
