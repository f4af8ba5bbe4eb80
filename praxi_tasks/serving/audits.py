"""Audits on request: a queue of runs by hand over the same store, of which a few run at once."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections import deque
from collections.abc import Sequence
from typing import Final

import msgspec

from praxi_tasks.audit import named_images
from praxi_tasks.errors import KeyNotFoundError, PraxiError
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.oci.image import Reference
from praxi_tasks.printable import one_line
from praxi_tasks.serving.audit_record import (
    AuditRecord,
    AuditState,
    ask_to_cancel,
    now,
    read_record,
)
from praxi_tasks.serving.audit_steps import (
    AuditCancelledError,
    AuditOptions,
    AuditSteps,
    EndedStepError,
    Progress,
    failure_of,
)
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.refusals import BusyError, NotAllowedError, UnknownError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.store import Store, documents, keys
from praxi_tasks.tracing import Kind, span

logger = logging.getLogger(__name__)

SCOPE: Final = Scope(kind="manual", named=True)
_ID: Final = re.compile(r"serve-[0-9]{8}T[0-9]{6}-[0-9a-f]{16}")
_MINUTE: Final = 60.0


class Audits:
    """Runs audits, a few at once, and keeps the others waiting."""

    def __init__(self, options: AuditOptions, store: Store, limits: ServingLimits, metrics: Metrics) -> None:
        self._options = options
        self._store = store
        self._limits = limits
        self._metrics = metrics
        self._records: dict[str, AuditRecord] = {}
        self._tasks: dict[str, asyncio.Task[AuditRecord]] = {}
        self._running = asyncio.Semaphore(limits.max_audits)
        self._asked: dict[str, deque[float]] = {}

    async def submit(self, images: Sequence[str], client: str, audit: str = "") -> AuditRecord:
        """Begin an audit of one image or several.

        Parameters
        ----------
        audit
            Its id, where somebody else chose it: then no rate of a client counts.

        Raises
        ------
        InvalidReferenceError
            If an image is no reference of a registry.
        NotAllowedError
            If one is of a registry that is not allowed.
        BusyError
            If too many audits wait, or the client asked for too many.
        """
        references = tuple(str(self._allowed(image)) for image in images)
        self._require_room()
        if not audit:
            self._require_rate(client)
        record = AuditRecord(
            audit or _new_id(),
            references[0],
            client,
            created=now(),
            updated=now(),
            images=references,
            chain=self._options.chain.name,
        )
        self._records[record.id] = record  # it counts from here on
        try:
            await asyncio.to_thread(self._begin, record)
        except BaseException:
            del self._records[record.id]
            raise
        task = asyncio.create_task(self._run(record))
        self._tasks[record.id] = task
        task.add_done_callback(lambda _: self._forget(record.id))
        return record

    async def run(self, images: Sequence[str], client: str, audit: str) -> AuditRecord:
        """Begin an audit, and return it when it has ended; see :meth:`submit`."""
        record = await self.submit(images, client, audit)
        return await asyncio.shield(self._tasks[record.id])

    async def get(self, audit: str) -> AuditRecord:
        """Return how far an audit is; one that nobody has been at for too long is lost.

        Raises
        ------
        UnknownError
            If there is none.
        """
        if audit in self._records:
            return self._records[audit]
        if not _ID.fullmatch(audit):
            raise UnknownError("there is no such audit", where=audit[:80])
        try:
            record = await asyncio.to_thread(read_record, self._store, audit)
        except KeyNotFoundError as error:
            raise UnknownError("there is no such audit", where=audit) from error
        if not record.state.is_final and record.age() > self._limits.max_audit_seconds:
            return record.at(AuditState.LOST, error="the service that was at it ended; ask again")
        return record

    async def document(self, record: AuditRecord) -> bytes:
        """Return an audit as JSON: how far it is, and once it is done its ``report`` and ``findings``."""
        content: dict[str, object] = msgspec.structs.asdict(record)
        if record.state is AuditState.DONE:
            for name in ("report", "findings"):
                key = keys.run(record.id, f"{name}.json")
                content[name] = msgspec.Raw(await asyncio.to_thread(self._store.get, key))
        return msgspec.json.encode(content)

    async def cancel(self, audit: str) -> AuditRecord:
        """Cancel an audit, whichever replica is at it; what is final stays.

        Raises
        ------
        UnknownError
            If there is none.
        """
        record = await self.get(audit)
        if record.state.is_final:
            return record
        task = self._tasks.get(audit)
        if task is None:
            await asyncio.to_thread(ask_to_cancel, self._store, audit)
            return record
        task.cancel()
        await asyncio.wait([task])
        return await self.get(audit)

    async def close(self) -> None:
        """Cancel what runs: whoever asked is told."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _allowed(self, image: str) -> Reference:
        reference = Reference.parse(image.strip())
        if not reference.is_of(self._options.registries):
            allowed = ", ".join(self._options.registries)
            raise NotAllowedError(
                f"{reference.registry} is not allowed",
                action=f"allowed: {allowed}" if allowed else "give the service --registry",
            )
        return reference

    def _require_room(self) -> None:
        waiting = len(self._records) - self._limits.max_audits
        if waiting >= self._limits.max_waiting_audits:
            raise BusyError("too many audits wait", retry_after=int(_MINUTE))

    def _require_rate(self, client: str) -> None:
        moment = time.monotonic()
        self._asked = {name: times for name, times in self._asked.items() if times[-1] > moment - _MINUTE}
        times = self._asked.setdefault(client, deque())
        while times and times[0] <= moment - _MINUTE:
            times.popleft()
        most = self._limits.max_audits_per_minute
        if len(times) >= most:
            wait = int(times[0] + _MINUTE - moment) + 1
            raise BusyError(f"{most} audits a minute are the most for one client", retry_after=wait)
        times.append(moment)

    def _begin(self, record: AuditRecord) -> None:
        record.write(self._store)
        documents.write(self._store, keys.run(record.id, DOCUMENT), SCOPE)
        documents.write(self._store, keys.run(record.id, "images.json"), named_images(record.images))

    def _forget(self, audit: str) -> None:
        self._tasks.pop(audit, None)
        self._records.pop(audit, None)

    async def _run(self, record: AuditRecord) -> AuditRecord:
        with span("audit", Kind.CONSUMER, {"praxi.run": record.id, "praxi.image": record.image}) as opened:
            last = await self._ended(record)
            if last.state is not AuditState.DONE:
                opened.fail(last.code or last.state)
            return last

    async def _ended(self, record: AuditRecord) -> AuditRecord:
        try:
            async with self._running, asyncio.timeout(self._limits.max_audit_seconds):
                await AuditSteps(record, self._options, self._store, self._update).run()
            state, code, error, retryable = AuditState.DONE, "", "", False
        except (asyncio.CancelledError, AuditCancelledError):
            state, code, error, retryable = AuditState.CANCELLED, "cancelled", "cancelled", False
        except TimeoutError:
            error = f"it took longer than {self._limits.max_audit_seconds} s"
            state, code, retryable = AuditState.FAILED, "deadline", False
        except (EndedStepError, PraxiError, OSError) as failure:
            code, why, retryable = failure_of(failure)
            state, error = AuditState.FAILED, one_line(why)
        self._metrics.audited(state)
        logger.info("audit %s of %s: %s", record.id, ", ".join(record.images[:10]), state)
        last = self._records[record.id].at(state, error=error, code=code, retryable=retryable)
        self._records[record.id] = last
        await asyncio.to_thread(last.write, self._store)
        return last

    async def _update(self, record: AuditRecord, progress: Progress) -> None:
        made = self._records[record.id].at(
            progress.state, progress.batches, progress.read, step=progress.step
        )
        self._records[record.id] = made
        await asyncio.to_thread(made.write, self._store)


def _new_id() -> str:
    return f"serve-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(8)}"
