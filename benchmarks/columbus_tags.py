"""Columbus tags: throughput against a straightforward trie, and equality with the published tags.

Run ``python -m benchmarks.columbus_tags [--every N]``; reads the real changesets from ``PRAXI_DATA``.
CPU time is measured, changeset by changeset, one way after the other, so other load tilts no ratio.
"""

from __future__ import annotations

import argparse
import lzma
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.columbus_trie import dictionary_tags, trie_tags
from praxi_tasks.fingerprint import FREQUENCY_THRESHOLD, columbus_tags

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "columbus_tags.md"
OURS = "sorted tokens (praxi)"
Tagger = Callable[[list[str]], dict[str, int]]


class Record(msgspec.Struct):
    changes: list[str]
    tags: dict[str, int]


def read_records(folder: Path) -> Iterator[Record]:
    decoder = msgspec.json.Decoder(Record)
    for name in ("praxi-single-label.jsonl.xz", "praxi-multi-label.jsonl.xz"):
        with lzma.open(folder / name) as lines:
            yield from map(decoder.decode, lines)


def taggers() -> dict[str, Tagger]:
    threshold = FREQUENCY_THRESHOLD
    return {
        OURS: partial(columbus_tags, frequency_threshold=threshold),
        "trie, every prefix inserted": partial(trie_tags, frequency_threshold=threshold),
        "dictionary of prefixes": partial(dictionary_tags, frequency_threshold=threshold),
    }


def measure(folder: Path, every: int) -> str:
    ways = taggers()
    seconds = dict.fromkeys(ways, 0.0)
    stop_tags = frozenset((folder / "columbus-stop-tags.txt").read_text().splitlines())
    changesets = changes = same = published = 0
    for record in list(read_records(folder))[::every]:
        answers = []
        for name, tagger in ways.items():
            start = time.process_time()
            answers.append(list(tagger(record.changes).items()))
            seconds[name] += time.process_time() - start
        same += all(answer == answers[0] for answer in answers)
        published += [item for item in answers[0] if item[0] not in stop_tags] == list(record.tags.items())
        changesets += 1
        changes += len(record.changes)
    ours = seconds[OURS]
    rows = [
        f"| {name} | {spent:.1f} | {changes / spent:,.0f} | {spent / ours:.1f} |"
        for name, spent in seconds.items()
    ]
    return "\n".join(
        [
            f"# Columbus tags of {changesets:,} real changesets, {changes:,} changes",
            "",
            "| way | CPU s | changes/s | times our CPU s |",
            "|---|---:|---:|---:|",
            *rows,
            "",
            f"Same tags, values and order from all ways: {same:,} of {changesets:,} changesets.",
            f"Equal to the published tags, order included: {published:,} of {changesets:,} changesets.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th changeset")
    every = parser.parse_args().every
    table = measure(Path(os.environ.get("PRAXI_DATA", ROOT.parent / "shared" / "data")), every)
    print(table)
    if every == 1:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(table)


if __name__ == "__main__":
    main()
