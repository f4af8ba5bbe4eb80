"""What it costs to do a command's work in a watched child process, one unit at a time.

    python -m benchmarks.isolation_cost [--rounds N] [--units N] [--files N] [--output FILE]

A command of the same imports packs the same made-up layer's paths again and again, once as it is and once
supervised; every contender runs in a process of its own, in turns, and the fastest round counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from praxi_tasks.isolation import supervise, unit

_PLAIN, _WATCHED = "plain", "watched"


def main() -> None:
    """Print the table, and write it where a file is named."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--units", type=int, default=50)
    options.add_argument("--files", type=int, default=50_000)
    options.add_argument("--output", type=Path)
    options.add_argument("--as", dest="contender", choices=(_PLAIN, _WATCHED))
    given = options.parse_args()
    if given.contender:
        _work(given.contender, given.units, given.files)
        return
    table = _measure(given.rounds, given.units, given.files)
    sys.stdout.write(table)
    if given.output:
        given.output.write_text(table)


def _work(contender: str, units: int, files: int) -> None:
    """Do the units as one contender does; what a unit does takes about as long as a small layer."""
    if contender == _WATCHED:
        supervise()
    paths = [f"usr/lib/python3/dist-packages/package{number}/module.py" for number in range(files)]
    for number in range(units):
        with unit(f"sha256:{number:064x}"):
            sorted(path.partition("/")[2] for path in paths)


def _measure(rounds: int, units: int, files: int) -> str:
    cases = {"one unit of no work": (1, 0), f"{units} units of {files:,} paths each": (units, files)}
    lines = ["| command | plain, s | watched, s | ratio |", "|---|---|---|---|"]
    for name, (many, size) in cases.items():
        fastest = dict.fromkeys((_PLAIN, _WATCHED), float("inf"))
        for _ in range(rounds):
            for contender in fastest:
                fastest[contender] = min(fastest[contender], _timed(contender, many, size))
        plain, watched = fastest[_PLAIN], fastest[_WATCHED]
        lines.append(f"| {name} | {plain:.3f} | {watched:.3f} | {watched / plain:.2f} |")
    return "\n".join(lines) + "\n"


def _timed(contender: str, units: int, files: int) -> float:
    """Return the wall time in seconds of one contender's whole process."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else __name__, "--as", contender]
    start = time.perf_counter()
    subprocess.run([*command, "--units", str(units), "--files", str(files)], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
