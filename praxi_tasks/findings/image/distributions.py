"""Which distribution an image's packages are of: its own, or that of layers below which it lies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from praxi_tasks.findings.packages import package_type
from praxi_tasks.inventory import Distribution


class Distributions:
    """What the layers of an image, bottom first, say of their distribution.

    Parameters
    ----------
    told
        What each layer's ``os-release`` says; None for a layer that has none.
    """

    def __init__(self, told: Sequence[Distribution | None]) -> None:
        self._told = told
        self.of_packages = lru_cache(maxsize=None)(self._of_packages)

    @property
    def own(self) -> Distribution | None:
        """The image's own: the topmost layer's that says anything."""
        return next((one for one in reversed(self._told) if one), None)

    def _of_packages(self, ecosystem: str, until: int | None = None) -> Distribution | None:
        """Return the distribution of packages of a kind.

        It is that of the image, unless that is known to have packages of another kind: then the last one
        below that may have such.

        Parameters
        ----------
        until
            The layer that took the packages' records away: they are of what the image was before.
        """
        before = [one for one in reversed(self._told[:until]) if one] or [one for one in [self.own] if one]
        fitting = (one for one in before if package_type(one) in {"", ecosystem})
        return next(fitting, self.own)
