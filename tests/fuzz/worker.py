"""Fuzzes one target with atheris: ``python -m tests.fuzz.worker TARGET FOLDER [libFuzzer's options]``.

A finding that is an exception does not end the process: its input is cut down, kept in the crash corpus, and
fuzzing goes on; each signature is kept once. Too long, too much memory or a crash of the interpreter do end
it, and libFuzzer keeps the input.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["praxi_tasks", "praxi_airflow"], enable_loader_override=False):
    from tests.fuzz.finding import cut, signature
    from tests.fuzz.rounds import Rounds
    from tests.fuzz.target import Target
    from tests.fuzz.targets import TARGETS

_MOST_CPU: Final = 10.0  # seconds for one input, instrumented
_MOST_ADDRESS_SPACE: Final = 6 << 30


class _TooSlowError(Exception):
    """One input took more CPU time than any of its length should."""


class _Recorder:
    """Runs inputs and keeps what is found."""

    def __init__(self, target: Target, rounds: Rounds) -> None:
        self._target = target
        self._rounds = rounds
        self._known: set[str] = set()

    def one_input(self, data: bytes) -> None:
        if (error := self._error(data)) is not None:
            name = signature(error)
            if name not in self._known:
                self._known.add(name)
                self._keep(name, error, cut(data, lambda shorter: self._same(shorter, name)))

    def _error(self, data: bytes) -> Exception | None:
        before = time.process_time()
        try:
            self._target.one_input(data)
        except Exception as error:
            return error
        took = time.process_time() - before
        return _TooSlowError(f"{took:.1f} s") if took > _MOST_CPU else None

    def _same(self, data: bytes, name: str) -> bool:
        error = self._error(data)
        return error is not None and signature(error) == name

    def _keep(self, name: str, error: Exception, data: bytes) -> None:
        self._target.folder.mkdir(parents=True, exist_ok=True)
        place = self._target.folder / "".join(c if c.isalnum() else "-" for c in name)[:80]
        place.write_bytes(data)
        trace = "".join(traceback.format_exception(error)[-8:])
        self._rounds.note_finding(self._target.name, name, trace)
        print(f"finding: {self._target.name}: {name}\n{trace}", file=sys.stderr, flush=True)


def main() -> None:
    """Fuzz; ends the process."""
    name, folder, *options = sys.argv[1:]
    target, work = TARGETS[name], Path(folder)
    seeds = work / "seeds" / name
    inputs = work / "inputs" / name
    for place in (seeds, inputs):
        place.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (seeds / str(number)).write_bytes(seed)
    for place in target.findings():
        (seeds / place.name).write_bytes(place.read_bytes())
    target.folder.mkdir(parents=True, exist_ok=True)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESS_SPACE, _MOST_ADDRESS_SPACE))
    os.environ["PATH"] = "/usr/bin:/bin"
    arguments = [
        sys.argv[0],
        f"-max_len={target.longest}",
        f"-artifact_prefix={target.folder}/",
        "-timeout=60",
        "-rss_limit_mb=1024",
        "-report_slow_units=60",
        "-print_final_stats=1",
        *options,
        str(inputs),
        str(seeds),
    ]
    atheris.Setup(arguments, _Recorder(target, Rounds(work)).one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
