"""Fuzzes targets one after another: ``python -m tests.fuzz --seconds 60 [TARGET …]``, each so long.

What was tried and found is noted in a folder (``.praxi/fuzz``), beside the inputs that reached new code, from
which the next round goes on; the sums of all rounds go to ``benchmarks/results/fuzz.md``.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.fuzz.rounds import Round, Rounds
from tests.fuzz.targets import TARGETS

ROOT: Final = Path(__file__).resolve().parents[2]
RESULT: Final = ROOT / "benchmarks" / "results" / "fuzz.md"
_EXECUTED: Final = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_PROGRESS: Final = re.compile(r"^#(\d+)\s+\S+\s+cov: (\d+)", re.MULTILINE)
_SHORTEST: Final = 2.0  # seconds left that are worth another start


def main() -> int:
    """Fuzz, write the table, and return 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="by default all")
    parser.add_argument("--seconds", type=float, default=60, help="for each target (default 60)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".praxi" / "fuzz", help="of notes and inputs")
    options = parser.parse_args()
    unknown = [name for name in options.targets if name not in TARGETS]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    rounds = Rounds(options.folder)
    before = len(rounds.findings())
    for name in options.targets or TARGETS:
        for one in fuzz(name, options.seconds, options.folder, rounds):
            rounds.note(one)
            speed = one.executions / max(one.seconds, 1)
            counts = f"{one.executions:,} executions, {speed:,.0f}/s, {one.edges} edges"
            print(f"{name}: {counts} {one.ended}", flush=True)
    RESULT.write_text(rounds.table(TARGETS.values()))
    found = rounds.findings()[before:]
    print(f"{RESULT.relative_to(ROOT)} is written; findings: {len(found)}")
    for name, finding in found:
        print(f"{name}: {finding}: see tests/fuzz/corpus/{name}")
    return 1 if found else 0


def fuzz(name: str, seconds: float, folder: Path, rounds: Rounds) -> Iterator[Round]:
    """Fuzz one target for so long; a process that a finding ended is started again."""
    end = time.monotonic() + seconds
    log = folder / "logs" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    while (left := end - time.monotonic()) > _SHORTEST:
        start = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.worker",
            name,
            str(folder),
            f"-max_total_time={left:.0f}",
        ]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
        )
        log.write_text(done.stderr)
        with contextlib.suppress(OSError):
            TARGETS[name].folder.rmdir()  # only where nothing was found
        ended = ""
        if done.returncode:
            lines = done.stderr.splitlines()
            ended = next((line for line in lines if "ERROR: libFuzzer" in line), "the process ended early")
            rounds.note_finding(name, re.sub(r"==\d+==\s*", "", ended), done.stderr[-4000:])
        yield Round(name, time.monotonic() - start, *_counts(done.stderr), ended)


def _counts(log: str) -> tuple[int, int]:
    """Return executions and edges; those of a process that ended early by its last line of progress."""
    progress = _PROGRESS.findall(log)
    executed = _EXECUTED.search(log)
    executions = int(executed[1]) if executed else max((int(count) for count, _ in progress), default=0)
    return executions, max((int(edges) for _, edges in progress), default=0)


if __name__ == "__main__":
    sys.exit(main())
