"""Which request to a server goes wrong, and how: drawn by a seed, and counted.

What happens to a request depends on the seed, the request and how often it was sent before, never on the
clock or on what other requests do meanwhile: the same requests meet the same faults again.
"""

from __future__ import annotations

import enum
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final


class Kind(enum.StrEnum):
    """How a request goes wrong."""

    REFUSED = "5xx or 429"
    RESET = "reset before the answer"
    LOST = "done, and the answer lost"
    CUT = "answer cut short"
    SLOW = "slow"
    CONFLICT = "conflict"
    AWAY = "server away"


REFUSALS: Final = (500, 502, 503, 504, 429)


class Faults:
    """Draws the faults of one server.

    Parameters
    ----------
    kinds
        What may happen to a request, each as often as the others.
    share
        The share of requests to which something happens, 0 to 1.
    broken
        Says of a request's path whether it fails each time, for as long as there are faults.

    Attributes
    ----------
    active
        Whether anything goes wrong at all.
    away
        Whether the server is gone: no request is answered.
    requests, counts
        How many requests there were, and the faults among them by kind.
    """

    def __init__(
        self, kinds: Sequence[Kind], share: float, seed: int, broken: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.active = False
        self.away = False
        self.requests = 0
        self.counts: Counter[Kind] = Counter()
        self._kinds = kinds
        self._share = share
        self._seed = seed
        self._broken = broken
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()

    def draw(self, method: str, path: str, *, conditional: bool = False) -> Kind | None:
        """Return what happens to a request, None if it passes.

        Parameters
        ----------
        conditional
            Whether it is a write under a condition, which can meet a conflict.
        """
        if not self.active:
            return None
        request = f"{method} {path}"
        with self._lock:
            self.requests += 1
            self._times[request] += 1
            impossible = {Kind.LOST} if method in {"GET", "HEAD"} else {Kind.CUT}
            if not conditional:
                impossible.add(Kind.CONFLICT)
            kinds = [kind for kind in self._kinds if kind not in impossible]
            kind = self._kind(f"{self._seed} {request} {self._times[request]}", path, kinds)
            if kind is not None:
                self.counts[kind] += 1
        return kind

    def counted(self) -> dict[str, int]:
        """Return the faults by kind, for a document."""
        return {str(kind): number for kind, number in self.counts.items()}

    def status(self, method: str, path: str) -> int:
        """Return the status with which a request is refused that is drawn to be."""
        return random.Random(f"{self._seed} {method} {path} {self._times[f'{method} {path}']}").choice(
            REFUSALS
        )

    def _kind(self, draw: str, path: str, kinds: Sequence[Kind]) -> Kind | None:
        if self.away:
            return Kind.AWAY
        if self._broken(path):
            return Kind.REFUSED
        chance = random.Random(draw)
        return chance.choice(kinds) if chance.random() < self._share and kinds else None


class ScriptedFaults(Faults):
    """Faults that are written down: one for each request, and none after the last."""

    def __init__(self, *kinds: Kind) -> None:
        super().__init__((), 0, 0)
        self.left = list(kinds)

    def draw(self, method: str, path: str, *, conditional: bool = False) -> Kind | None:
        """Return what happens to a request, None if it passes."""
        self.requests += 1
        return self.left.pop(0) if self.left else None
