"""How much of what package databases claim counts for an image: as much as the limits on it allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Self

import msgspec

from praxi_tasks.audit.image_limits import ImageLimits
from praxi_tasks.inventory import LEFT_OUT, Claim, Inventory

_SETTINGS: Final = " or ".join(
    map(ImageLimits.setting, ("max_records", "max_claims", "max_claimed_paths", "max_claimed_path_bytes"))
)
_LEFT_OUT: Final = f"{LEFT_OUT}: the image's layers claim too many packages or files: raise {_SETTINGS}"

_MORE_LOCKS: Final = (
    f"the image's lock files name too many packages: raise {ImageLimits.setting('max_claims')}"
)
_CLAIM_BYTES: Final = 500
_TEXT_BYTES: Final = 60


class ClaimSize(NamedTuple):
    """How much one layer's databases claim."""

    claims: int
    paths: int
    path_bytes: int
    declared: int = 0

    @classmethod
    def of(cls, inventory: Inventory) -> Self:
        """Measure an inventory."""
        claims = (*inventory.claims, *inventory.reserve)
        paths = [path for claim in claims for path in claim.files]
        return cls(len(claims), len(paths), sum(map(len, paths)), len(inventory.declared))

    @property
    def memory(self) -> int:
        """About how many bytes the inventory takes."""
        return (self.claims + self.declared) * _CLAIM_BYTES + self.paths * _TEXT_BYTES + self.path_bytes


class ImageClaims:
    """Takes the claims of an image's layers, bottom first, until a limit is reached.

    Layers repeat the claims of those below. Equal ones become one object, and count once.

    Parameters
    ----------
    limits
        Those on an image.
    inventory
        Returns a layer's inventory by its digest.
    """

    def __init__(self, limits: ImageLimits, inventory: Callable[[str], Inventory]) -> None:
        self._limits = limits
        self._inventory = inventory
        self._sizes: dict[str, ClaimSize] = {}

    def of(self, digests: Sequence[str]) -> tuple[Inventory, ...]:
        """Return the inventories of an image's layers; those above the limits claim nothing, and say so."""
        if self._is_within(digests):
            found: Iterable[Inventory] = map(self._inventory, digests)
        else:
            found = self._taken(digests)
        return tuple(_with_few_declared(found, self._limits.max_claims))

    def some_of(self, digests: Sequence[str], wanted: Collection[str]) -> dict[str, Inventory]:
        """Return what :meth:`of` does of some layers of an image."""
        if self._is_within(digests):
            return {digest: self._inventory(digest) for digest in wanted}
        return {one: found for one, found in zip(digests, self._taken(digests), strict=True) if one in wanted}

    def _is_within(self, digests: Sequence[str]) -> bool:
        """Return whether an image's layers are within the limits even if none repeats another one."""
        limits = self._limits
        for digest in digests:
            if digest not in self._sizes:
                self._sizes[digest] = ClaimSize.of(self._inventory(digest))
        sizes = [self._sizes[digest] for digest in digests]
        return (
            sum(size.claims for size in sizes) <= min(limits.max_claims, limits.max_records)
            and sum(size.paths for size in sizes) <= limits.max_claimed_paths
            and sum(size.path_bytes for size in sizes) <= limits.max_claimed_path_bytes
        )

    def _taken(self, digests: Sequence[str]) -> list[Inventory]:
        taken = _Taken(self._limits)
        found: list[Inventory] = []
        for digest in digests:
            inventory = self._inventory(digest)
            found.append(_without_claims(inventory) if taken.is_full else taken.add(inventory))
        return found


class _Taken:
    """The distinct claims of an image so far."""

    def __init__(self, limits: ImageLimits) -> None:
        self._claims: dict[Claim, Claim] = {}
        self._records = limits.max_records
        self._paths = limits.max_claimed_paths
        self._path_bytes = limits.max_claimed_path_bytes
        self._most = limits.max_claims
        self.is_full = False

    def add(self, inventory: Inventory) -> Inventory:
        """Take in a layer's claims, all or none: to a part of a database its rest would seem uninstalled."""
        claims = self._shared(inventory.claims)
        if self.is_full:
            return _without_claims(inventory)
        reserve = self._shared(inventory.reserve)
        found = msgspec.structs.replace(inventory, claims=claims, reserve=() if self.is_full else reserve)
        return _with_problem(found) if self.is_full else found

    def _shared(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        found = []
        for claim in claims:
            known = self._claims.get(claim)
            self._records -= 1
            if known is None:
                known = self._claims[claim] = claim
                self._paths -= len(claim.files)
                self._path_bytes -= sum(map(len, claim.files))
            left = min(self._records, self._most - len(self._claims), self._paths, self._path_bytes)
            self.is_full = left < 0
            if self.is_full:
                break
            found.append(known)
        return tuple(found)


def _with_few_declared(inventories: Iterable[Inventory], most: int) -> Iterator[Inventory]:
    """Yield inventories, of which those declare nothing that would be more than lock files together may."""
    for inventory in inventories:
        most -= len(inventory.declared)
        if most >= 0:
            yield inventory
        else:
            left_out = tuple(
                f"{path}: {_MORE_LOCKS}" for path in sorted({one.database for one in inventory.declared})
            )
            yield msgspec.structs.replace(inventory, declared=(), declared_problems=left_out)


def _without_claims(inventory: Inventory) -> Inventory:
    empty = msgspec.structs.replace(inventory, claims=(), databases=(), reserve=(), links=())
    return _with_problem(empty)


def _with_problem(inventory: Inventory) -> Inventory:
    return msgspec.structs.replace(inventory, problems=(*inventory.problems, _LEFT_OUT))
