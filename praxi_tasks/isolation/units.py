"""What work is at, for the process that watches it, and what must not be tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from praxi_tasks.errors import LostUnitError
from praxi_tasks.isolation.journal import Journal, name_of


@dataclass
class Watched:
    """What a watched process knows of itself; it begins as what its parent held when it forked.

    Attributes
    ----------
    lost
        The units at which an earlier process ended, and why.
    suspects
        The units one of which may have ended an earlier process.
    """

    journal: Journal = field(default_factory=Journal)
    lost: dict[str, str] = field(default_factory=dict)
    suspects: set[str] = field(default_factory=set)


class _State:
    watched: Watched | None = None


def watch(watched: Watched | None) -> None:
    """Let this process write down what it is at; None ends that."""
    _State.watched = watched


@contextmanager
def unit(label: str) -> Iterator[None]:
    """Do the block as one unit of work: an image, a layer, a release.

    Where the interpreter ends in it, the command is started again, and this raises for the same label.

    Raises
    ------
    LostUnitError
        If the unit ended an interpreter before.
    """
    watched = _State.watched
    if watched is None:
        yield
        return
    reason = watched.lost.get(name_of(label))
    if reason is not None:
        raise LostUnitError(reason, where=label, action="nothing else was lost; report this with the image")
    with watched.journal.at(label):
        yield


def workers(most: int) -> int:
    """Return how many threads may do units at once: one while it is being found out which of them crashes."""
    watched = _State.watched
    return 1 if watched is not None and watched.suspects else most
