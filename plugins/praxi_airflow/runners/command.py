"""What runners run, and what a runner is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of ``praxi``.

    Attributes
    ----------
    arguments
        The command and its arguments, without the interpreter.
    environment
        Variables that say where things are and which try this is; never a credential.
    run, batch
        The run, and the batch of it, that the command works on.
    isolated
        Whether it runs untrusted code: then no credential reaches it, and nothing but ``environment``.
    listen
        Called with each line that the command prints; a line that it takes is not logged.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    run: str = ""
    batch: int | None = None
    isolated: bool = False
    listen: Callable[[str], bool] = field(default=lambda _: False)

    @property
    def name(self) -> tuple[str, ...]:
        """The command and its subcommand, which stands behind the options that all of them share."""
        words = list(self.arguments)
        while len(words) > 2 and words[1].startswith("-"):
            del words[1 : 2 if "=" in words[1] else 3]
        return tuple(words[:2] if len(words) > 1 and not words[1].startswith("-") else words[:1])


class Runner(Protocol):
    """Runs one command and says how it ended."""

    def run(self, command: Command, context: Mapping[str, Any]) -> int:
        """Run ``command`` to its end and return its exit code."""

    def resume(self, command: Command, context: Mapping[str, Any], event: Mapping[str, Any]) -> int:
        """Go on after a deferral that ``event`` ended, and return the exit code."""

    def kill(self) -> None:
        """End what runs, now; harmless if nothing does."""
