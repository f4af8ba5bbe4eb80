"""What a fuzz target is: a function of bytes, the errors it may end in, and inputs to start from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from praxi_tasks.errors import PraxiError

CORPUS: Final = Path(__file__).parent / "corpus"
"""Inputs that once were findings, in a folder per target; a test replays them."""

SEPARATOR: Final = b"\x1e"
"""Separates the parts of an input for targets that read several things."""


class DifferenceError(AssertionError):
    """A reader and an independent one disagree, or a result breaks a promise of its reader."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One fuzz target.

    Parameters
    ----------
    run
        Reads the input; any error that is not one of ``errors`` is a finding.
    errors
        The typed errors that bad input may end in.
    seeds
        Small valid inputs.
    covers
        Qualified names of the readers and parsers that ``run`` calls.
    longest
        Bytes of the longest input that is made up.
    """

    name: str
    run: Callable[[bytes], None]
    errors: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    covers: tuple[str, ...]
    longest: int = 4096

    def one_input(self, data: bytes) -> None:
        """Read one input; return if it was read or refused as it should be.

        Raises
        ------
        Exception
            A finding.
        """
        try:
            self.run(data)
        except self.errors as error:
            message = str(error)
            if isinstance(error, PraxiError) and not message.isprintable():
                raise DifferenceError("a message is not one printable line") from error

    @property
    def folder(self) -> Path:
        """The target's part of the crash corpus."""
        return CORPUS / self.name

    def findings(self) -> list[Path]:
        """Return the inputs of the crash corpus."""
        return sorted(path for path in self.folder.glob("*") if path.is_file())


def target(
    *,
    covers: Iterable[str],
    seeds: Iterable[bytes],
    errors: tuple[type[Exception], ...] = (),
    longest: int = 4096,
) -> Callable[[Callable[[bytes], None]], Target]:
    """Make a target of a function, which names it."""

    def make(run: Callable[[bytes], None]) -> Target:
        return Target(
            name=run.__name__,
            run=run,
            errors=errors,
            seeds=tuple(seeds),
            covers=tuple(covers),
            longest=longest,
        )

    return make


class OneObject:
    """A store that gives one object under every key."""

    uri = "memory://store"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def get(self, _key: str) -> bytes:
        """Return the object."""
        return self._data


def parts(data: bytes, count: int) -> list[bytes]:
    """Split an input into so many parts; those that are missing are empty."""
    found = data.split(SEPARATOR, count - 1)
    return [*found, *[b""] * (count - len(found))]


def same(found: object, expected: object, what: str) -> None:
    """Raise :class:`DifferenceError` unless both are equal."""
    if found != expected:
        raise DifferenceError(f"{what}: {found!r:.300} and not {expected!r:.300}")
