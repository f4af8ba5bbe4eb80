"""The results of a chaos campaign: as tables, and as JSON, so that each part can be run by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from benchmarks.report import RESULTS, Table, write_results

_KEPT: Final = RESULTS / "chaos.json"
_SHOWN: Final = 10
_AUDITS: Final = 3  # of a campaign: calm, in chaos, after it
_PARTS: Final = {
    "real": "The real Dag",
    "simulated": "The same steps, simulated",
}


class AuditResult(msgspec.Struct):
    """One audit of a part: how it ended, how often its steps were tried, and what did not hold."""

    name: str
    ended: str
    seconds: float
    states: dict[str, int]
    tries: dict[str, int]
    breaches: list[str]


class PartResult(msgspec.Struct):
    """One part of a campaign; ``faults`` are counted by server and kind, beside its requests.

    ``note`` is what a reader must know of how it was run.
    """

    images: int
    share: float
    seed: int
    audits: list[AuditResult]
    requests: dict[str, int]
    faults: dict[str, dict[str, int]]
    kills: dict[str, int]
    facts: dict[str, int]
    note: str = ""


def keep(part: str, found: PartResult, note: str = "") -> None:
    """Keep the results of a part, as far as it has got, and write the tables of all that are kept."""
    kept: dict[str, Any] = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    kept[part] = msgspec.to_builtins(msgspec.structs.replace(found, note=note))
    _KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    found_parts = {name: msgspec.convert(kept[name], PartResult) for name in _PARTS if name in kept}
    parts = [text for name, each in found_parts.items() for text in _told(name, each)]
    write_results("chaos", "Audits in which everything fails now and then", *parts)


def _told(name: str, found: PartResult) -> Iterator[object]:
    yield f"## {_PARTS[name]}"
    yield (
        f"{found.images:,} images, {found.share:.0%} faults, seed {found.seed}; "
        + ", ".join(f"{number:,} {fact}" for fact, number in found.facts.items())
        + "."
    )
    if found.note:
        yield found.note
    yield _audits(found)
    yield _faults(found)
    if found.kills:
        yield _counted("what was killed or taken away", found.kills)
    for audit in found.audits[1:2]:
        yield _counted(f"tries {audit.name}, by step", audit.tries)
    breaches = [f"- {audit.name}: {breach}" for audit in found.audits for breach in audit.breaches[:_SHOWN]]
    if len(found.audits) < _AUDITS:
        yield "The campaign did not come to its end: the audits that follow are missing."
    yield "\n".join(["What did not hold:", "", *breaches]) if breaches else "All that must hold did."


def _audits(found: PartResult) -> Table:
    made = Table("audit", "ended", "audited", "cached", "failed", "minutes", "breaches")
    for audit in found.audits:
        states = [audit.states.get(state, 0) for state in ("audited", "cached", "failed")]
        made.add(audit.name, audit.ended, *states, f"{audit.seconds / 60:.1f}", len(audit.breaches))
    return made


def _faults(found: PartResult) -> Table:
    kinds = sorted({kind for counts in found.faults.values() for kind in counts})
    made = Table("requests in chaos to", "in all", *kinds)
    for server, counts in found.faults.items():
        made.add(server, f"{found.requests[server]:,}", *(f"{counts.get(kind, 0):,}" for kind in kinds))
    return made


def _counted(what: str, counts: Mapping[str, int]) -> Table:
    made = Table(what, "times")
    for name, number in sorted(counts.items()):
        made.add(name, number)
    return made
