"""Audits of what was pushed: each image once, those of one window together, by whichever replica is there.

Pushes and windows lie in the store, as :mod:`praxi_tasks.events.intake` keeps them. A marker says which
windows are still to be audited, and a claim which replica is at one; who ends gives its claims back.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError, PraxiError
from praxi_tasks.events import Intake, Push, Rules, gathered, take, window_end
from praxi_tasks.oci.image import Reference
from praxi_tasks.serving.audits import Audits
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

CLIENT: Final = "events"
_LOOK: Final = 2.0  # seconds between two looks for windows that are over
_MOST_TRIES: Final = 5
_MOST_REMEMBERED: Final = 10_000


class _Claim(msgspec.Struct, frozen=True):
    until: datetime


class PushAudits:
    """Takes pushes in, and audits them when their window is over.

    Parameters
    ----------
    lease
        For how many seconds a claim keeps other replicas away.
    """

    def __init__(self, store: Store, audits: Audits, rules: Rules, lease: float) -> None:
        self._store = store
        self._audits = audits
        self._rules = rules
        self._lease = timedelta(seconds=lease)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, None] = {}
        self._closing = False

    def take(self, pushes: Iterable[Push]) -> Intake:
        """Take pushes in.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached.
        """
        found = take(self._store, pushes, self._rules, on_window=self._mark)
        if found.left:
            logger.warning(
                "%d images found no place in this hour or the next: see PRAXI_EVENT_LIMIT", found.left
            )
        return found

    def tell(self, images: Sequence[str]) -> None:
        """Take images in that were met and are not known, each once."""
        new = [image for image in dict.fromkeys(images) if image not in self._told]
        references = [Reference.parse(image) for image in new]
        self.take([Push(str(found), found.digest, None, "admission") for found in references])
        self._told |= dict.fromkeys(new)
        while len(self._told) > _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]

    async def run(self) -> None:
        """Audit each window when it is over, again and again."""
        while True:
            try:
                for window in await asyncio.to_thread(self._due):
                    if window not in self._tasks:
                        self._tasks[window] = asyncio.create_task(self._audit(window))
            except PraxiError as error:
                logger.warning("pushes wait: %s", error)
            await asyncio.sleep(_LOOK)

    def close(self) -> None:
        """Say that audits end from now on because the service does: another replica is to do them."""
        self._closing = True

    async def ended(self) -> None:
        """Wait until all claims are given back."""
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def _mark(self, window: str) -> None:
        self._store.put(keys.served_window(window), documents.encode({"window": window}))

    def _due(self) -> list[str]:
        """Return the windows that are over and not audited."""
        found = (
            key.rpartition("/")[2].removesuffix(".json") for key in self._store.list(keys.served_windows())
        )
        return sorted(window for window in found if window_end(window) < datetime.now(UTC))

    async def _audit(self, window: str) -> None:
        try:
            claim = await asyncio.to_thread(self._claim, window)
            if claim:
                await self._claimed(window, claim)
        except PraxiError as error:  # of the store, which knows what is still to be done
            logger.warning("the pushes of %s wait: %s", window, error)
        finally:
            del self._tasks[window]

    async def _claimed(self, window: str, claim: str) -> None:
        done = False
        try:
            images = await asyncio.to_thread(gathered, self._store, window)
            again = bool(images) and await self._failed_in_passing(window, images, claim)
            done = not self._closing and not again
        except PraxiError as error:
            done = not error.retryable
            logger.warning("the pushes of %s %s: %s", window, "are left" if done else "wait", error)
        finally:
            await asyncio.to_thread(self._finish if done else self._give_back, window, claim)

    async def _failed_in_passing(self, window: str, images: Sequence[str], claim: str) -> bool:
        """Audit a window; return whether it failed in a way that may pass, not too often so far."""
        record = await self._audits.run(images, CLIENT, audit_of(window))
        return record.retryable and claim < keys.window_claim(window, _MOST_TRIES - 1)

    def _claim(self, window: str) -> str:
        """Return the key of a claim to a window; empty where another replica has one."""
        numbers = sorted(self._store.list(keys.window_claims(window)))
        if numbers and self._until(numbers[-1]) > datetime.now(UTC):
            return ""
        key = keys.window_claim(window, len(numbers))
        claim = documents.encode(_Claim(datetime.now(UTC) + self._lease))
        return key if self._store.put(key, claim) else ""

    def _until(self, claim: str) -> datetime:
        try:
            return documents.read(self._store, claim, _Claim).until
        except (KeyNotFoundError, CorruptObjectError):
            return datetime.min.replace(tzinfo=UTC)

    def _give_back(self, _: str, claim: str) -> None:
        documents.write(self._store, claim, _Claim(datetime.now(UTC)))

    def _finish(self, window: str, _: str) -> None:
        self._store.delete(keys.served_window(window))
        for key in list(self._store.list(keys.window_claims(window))):
            self._store.delete(key)


def audit_of(window: str) -> str:
    """Return the id of the audit of a window."""
    return f"serve-{window.removesuffix('Z')}-{hashlib.sha256(window.encode()).hexdigest()[:16]}"
