"""Which replica is at what: claims that their holder renews, so that another goes on when it is gone.

A claim is a document that was written by whoever was first, numbered by how many there were before. No clock
of another machine counts: a claim has run out for a replica that has seen it unchanged for the whole lease,
and its holder stops before that when it can't renew it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.errors import KeyNotFoundError, PraxiError
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

MOST_TRIES: Final = 5
"""How often something is tried that fails in passing, or ends whoever is at it."""
_RENEWALS: Final = 4  # in a lease
_MARGIN: Final = 0.9  # of a lease, after which a holder that could not renew it stops
_MOST_SEEN: Final = 10_000
_NUMBERED: Final = re.compile(r"/([0-9]{6})\.json", re.ASCII)


class _Document(msgspec.Struct, frozen=True):
    """A claim as the store has it: ``beats`` changes with each renewal, ``tries`` ended badly before."""

    holder: str
    beats: int = 0
    tries: int = 0
    is_free: bool = False


@dataclass
class Claim:
    """One claim that this replica holds; see :meth:`Claims.take`.

    Attributes
    ----------
    tries
        How many ended badly before: their holder was killed, or gave it back after a failure.
    """

    store: Store
    name: str
    number: int
    holder: str
    lease: float
    tries: int = 0
    _beats: int = field(default=0, init=False)
    _renewed: float = field(default_factory=time.monotonic, init=False)

    @asynccontextmanager
    async def kept(self, on_lost: Callable[[], None]) -> AsyncIterator[None]:
        """Renew it until the block ends; call ``on_lost`` if somebody else has it now, or may have."""
        keeping = asyncio.create_task(self._keep(on_lost))
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep(self, on_lost: Callable[[], None]) -> None:
        while True:
            left = self._deadline() - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0, min(self.lease / _RENEWALS, left)))
            try:
                async with asyncio.timeout_at(self._deadline()):
                    if await asyncio.to_thread(self.renew):
                        continue
            except TimeoutError:
                logger.warning("a claim to %s was not renewed in time", self.name)
            except PraxiError as error:
                logger.warning("a claim to %s is not renewed: %s", self.name, error)
                continue
            on_lost()
            return

    def _deadline(self) -> float:
        """Return until when it surely counts, as a time of the running loop."""
        left = self._renewed + _MARGIN * self.lease - time.monotonic()
        return asyncio.get_running_loop().time() + left

    def renew(self) -> bool:
        """Say that it is held; return whether it still counts."""
        begun = time.monotonic()
        if _highest(self.store, self.name) != self.number:
            return False
        self._beats += 1
        self._write(_Document(self.holder, self._beats, self.tries))
        self._renewed = begun
        return True

    def give_back(self, *, failed: bool = False) -> None:
        """Let another replica have it at once."""
        self._write(_Document(self.holder, self._beats + 1, self.tries + failed, is_free=True))

    def finish(self, marker: str) -> None:
        """Delete what says that there is something to do, and all claims to it."""
        self.store.delete(marker)
        for key in list(self.store.list(keys.serving_claims(self.name))):
            self.store.delete(key)

    def _write(self, document: _Document) -> None:
        documents.write(self.store, keys.serving_claim(self.name, self.number), document)


class _Seen(NamedTuple):
    """The claim that counted when it was last looked at, and since when it is as it is."""

    number: int
    data: bytes
    since: float


class Claims:
    """Takes claims for one replica.

    Parameters
    ----------
    holder
        The replica's name.
    lease
        For how many seconds a claim counts that is not renewed: the same for all replicas.
    """

    def __init__(self, store: Store, holder: str, lease: float) -> None:
        self._store = store
        self._holder = holder
        self._lease = lease
        self._seen: dict[str, _Seen] = {}

    def take(self, name: str, marker: str) -> Claim | None:
        """Claim what a marker says is to be done; None where another replica is at it, or has done it."""
        last = _highest(self._store, name)
        tries = 0
        if last >= 0:
            left = self._left(name, last)
            if left is None:
                return None
            tries = left.tries + (not left.is_free)
        claim = Claim(self._store, name, last + 1, self._holder, self._lease, tries)
        if not self._put(claim):
            return None
        self._seen.pop(name, None)
        if self._store.exists(marker):
            return claim
        claim.finish(marker)  # whoever had it ended between the look and the claim
        return None

    def begin(self, name: str, marker: str) -> Claim:
        """Claim what is new, and then say that it is to be done."""
        claim = Claim(self._store, name, 0, self._holder, self._lease)
        self._put(claim)
        self._store.put(marker, documents.encode({"name": name}))
        return claim

    def _put(self, claim: Claim) -> bool:
        document = documents.encode(_Document(self._holder, tries=claim.tries))
        return self._store.put(keys.serving_claim(claim.name, claim.number), document)

    def _left(self, name: str, number: int) -> _Document | None:
        """Return a claim that does not count any more; None if it does."""
        key = keys.serving_claim(name, number)
        try:
            data = self._store.get(key)
        except KeyNotFoundError:
            return None
        found = _decoded(data)
        if found.is_free:
            return found
        seen = self._seen.get(name)
        if seen is None or (seen.number, seen.data) != (number, data):
            self._seen[name] = _Seen(number, data, time.monotonic())
            while len(self._seen) > _MOST_SEEN:
                del self._seen[next(iter(self._seen))]
            return None
        return found if time.monotonic() - seen.since >= self._lease else None


def _decoded(data: bytes) -> _Document:
    """Return a claim; one that is damaged is nobody's, and runs out like all others."""
    try:
        return decode(data, _Document)
    except (ValueError, RecursionError):
        return _Document("")


def _highest(store: Store, name: str) -> int:
    """Return the number of the claim that counts; -1 if there is none."""
    found = (_NUMBERED.search(key[-12:]) for key in store.list(keys.serving_claims(name)))
    return max((int(each[1]) for each in found if each), default=-1)
