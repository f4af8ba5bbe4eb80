"""Recorded changesets: Praxi's published data, learned as it was published and as it is here."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.changesets import Answers, Data, Split
from benchmarks.discovery_data import data_folder
from benchmarks.discovery_vw import published, tuned
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import STRATEGIES, DecisionRule, Router, select_candidates
from praxi_tasks.learning.data import read_changesets
from praxi_tasks.learning.estimators import (
    ROUTINGS,
    Assignment,
    ExpertHyperparameters,
    Routing,
    train_experts,
)

STUMPS = ExpertHyperparameters(negatives="none", unions=0, trees=100, depth=1)


def main() -> None:
    folder = data_folder()
    single = list(read_changesets(folder / "praxi-single-label.jsonl.xz"))
    multi = list(read_changesets(folder / "praxi-multi-label.jsonl.xz"))
    data = Data([*single, *multi])
    everything = _split(np.arange(len(data.labels)), 0.2, seed=7)
    alone = np.arange(len(single))
    table = Table(
        "trained and tested on", "micro F1", "its ceiling", "exact match", "train CPU s", "predict CPU s"
    )
    _add(table, "80% of both files, the rest", data, everything)
    _add(
        table,
        "the same, every name with a label's in it masked",
        Data([*single, *multi], masked=True),
        everything,
    )
    _add(
        table,
        "single-label file, multi-label file",
        data,
        Split(alone, np.arange(len(single), len(data.labels))),
    )
    for count in (1, 2, 5):
        _add(table, f"{count} of each label's samples, the rest", data, few(data, alone, count))
    methods = Table(
        "method (80% of both files, the rest)", "micro F1", "exact match", "train CPU s", "predict CPU s"
    )
    for routing in ROUTINGS:
        _compare(
            methods,
            f"experts, routing {routing}",
            data,
            everything,
            partial(_experts, routing=routing),
        )
    stumps = partial(_experts, routing="random", hyperparameters=STUMPS)
    _compare(methods, "100 stumps, own samples only (with our tokens and router)", data, everything, stumps)
    for title, method in (("published settings", published), ("settings tuned", tuned)):
        name = f"Vowpal Wabbit on classic tags, {title}"
        _compare(methods, name, data, everything, method, given=(True, False))
    rules = Table("decision rule", "micro F1", "exact match")
    answers = _experts(data, everything)
    for strategy in STRATEGIES:
        score, exact = _score(data, everything, answers, DecisionRule(strategy), given=strategy == "top-k")
        rules.add(strategy, f"{score:.4f}", f"{exact:.4f}")
    parts = (
        table,
        methods,
        rules,
        "Labels that were never trained on count as unknown software: the ceiling is 1.",
    )
    write_results("discovery_recordings", "Praxi's changesets: the number of labels is not given", *parts)


def _split(rows: NDArray[np.intp], share: float, seed: int) -> Split:
    order = np.random.default_rng(seed).permutation(rows)
    cut = int(len(rows) * share)
    return Split(order[cut:], order[:cut])


def few(data: Data, rows: NDArray[np.intp], count: int) -> Split:
    """Choose some samples of each label to train on; all others are tested."""
    seen: Counter[str] = Counter()
    train = []
    for row in np.random.default_rng(count).permutation(rows).tolist():
        if all(seen[label] < count for label in data.labels[row]):
            seen.update(data.labels[row])
            train.append(row)
    return Split(np.array(train), np.setdiff1d(rows, train))


def _experts(
    data: Data,
    split: Split,
    routing: Routing = "default",
    hyperparameters: ExpertHyperparameters | None = None,
) -> Answers:
    experts = train_experts(
        data.samples(split.train),
        np.random.default_rng(0),
        assignment=Assignment(routing),
        hyperparameters=hyperparameters,
    )
    return Router(experts).ask([data.tokens[row] for row in split.test])


def _add(table: Table, title: str, data: Data, split: Split) -> None:
    start = time.process_time()
    experts = train_experts(data.samples(split.train), np.random.default_rng(0))
    trained = time.process_time()
    answers = Router(experts).ask([data.tokens[row] for row in split.test])
    done = time.process_time()
    score, exact = _score(data, split, answers, DecisionRule())
    table.add(title, f"{score:.4f}", "1.0", f"{exact:.4f}", f"{trained - start:.1f}", f"{done - trained:.2f}")


def _compare(
    table: Table,
    title: str,
    data: Data,
    split: Split,
    method: Callable[[Data, Split], Answers],
    *,
    given: Sequence[bool] = (False,),
) -> None:
    """Run a method; add a row where the number of labels is given, where it is not, or both."""
    start = time.process_time()
    answers = method(data, split)
    cpu = f"{time.process_time() - start:.1f}"
    for number_given in given:
        how = f"{title}, given the number of labels" if number_given else title
        score, exact = _score(data, split, answers, DecisionRule(), given=number_given)
        table.add(how, f"{score:.4f}", f"{exact:.4f}", cpu, "in it")


def _score(
    data: Data,
    split: Split,
    answers: Iterable[dict[str, float]],
    decision_rule: DecisionRule,
    *,
    given: bool = False,
) -> tuple[float, float]:
    """Return micro F1 and the share of samples whose labels are all right."""
    known = {label for row in split.train for label in data.labels[row]}
    right = wrong = missed = exact = 0
    for row, answer in zip(split.test, answers, strict=True):
        true = known & set(data.labels[row])
        names = list(answer)
        rule = DecisionRule("top-k", count=len(true)) if given else decision_rule
        named = {names[place] for place in select_candidates(np.array(list(answer.values())), rule)}
        right, wrong, missed = (
            right + len(named & true),
            wrong + len(named - true),
            missed + len(true - named),
        )
        exact += named == true
    return 2 * right / max(2 * right + wrong + missed, 1), exact / len(split.test)


if __name__ == "__main__":
    main()
