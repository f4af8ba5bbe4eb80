"""Experts, classifiers that own a few labels each, and the router that asks those with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.tokens import in_sorted
from praxi_tasks.discovery.trees import Trees
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import pack_arrays, pack_texts, unpack_arrays, unpack_texts

PROTOCOL: Final = 1
_KIND: Final = "expert"
_STORED: Final = {
    "tokens": "<u8", "labels": "|u1", "own": "<u4", "own_counts": "<u4", "boosters": "|u1",
    "booster_sizes": "<u4",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class LabelModel:
    """A binary classifier of one label.

    ``own`` are indices of the label's own tokens among the expert's, shape ``(k,)``; ``booster`` is UBJSON of
    boosted trees over all of the expert's tokens (see :func:`label_features`).
    """

    label: str
    own: NDArray[np.uint32]
    booster: bytes


class Expert:
    """Estimates the probability of each of the labels that it owns.

    Parameters
    ----------
    tokens
        The token hashes that it reads, sorted, shape ``(m,)``.
    models
        A classifier for each label.

    Raises
    ------
    CorruptObjectError
        If a booster does not fit the tokens.
    """

    def __init__(self, tokens: NDArray[np.uint64], models: Sequence[LabelModel]) -> None:
        self.tokens = tokens
        self.models = tuple(models)
        self._trees = [Trees(model.booster) for model in models]
        outside = any(len(model.own) and model.own.max() >= len(tokens) for model in models)
        if outside or any(trees.features != len(tokens) + 1 for trees in self._trees):
            raise CorruptObjectError("an expert's booster reads other tokens", action="build the model again")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it owns."""
        return tuple(model.label for model in self.models)

    def confidence(self, samples: Sequence[NDArray[np.uint64]]) -> NDArray[np.float64]:
        """Return the probability of each label in each sample, shape ``(len(samples), labels)``.

        Parameters
        ----------
        samples
            The sorted token hashes of each sample.
        """
        table = np.stack([in_sorted(sample, self.tokens) for sample in samples]).astype(np.float32)
        return np.stack(
            [
                trees.probability(label_features(table, model.own))
                for trees, model in zip(self._trees, self.models, strict=True)
            ],
            axis=1,
        )

    def to_bytes(self) -> bytes:
        """Return the expert as bytes."""
        return pack_arrays(
            _KIND,
            PROTOCOL,
            {
                "tokens": self.tokens,
                "labels": pack_texts([model.label for model in self.models]),
                "own": np.concatenate([model.own for model in self.models]),
                "own_counts": np.array([len(model.own) for model in self.models], np.uint32),
                "boosters": np.frombuffer(b"".join(model.booster for model in self.models), np.uint8),
                "booster_sizes": np.array([len(model.booster) for model in self.models], np.uint32),
            },
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Expert:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        arrays = unpack_arrays(data, _KIND, PROTOCOL, _STORED)
        try:
            counts = arrays["own_counts"]
            labels = unpack_texts(arrays["labels"], len(counts))
            own = np.split(arrays["own"], np.cumsum(counts)[:-1])
            boosters = np.split(arrays["boosters"], np.cumsum(arrays["booster_sizes"])[:-1])
            models = [
                LabelModel(label, tokens, booster.tobytes())
                for label, tokens, booster in zip(labels, own, boosters, strict=True)
            ]
            return cls(arrays["tokens"], models)
        except ValueError as error:
            raise CorruptObjectError("an expert lacks a part", action="build the model again") from error


def label_features(table: NDArray[np.float32], own: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return the input of a label's booster: the share of its own tokens that are there, then all tokens.

    Parameters
    ----------
    table
        Which of the expert's tokens each sample has, as 0 and 1, shape ``(n, m)``.
    own
        Indices of the label's own tokens, shape ``(k,)``.

    Returns
    -------
    features
        Shape ``(n, 1 + m)``.
    """
    share = table[:, own].mean(axis=1, keepdims=True) if len(own) else np.zeros((len(table), 1), np.float32)
    return np.concatenate([share, table], axis=1)


class Router:
    """Finds the experts with evidence in a sample: those that read one of its tokens."""

    def __init__(self, experts: Sequence[Expert]) -> None:
        self._experts = tuple(experts)
        counts = [len(expert.tokens) for expert in experts]
        tokens = np.concatenate([expert.tokens for expert in experts]) if experts else np.empty(0, np.uint64)
        order = np.argsort(tokens, kind="stable")
        self._tokens = tokens[order]
        self._owners = np.repeat(np.arange(len(counts)), counts)[order]

    def ask(self, samples: Sequence[NDArray[np.uint64]]) -> list[dict[str, float]]:
        """Return, for each sample, the probability of every label of the experts that have evidence in it.

        Of a label that several experts own, the highest. A sample is its sorted token hashes, shape
        ``(tokens,)``.
        """
        assigned = [np.unique(self._owners[in_sorted(sample, self._tokens)]) for sample in samples]
        answers: list[dict[str, float]] = [{} for _ in samples]
        for number, expert in enumerate(self._experts):
            asked = [place for place, experts in enumerate(assigned) if number in experts]
            if not asked:
                continue
            confidence = expert.confidence([samples[place] for place in asked])
            for place, row in zip(asked, confidence.tolist(), strict=True):
                known = answers[place]
                for label, chance in zip(expert.labels, row, strict=True):
                    known[label] = max(chance, known.get(label, 0.0))
        return answers
