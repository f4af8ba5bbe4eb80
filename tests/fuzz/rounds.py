"""What the rounds of fuzzing did and found: kept as lines of JSON in one folder, summed up as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.fuzz.target import Target

_ROUNDS: Final = "rounds.jsonl"
_FINDINGS: Final = "findings.jsonl"
_HEAD: Final = """\
# Fuzzing

`make fuzz SECONDS=60` adds to it: the sums of all rounds on one machine, start-up included. Each target runs
in one process of low priority beside other work, so the speed is no measurement of a reader.

*Findings* are those since the target was written, distinct by the error's type and the function it arose in:
errors that are not typed, differences from an independent reader, broken promises, too much time or memory.
All are fixed; one mistake may show as several. *Kept* are inputs in `tests/fuzz/corpus`, which `make test`
replays. *Edges* are those of Praxi's own byte code that the target reached.

| target | executions | per second | edges | findings | kept | seconds |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Round:
    """One process's work; ``ended`` says what ended it early."""

    target: str
    seconds: float
    executions: int
    edges: int
    ended: str = ""


class Rounds:
    """The rounds noted in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def note(self, one: Round) -> None:
        """Add a round."""
        self._add(_ROUNDS, asdict(one))

    def note_finding(self, target: str, finding: str, trace: str) -> None:
        """Add a finding, by what distinguishes it from others of the target."""
        self._add(_FINDINGS, {"target": target, "finding": finding, "trace": trace})

    def findings(self) -> list[tuple[str, str]]:
        """Return target and finding of each that was noted."""
        return [(line["target"], line["finding"]) for line in self._lines(_FINDINGS)]

    def table(self, targets: Iterable[Target]) -> str:
        """Return the sums by target as Markdown."""
        rows = [self._sums(target) for target in targets]
        total = (sum(row.executions for row in rows), sum(row.findings for row in rows))
        kept, seconds = sum(row.kept for row in rows), sum(row.seconds for row in rows)
        last = f"| all {len(rows)} | {total[0]:,} | | | {total[1]} | {kept} | {seconds:,.0f} |\n"
        return _HEAD + "".join(map(str, rows)) + last

    def _sums(self, target: Target) -> _Sums:
        rounds = [one for one in map(_round, self._lines(_ROUNDS)) if one.target == target.name]
        return _Sums(
            target.name,
            sum(one.executions for one in rounds),
            max((one.edges for one in rounds), default=0),
            len({found for name, found in self.findings() if name == target.name}),
            len(target.findings()),
            sum(one.seconds for one in rounds),
        )

    def _add(self, file: str, line: dict[str, Any]) -> None:
        with (self._folder / file).open("a") as log:
            log.write(json.dumps(line) + "\n")

    def _lines(self, file: str) -> list[dict[str, Any]]:
        path = self._folder / file
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class _Sums(NamedTuple):
    name: str
    executions: int
    edges: int
    findings: int
    kept: int
    seconds: float

    def __str__(self) -> str:
        speed = self.executions / max(self.seconds, 1)
        return (
            f"| {self.name} | {self.executions:,} | {speed:,.0f} | {self.edges:,} | {self.findings} "
            f"| {self.kept} | {self.seconds:,.0f} |\n"
        )


def _round(line: dict[str, Any]) -> Round:
    return Round(**line)
