"""Audits on request: a queue of runs by hand over the same store, of which a few run at once.

A marker in the store says which requests are still to be done, and a claim which replica is at one: where a
replica is gone, another goes on. Whoever asks for an audit under an id of its own looks to that itself.
"""

from __future__ import annotations

import asyncio
import hashlib
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
from praxi_tasks.serving.claims import Claim, Claims
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.refusals import BusyError, NotAllowedError, UnknownError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.store import Store, documents, keys
from praxi_tasks.tracing import Kind, span

logger = logging.getLogger(__name__)

SCOPE: Final = Scope(kind="manual", named=True)
_FATAL: Final = "the services that were at it ended, one after the other"
_ID: Final = re.compile(r"serve-[0-9]{8}T[0-9]{6}-[0-9a-f]{16}")
_MINUTE: Final = 60.0


class Audits:
    """Runs audits, a few at once, and keeps the others waiting.

    Parameters
    ----------
    replica
        The name under which this replica claims what it is at.
    """

    def __init__(
        self,
        options: AuditOptions,
        store: Store,
        limits: ServingLimits,
        metrics: Metrics,
        replica: str = "",
    ) -> None:
        self.claims = Claims(store, replica, limits.max_claim_seconds)
        self._options = options
        self._store = store
        self._limits = limits
        self._metrics = metrics
        self._records: dict[str, AuditRecord] = {}
        self._tasks: dict[str, asyncio.Task[AuditRecord]] = {}
        self._running = asyncio.Semaphore(limits.max_audits)
        self._asked: dict[str, deque[float]] = {}
        self._abandoned: set[str] = set()

    @property
    def has_room(self) -> bool:
        """Whether one more may wait."""
        return len(self._records) - self._limits.max_audits < self._limits.max_waiting_audits

    def is_at(self, audit: str) -> bool:
        """Return whether this replica is at an audit."""
        return audit in self._records

    async def submit(self, images: Sequence[str], client: str, audit: str = "") -> AuditRecord:
        """Begin an audit of one image or several.

        Parameters
        ----------
        audit
            Its id, where somebody else chose it: then no rate of a client counts, and no marker is written.

        Raises
        ------
        InvalidReferenceError
            If an image is no reference of a registry.
        NotAllowedError
            If one is of a registry that is not allowed.
        BusyError
            If too many audits wait, or the client asked for too many.
        """
        references = self._references(images)
        self._require_room()
        if not audit:
            self._require_rate(client)
        record = self._record(references, client, audit or _new_id())
        self._records[record.id] = record  # it counts from here on
        try:
            await asyncio.to_thread(self._begin, record)
            claim = None if audit else await asyncio.to_thread(self._claim, record.id)
        except BaseException:
            del self._records[record.id]
            raise
        self._start(record, claim)
        return record

    async def resume(self, record: AuditRecord, claim: Claim) -> None:
        """Begin an audit anew that another replica was at, under a claim that this one took over.

        Raises
        ------
        InvalidReferenceError, NotAllowedError
            As :meth:`submit`.
        """
        self._references(record.images)
        begun = record.at(AuditState.WAITING, 0, 0)
        self._records[record.id] = begun
        try:
            await asyncio.to_thread(self._begin, begun)
        except BaseException:
            del self._records[record.id]
            raise
        self._start(begun, claim)

    async def run(self, images: Sequence[str], client: str, audit: str) -> AuditRecord:
        """Begin an audit, and return it when it has ended; see :meth:`submit`."""
        record = await self.submit(images, client, audit)
        return await asyncio.shield(self._tasks[record.id])

    async def fail(self, images: Sequence[str], client: str, audit: str) -> None:
        """Say of an audit that it ended whoever was at it too often."""
        record = self._record(tuple(images), client, audit)
        await asyncio.to_thread(record.failed(AuditState.LOST.value, _FATAL).write, self._store)

    def abandon(self, audit: str) -> None:
        """End an audit that another replica goes on with, and write nothing more of it."""
        if audit in self._records:
            self._abandoned.add(audit)
        if task := self._tasks.get(audit):
            task.cancel()

    async def get(self, audit: str) -> AuditRecord:
        """Return how far an audit is; one that no replica is to go on with is lost.

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
            return await asyncio.to_thread(self._stored, audit)
        except KeyNotFoundError as error:
            raise UnknownError("there is no such audit", where=audit) from error

    def _stored(self, audit: str) -> AuditRecord:
        record = read_record(self._store, audit)
        if record.state.is_final or self._is_to_be_done(audit):
            return record
        record = read_record(self._store, audit)  # it may have ended between the two looks
        if record.state.is_final:
            return record
        return record.at(AuditState.LOST, error="the service that was at it ended; ask again")

    async def document(self, record: AuditRecord) -> bytes:
        """Return an audit as JSON: how far it is, and once it is done its ``report`` and ``findings``."""
        content: dict[str, object] = msgspec.structs.asdict(record)
        if record.state is AuditState.DONE:
            for name in ("report", "findings"):
                key = keys.run(record.id, f"{name}.json")
                content[name] = await asyncio.to_thread(documents.read, self._store, key, msgspec.Raw)
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
        """End what runs; it is left to other replicas."""
        tasks = list(self._tasks.values())
        for audit in list(self._tasks):
            self.abandon(audit)
        if tasks:
            await asyncio.wait(tasks)

    def _references(self, images: Sequence[str]) -> tuple[str, ...]:
        return tuple(str(self._allowed(image)) for image in images)

    def _record(self, images: tuple[str, ...], client: str, audit: str) -> AuditRecord:
        chain = self._options.chain.name
        first = next(iter(images), "")
        return AuditRecord(audit, first, client, created=now(), updated=now(), images=images, chain=chain)

    def _claim(self, audit: str) -> Claim:
        return self.claims.begin(audit, keys.served_request(audit))

    def _is_to_be_done(self, audit: str) -> bool:
        """Return whether there is a marker: of the request, or of the window of pushes."""
        markers = keys.served_request(audit), keys.served_window(window_of(audit))
        return any(self._store.exists(marker) for marker in markers)

    def _start(self, record: AuditRecord, claim: Claim | None) -> None:
        work = self._claimed(record, claim) if claim else self._run(record)
        task = asyncio.create_task(work)
        self._tasks[record.id] = task
        task.add_done_callback(lambda _: self._forget(record.id))

    async def _claimed(self, record: AuditRecord, claim: Claim) -> AuditRecord:
        """Run an audit and renew the claim to it; then nobody is to do it any more, unless this one ends."""
        lost = asyncio.Event()

        def give_up() -> None:
            lost.set()
            self.abandon(record.id)

        try:
            async with claim.kept(give_up):
                await self._run(record)
            if lost.is_set():
                logger.warning("another replica is at the audit %s", record.id)
            elif record.id in self._abandoned:
                await asyncio.to_thread(claim.give_back)
            else:
                await asyncio.to_thread(claim.finish, keys.served_request(record.id))
        except PraxiError as error:  # of the store, whose marker says that it is still to be done
            logger.warning("the audit %s waits: %s", record.id, error)
        return self._records[record.id]

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
        if not self.has_room:
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
        self._abandoned.discard(audit)

    async def _run(self, record: AuditRecord) -> AuditRecord:
        with span("audit", Kind.CONSUMER, {"praxi.run": record.id, "praxi.image": record.image}) as opened:
            last = await self._ended(record)
            if last.state is not AuditState.DONE:
                opened.fail(last.code or last.state)
            return last

    async def _ended(self, record: AuditRecord) -> AuditRecord:
        try:
            async with self._running, asyncio.timeout(self._limits.max_audit_seconds):
                self._require_at(record.id)
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
        if record.id in self._abandoned:
            return self._records[record.id]
        self._metrics.audited(state)
        logger.info("audit %s of %s: %s", record.id, ", ".join(record.images[:10]), state)
        last = self._records[record.id].at(state, error=error, code=code, retryable=retryable)
        self._records[record.id] = last
        await asyncio.to_thread(last.write, self._store)
        return last

    def _require_at(self, audit: str) -> None:
        """Raise :class:`AuditCancelledError` if an audit was abandoned before it began."""
        if audit in self._abandoned:
            raise AuditCancelledError

    async def _update(self, record: AuditRecord, progress: Progress) -> None:
        made = self._records[record.id].at(
            progress.state, progress.batches, progress.read, step=progress.step
        )
        self._records[record.id] = made
        await asyncio.to_thread(made.write, self._store)


def _new_id() -> str:
    return f"serve-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(8)}"


def audit_of(window: str) -> str:
    """Return the id of the audit of a window of pushes."""
    return f"serve-{window.removesuffix('Z')}-{hashlib.sha256(window.encode()).hexdigest()[:16]}"


def window_of(audit: str) -> str:
    """Return the window of pushes whose audit has this id, if it is one."""
    return f"{audit.split('-')[1]}Z"
