"""Audits on request: the steps of a run by hand over the same store, each in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from praxi_tasks.audit import named_images
from praxi_tasks.environment import inherited
from praxi_tasks.errors import KeyNotFoundError, PraxiError
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.oci.image import Reference
from praxi_tasks.printable import one_line
from praxi_tasks.serving.audit_record import (
    AuditRecord,
    AuditState,
    ask_to_cancel,
    is_asked_to_cancel,
    now,
    read_record,
)
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.refusals import BusyError, NotAllowedError, UnknownError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

SCOPE: Final = Scope(kind="manual", named=True)
_ID: Final = re.compile(r"serve-[0-9]{8}T[0-9]{6}-[0-9a-f]{16}")
_LOOK: Final = 2.0  # seconds between two looks for word that an audit is cancelled
_GRACE: Final = 10.0
_LINE: Final = 1 << 16
_MINUTE: Final = 60.0


class _CancelledError(Exception):
    """Somebody cancelled the audit."""


class _StepError(Exception):
    """A step ended with another code than 0; its text is the last line that it said."""


@dataclass(frozen=True)
class AuditOptions:
    """What all audits have in common.

    Attributes
    ----------
    registries
        Globs of the registries, or beginnings of repositories, whose images may be audited.
    predict
        The arguments of the step that predicts, by the run's id.
    report
        Arguments of the step that reports: feeds and policy.
    """

    store_uri: str
    registries: tuple[str, ...]
    platform: str
    predict: Callable[[str], Sequence[str]]
    report: Sequence[str] = ()


class Audits:
    """Runs audits, a few at once, and keeps the others waiting."""

    def __init__(self, options: AuditOptions, store: Store, limits: ServingLimits, metrics: Metrics) -> None:
        self._options = options
        self._store = store
        self._limits = limits
        self._metrics = metrics
        self._records: dict[str, AuditRecord] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._running = asyncio.Semaphore(limits.max_audits)
        self._asked: dict[str, deque[float]] = {}

    async def submit(self, image: str, client: str) -> AuditRecord:
        """Begin an audit.

        Raises
        ------
        InvalidReferenceError
            If the image is no reference of a registry.
        NotAllowedError
            If it is of a registry that is not allowed.
        BusyError
            If too many audits wait, or the client asked for too many.
        """
        reference = str(self._allowed(image))
        self._require_room(client)
        record = AuditRecord(_new_id(), reference, client, created=now(), updated=now())
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

    def _require_room(self, client: str) -> None:
        waiting = len(self._records) - self._limits.max_audits
        if waiting >= self._limits.max_waiting_audits:
            raise BusyError("too many audits wait", retry_after=int(_MINUTE))
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
        documents.write(self._store, keys.run(record.id, "images.json"), named_images([record.image]))

    def _forget(self, audit: str) -> None:
        self._tasks.pop(audit, None)
        self._records.pop(audit, None)

    async def _run(self, record: AuditRecord) -> None:
        try:
            async with self._running, asyncio.timeout(self._limits.max_audit_seconds):
                await self._steps(record)
            state, error = AuditState.DONE, ""
        except (asyncio.CancelledError, _CancelledError):
            state, error = AuditState.CANCELLED, "cancelled"
        except TimeoutError:
            state, error = AuditState.FAILED, f"it took longer than {self._limits.max_audit_seconds} s"
        except (_StepError, PraxiError, OSError) as failure:
            state, error = AuditState.FAILED, one_line(str(failure))
        self._metrics.audited(state)
        logger.info("audit %s of %s: %s", record.id, record.image, state)
        last = self._records[record.id].at(state, error=error)
        self._records[record.id] = last
        await asyncio.to_thread(last.write, self._store)

    async def _steps(self, record: AuditRecord) -> None:
        options, run = self._options, ("--store", self._options.store_uri, "--run", record.id)
        await self._update(record, AuditState.PLANNING)
        await self._step(record, ["plan", *run, "--platform", options.platform])
        batches = await asyncio.to_thread(
            documents.read, self._store, keys.run(record.id, "batches.json"), list[int]
        )
        for batch in batches:
            await self._update(record, AuditState.READING, len(batches), batch)
            await self._step(record, ["fingerprint", *run, "--batch", str(batch)])
        await self._update(record, AuditState.PREDICTING, len(batches), len(batches))
        await self._step(record, options.predict(record.id))
        await self._update(record, AuditState.REPORTING, len(batches), len(batches))
        await self._step(record, ["report", *run, *options.report])

    async def _update(
        self, record: AuditRecord, state: AuditState, batches: int = -1, read: int = -1
    ) -> None:
        made = self._records[record.id].at(state, batches=batches, read=read)
        self._records[record.id] = made
        await asyncio.to_thread(made.write, self._store)

    async def _step(self, record: AuditRecord, arguments: Sequence[str]) -> None:
        """Run one command to its end; end it where the audit is cancelled."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "praxi_tasks", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**inherited(bool), "PRAXI_LAST_TRY": "1"},
            limit=_LINE,
        )
        saying = asyncio.create_task(_last_line(process.stderr, record.id))
        try:
            while not saying.done():
                await asyncio.wait([saying], timeout=_LOOK)
                if await asyncio.to_thread(is_asked_to_cancel, self._store, record.id):
                    raise _CancelledError
            code = await process.wait()
        finally:
            await _end(process)
            saying.cancel()
        if code:
            raise _StepError(saying.result() or f"the step {arguments[0]} ended with {code}")


async def _last_line(stream: asyncio.StreamReader | None, audit: str) -> str:
    """Log what a command says until it ends, and return the last of it."""
    last = ""
    while stream is not None:
        try:
            line = await stream.readline()
        except ValueError:  # longer than the limit, of which the rest follows
            continue
        if not line:
            break
        last = line.decode(errors="replace").strip() or last
        logger.debug("audit %s: %s", audit, last)
    return last


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a command that still runs: it is asked to, and its children end with it."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _new_id() -> str:
    return f"serve-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(8)}"
