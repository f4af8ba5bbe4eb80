"""Audits on request that another replica was at and is gone from: this one goes on with them."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from praxi_tasks.errors import CorruptObjectError, InvalidReferenceError, KeyNotFoundError, PraxiError
from praxi_tasks.serving.audit_record import read_record
from praxi_tasks.serving.audits import Audits
from praxi_tasks.serving.claims import MOST_TRIES, Claim
from praxi_tasks.serving.refusals import NotAllowedError
from praxi_tasks.store import Store, keys

logger = logging.getLogger(__name__)

_LOOK: Final = 5.0  # seconds between two looks for what is left


class Takeover:
    """Looks for requests whose replica is gone."""

    def __init__(self, store: Store, audits: Audits) -> None:
        self._store = store
        self._audits = audits

    async def run(self) -> None:
        """Go on with what others left, again and again."""
        while True:
            try:
                for audit in await asyncio.to_thread(self._open):
                    await self._look_at(audit)
            except PraxiError as error:
                logger.warning("requests wait: %s", error)
            await asyncio.sleep(_LOOK)

    def _open(self) -> list[str]:
        markers = self._store.list(keys.served_requests())
        return sorted(key.rpartition("/")[2].removesuffix(".json") for key in markers)

    async def _look_at(self, audit: str) -> None:
        if self._audits.is_at(audit) or not self._audits.has_room:
            return
        claim = await asyncio.to_thread(self._audits.claims.take, audit, keys.served_request(audit))
        if claim and not await self._is_going_on(audit, claim):
            await asyncio.to_thread(claim.finish, keys.served_request(audit))

    async def _is_going_on(self, audit: str, claim: Claim) -> bool:
        """Begin an audit anew; return whether there is anything to do for it."""
        try:
            record = await asyncio.to_thread(read_record, self._store, audit)
        except (KeyNotFoundError, CorruptObjectError) as error:
            logger.warning("a request is left: %s", error)
            return False
        if record.state.is_final:
            return False
        if claim.tries >= MOST_TRIES:
            await self._audits.fail(record.images, record.client, audit)
            return False
        try:
            await self._audits.resume(record, claim)
        except (InvalidReferenceError, NotAllowedError) as error:
            await asyncio.to_thread(record.failed(error.code, str(error)).write, self._store)
            return False
        logger.info("going on with the audit %s", audit)
        return True
