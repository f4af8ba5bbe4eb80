"""The first published recipe: Vowpal Wabbit over the classic tags of a changeset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from praxi_tasks.fingerprint.columbus import columbus_tags

if TYPE_CHECKING:
    from benchmarks.discovery_recordings import Data, Split

PASSES = 5


def vowpal_wabbit(data: Data, split: Split) -> list[dict[str, float]]:
    """Train one-against-all on (sample, label) pairs and return every label's probability."""
    import vowpalwabbit

    names = sorted({label for row in split.train for label in data.labels[row]})
    number = {name: place + 1 for place, name in enumerate(names)}
    learner = vowpalwabbit.Workspace(
        f"--oaa {len(names)} --probabilities --loss_function logistic -b 22 --quiet"
    )
    lines = {row: _line(data.changes[row]) for row in (*split.train.tolist(), *split.test.tolist())}
    rng = np.random.default_rng(0)
    for _ in range(PASSES):
        for row in rng.permutation(split.train).tolist():
            for label in data.labels[row]:
                learner.learn(f"{number[label]} {lines[row]}")
    answers = []
    for row in split.test.tolist():
        chances = learner.predict(lines[row])
        answers.append(dict(zip(names, chances, strict=True)))
    learner.finish()
    return answers


def _line(changes: list[str]) -> str:
    tags = columbus_tags([change.partition(" ")[2] for change in changes])
    words = (tag.replace(" ", "_") for tag in tags if ":" not in tag and "|" not in tag)
    return f"| {' '.join(words)}"
