"""Records the course of trainings: the loss of the boosters after each round."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Course:
    """The losses of all boosters that are trained while it is recorded."""

    def __init__(self) -> None:
        self._losses: list[float] = []
        self._boosters: list[int] = []

    def add(self, losses: list[float]) -> None:
        """Add the logarithmic losses of one booster, round by round."""
        for number, loss in enumerate(losses):
            if number == len(self._losses):
                self._losses.append(0.0)
                self._boosters.append(0)
            self._losses[number] += loss
            self._boosters[number] += 1

    @property
    def points(self) -> tuple[float, ...]:
        """The mean loss after each round, over the boosters that had so many rounds."""
        pairs = zip(self._losses, self._boosters, strict=True)
        return tuple(round(loss / boosters, 6) for loss, boosters in pairs)


_RECORDED: ContextVar[Course | None] = ContextVar("praxi_course", default=None)


@contextmanager
def record_course() -> Iterator[Course]:
    """Record the course of what is trained in the block; without one no booster measures its loss."""
    course = Course()
    token = _RECORDED.set(course)
    try:
        yield course
    finally:
        _RECORDED.reset(token)


def recorded_course() -> Course | None:
    """Return the course that is being recorded, if one is."""
    return _RECORDED.get()
