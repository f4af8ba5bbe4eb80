"""The first published method: Vowpal Wabbit over the classic tags of a changeset.

As published for several labels: one cost-sensitive regressor per label (``--csoaa``: 0 for a label that is
there, 1 for others), 20 passes at a learning rate of 50; a tag counts as often as it occurs. Other rates
are tried too, on a fifth of the training samples, and the best is shown beside it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.changesets import Answers, Data, Split
from praxi_tasks.fingerprint import columbus_tags

PUBLISHED: Final = "-l 50 --passes 20"
TRIED: Final = (PUBLISHED, "-l 10 --passes 20", "-l 200 --passes 20")
BITS: Final = 24  # published with 26: a gigabyte of weights, for a few million tags times labels


def published(data: Data, split: Split) -> Answers:
    """Train with the published settings and return how sure the regressors are of every label."""
    return _run(data, split.train.tolist(), split.test.tolist(), PUBLISHED)


def tuned(data: Data, split: Split) -> Answers:
    """Choose the settings on a fifth of the training samples, then do the same."""
    order = np.random.default_rng(0).permutation(split.train).tolist()
    cut = len(order) // 5
    scores = {some: _hits(data, order[:cut], _run(data, order[cut:], order[:cut], some)) for some in TRIED}
    return _run(data, split.train.tolist(), split.test.tolist(), max(TRIED, key=lambda some: scores[some]))


def _hits(data: Data, rows: list[int], answers: Answers) -> int:
    """Count the labels that are found where their number is given."""
    hits = 0
    for row, answer in zip(rows, answers, strict=True):
        best = sorted(answer, key=lambda label: -answer[label])[: len(data.labels[row])]
        hits += len({*best} & {*data.labels[row]})
    return hits


def _run(data: Data, train: list[int], test: list[int], settings: str) -> Answers:
    import vowpalwabbit

    names = sorted({label for row in train for label in data.labels[row]})
    costs = {row: _costs(names, data.labels[row]) for row in train}
    shuffled = np.random.default_rng(0).permutation(train).tolist()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "train").write_text(
            "".join(f"{costs[row]} {_line(data.changes[row])}\n" for row in shuffled)
        )
        every = " ".join(str(number + 1) for number in range(len(names)))
        (folder / "test").write_text("".join(f"{every} {_line(data.changes[row])}\n" for row in test))
        files = f"-d {folder}/train -f {folder}/model --cache_file {folder}/cache --kill_cache"
        vowpalwabbit.Workspace(f"--csoaa {len(names)} -b {BITS} {settings} {files} --quiet").finish()
        asked = f"-t -i {folder}/model -d {folder}/test -r {folder}/raw --quiet"
        vowpalwabbit.Workspace(asked).finish()
        lines = [line for line in (folder / "raw").read_text().splitlines() if line.strip()]
    return [_sureness(names, line) for line in lines]


def _costs(names: list[str], labels: list[str]) -> str:
    return " ".join(f"{number + 1}:{int(name not in labels)}" for number, name in enumerate(names))


def _sureness(names: list[str], line: str) -> dict[str, float]:
    """Turn a line of predicted costs into how sure each label is."""
    pairs = (word.split(":") for word in line.split())
    return {names[int(number) - 1]: float(np.clip(1 - float(cost), 0, 1)) for number, cost in pairs}


def _line(changes: list[str]) -> str:
    tags = columbus_tags([change.partition(" ")[2] for change in changes])
    words = (f"{tag.replace(' ', '_')}:{n}" for tag, n in tags.items() if ":" not in tag and "|" not in tag)
    return f"| {' '.join(words)}"
