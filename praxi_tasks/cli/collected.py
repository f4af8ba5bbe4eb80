"""What became of the releases of a knowledge pack: how many are stored, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from praxi_tasks.cli.echo import amount

if TYPE_CHECKING:
    from praxi_tasks.learning.run import Outcome
    from praxi_tasks.learning.sources import Collected

_MOST_REASONS: Final = 20
_WIDEST: Final = 40


class Tally:
    """Counts releases, and keeps why some could not be had."""

    def __init__(self) -> None:
        self._stored = 0
        self._missing: list[Collected] = []

    def take(self, outcome: Outcome) -> None:
        """Count what was found of a package."""
        missing = [each for each in outcome.found if each.state != "stored"]
        self._stored += len(outcome.found) - len(missing)
        self._missing += missing

    @property
    def has_some(self) -> bool:
        """Whether any release is stored."""
        return bool(self._stored)

    @property
    def stored(self) -> str:
        """How many releases are stored, in words."""
        return amount(self._stored, "release")

    def lines(self, everything: str) -> Iterator[str]:
        """Yield what became of all of them, with the first reasons.

        Parameters
        ----------
        everything
            Where the outcome of each package is.
        """
        failed = f", {len(self._missing):,} failed:" if self._missing else ""
        yield f"{self.stored} stored{failed}"
        told = self._missing[:_MOST_REASONS]
        width = min(max((len(each.package.label) for each in told), default=0), _WIDEST)
        for each in told:
            yield f"  {each.package.label:{width}}  {_reason(each)}"
        if len(self._missing) > _MOST_REASONS:
            yield f"  and {len(self._missing) - _MOST_REASONS:,} more: {everything}"


def _reason(missing: Collected) -> str:
    """Return why a release is missing, without what its line says anyway."""
    package = missing.package
    return missing.reason.removeprefix(f"{package.ecosystem}: ").removesuffix(f" ({package.purl})")
