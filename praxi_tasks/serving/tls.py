"""The service's certificate, loaded again when its files change; connections that are open keep theirs."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from praxi_tasks.errors import UsageError

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0
"""How often the files are looked at."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files of a certificate with its chain, and of its key."""

    chain: Path
    key: Path

    def load_into(self, context: ssl.SSLContext) -> None:
        """Let new connections have what the files hold now; the context keeps what it has if that fails.

        Raises
        ------
        UsageError
            If they are not there, or the key is of another certificate.
        """
        try:
            for each in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), context):
                each.load_cert_chain(self.chain, self.key)
        except OSError as error:
            raise UsageError(
                f"the certificate can't be loaded: {error}", where=f"{self.chain}, {self.key}"
            ) from error

    async def keep_fresh(self, context: ssl.SSLContext, seconds: float = LOOK_SECONDS) -> None:
        """Load the files again whenever they are others."""
        seen = self._seen()
        while True:
            await asyncio.sleep(seconds)
            found = self._seen()
            if found == seen:
                continue
            try:
                self.load_into(context)
            except UsageError as error:
                logger.warning("the certificate in use stays: %s", error)
                continue
            seen = found
            logger.info("the certificate was renewed")

    def _seen(self) -> tuple[tuple[int, int], ...]:
        found = []
        for path in (self.chain, self.key):
            try:
                state = path.stat()
            except OSError:
                found.append((0, 0))
            else:
                found.append((state.st_mtime_ns, state.st_ino))
        return tuple(found)
