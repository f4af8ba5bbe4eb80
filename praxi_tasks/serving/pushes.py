"""Audits of what was pushed: each image once, those of one window together, by whichever replica is there.

Pushes and windows lie in the store, as :mod:`praxi_tasks.events.intake` keeps them. A marker says which
windows are still to be audited, and a claim which replica is at one; who ends gives its claims back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from praxi_tasks.errors import PraxiError
from praxi_tasks.events import Intake, Push, Rules, gathered, take, window_end
from praxi_tasks.oci.image import Reference
from praxi_tasks.serving.audits import Audits, audit_of
from praxi_tasks.serving.claims import MOST_TRIES, Claim
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

CLIENT: Final = "events"
_LOOK: Final = 2.0  # seconds between two looks for windows that are over
_MOST_REMEMBERED: Final = 10_000


class PushAudits:
    """Takes pushes in, and audits them when their window is over."""

    def __init__(self, store: Store, audits: Audits, rules: Rules) -> None:
        self._store = store
        self._audits = audits
        self._rules = rules
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
                    if window not in self._tasks and self._audits.has_room:
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
        return sorted(window for window in found if _is_over(window))

    async def _audit(self, window: str) -> None:
        try:
            marker = keys.served_window(window)
            claim = await asyncio.to_thread(self._audits.claims.take, window, marker)
            if claim:
                await self._claimed(window, claim)
        except PraxiError as error:  # of the store, which knows what is still to be done
            logger.warning("the pushes of %s wait: %s", window, error)
        finally:
            del self._tasks[window]

    async def _claimed(self, window: str, claim: Claim) -> None:
        audit = audit_of(window)
        done, failed, lost = False, False, asyncio.Event()

        def give_up() -> None:
            lost.set()
            self._audits.abandon(audit)

        try:
            async with claim.kept(give_up):
                images = await asyncio.to_thread(gathered, self._store, window)
                if images and claim.tries < MOST_TRIES:
                    failed = (await self._audits.run(images, CLIENT, audit)).retryable
                elif images:
                    await self._audits.fail(images, CLIENT, audit)
                done = not self._closing and not (failed and claim.tries < MOST_TRIES - 1)
        except PraxiError as error:
            done = not error.retryable
            logger.warning("the pushes of %s %s: %s", window, "are left" if done else "wait", error)
        finally:
            if lost.is_set():
                logger.warning("another replica is at the pushes of %s", window)
            elif done:
                await asyncio.to_thread(claim.finish, keys.served_window(window))
            else:
                await asyncio.to_thread(claim.give_back, failed=failed)


def _is_over(window: str) -> bool:
    """Return whether a window is over; what is no name of one never is."""
    try:
        return window_end(window) < datetime.now(UTC)
    except ValueError:
        return False
