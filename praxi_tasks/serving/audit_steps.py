"""The steps of an audit on request, each a command in a process of its own, as the chain declares them."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from praxi_tasks.environment import inherited
from praxi_tasks.errors import ExitCode, PraxiError
from praxi_tasks.json_decoding import decode
from praxi_tasks.serving.audit_record import AuditRecord, AuditState, is_asked_to_cancel
from praxi_tasks.serving.chain import STANDARD, BuiltIn, Chain, Document, Step
from praxi_tasks.store import Store, documents, keys
from praxi_tasks.tracing import trace_headers

logger = logging.getLogger(__name__)

_LOOK: Final = 2.0  # seconds between two looks for word that an audit is cancelled
_GRACE: Final = 10.0
_LINE: Final = 1 << 16
_TYPED: Final = re.compile(r"praxi: (?P<code>[a-z-]+): (?P<event>.*)")
_STATES: Final = {
    Document.PLAN: AuditState.PLANNING,
    Document.FINGERPRINTS: AuditState.READING,
    Document.PREDICTIONS: AuditState.PREDICTING,
    Document.REPORT: AuditState.REPORTING,
    Document.FINDINGS: AuditState.REPORTING,
}


class AuditCancelledError(Exception):
    """Somebody cancelled the audit."""


class EndedStepError(Exception):
    """A step's command ended with another code than 0.

    ``code`` is that of its typed error, ``step`` where it did not get as far as one; ``retryable`` says
    whether asking again may help.
    """

    def __init__(self, step: Step, code: str, why: str, *, retryable: bool = False) -> None:
        head = f"the step {step.name} failed: "
        super().__init__(why if why.startswith(head) else head + why)
        self.code = code
        self.retryable = retryable


@dataclass(frozen=True)
class AuditOptions:
    """What all audits have in common.

    Attributes
    ----------
    registries
        Globs of the registries, or beginnings of repositories, whose images may be audited.
    model_uri, feeds, policy
        What the steps that predict and find ask, unless the chain says otherwise.
    chain, chain_file
        The steps, and the file that declares them: none for Praxi's own.
    """

    store_uri: str
    registries: tuple[str, ...]
    platform: str
    model_uri: str
    feeds: str = ""
    policy: str = ""
    chain: Chain = STANDARD
    chain_file: Path | None = None


@dataclass(frozen=True)
class Progress:
    """How far an audit is: its state, its step, how many batches there are and how many are read."""

    state: AuditState
    step: str
    batches: int
    read: int


@dataclass
class AuditSteps:
    """Does the steps of one audit, one after the other.

    Parameters
    ----------
    update
        Is told how far it is.
    """

    record: AuditRecord
    options: AuditOptions
    store: Store
    update: Callable[[AuditRecord, Progress], Awaitable[None]]
    _batches: int = field(default=0, init=False)
    _read: int = field(default=0, init=False)

    async def run(self) -> None:
        """Do all.

        Raises
        ------
        EndedStepError
            If one fails.
        AuditCancelledError
            If somebody left word that the audit is cancelled.
        """
        for step in self.options.chain.steps:
            state = _STATES[step.outputs[0]]
            await self._tell(state, step)
            limit = step.seconds if step.run and step.seconds else None  # others look to it themselves
            try:
                async with asyncio.timeout(limit):
                    await self._do(step)
            except TimeoutError:
                if limit is None:
                    raise
                raise EndedStepError(step, "step", f"it took longer than {limit} s") from None

    async def _do(self, step: Step) -> None:
        if step.run is BuiltIn.FINGERPRINT:
            await self._fingerprint(step)
        else:
            await self._command(step, self._arguments(step))

    async def _fingerprint(self, step: Step) -> None:
        name = keys.run(self.record.id, "batches.json")
        batches = await asyncio.to_thread(documents.read, self.store, name, list[int])
        self._batches = len(batches)
        for batch in batches:
            self._read = batch
            await self._tell(AuditState.READING, step)
            await self._command(step, ["fingerprint", *self._run, "--batch", str(batch)])
        self._read = self._batches

    async def _tell(self, state: AuditState, step: Step) -> None:
        await self.update(self.record, Progress(state, step.name, self._batches, self._read))

    @property
    def _run(self) -> tuple[str, ...]:
        return "--store", self.options.store_uri, "--run", self.record.id

    def _arguments(self, step: Step) -> list[str]:
        """Return the command that does a step."""
        options = self.options
        match step.run:
            case BuiltIn.PLAN:
                return ["plan", *self._run, "--platform", options.platform]
            case BuiltIn.PREDICT:
                return ["predict", *self._run, "--model", step.model or options.model_uri]
            case BuiltIn.FINDINGS:
                given = {"--feeds": step.feeds or options.feeds, "--policy": step.policy or options.policy}
                return ["report", *self._run, *_given(given)]
            case _:
                given = {"--chain": str(options.chain_file or ""), "--policy": options.policy}
                return ["step", step.name, *self._run, *_given(given)]

    async def _command(self, step: Step, arguments: Sequence[str]) -> None:
        """Run one command to its end; end it where the audit is cancelled."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "praxi_tasks", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
            limit=_LINE,
        )
        saying = asyncio.create_task(_last_line(process.stderr, self.record.id))
        try:
            while not saying.done():
                await asyncio.wait([saying], timeout=_LOOK)
                if await asyncio.to_thread(is_asked_to_cancel, self.store, self.record.id):
                    raise AuditCancelledError
            code = await process.wait()
        finally:
            await _end(process)
            saying.cancel()
        if code:
            how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
            said, why = _typed(saying.result() or f"the command {how}")
            raise EndedStepError(step, said, why, retryable=code < 0 or code == ExitCode.TEMPFAIL)


def _given(options: dict[str, str]) -> list[str]:
    return [word for name, value in options.items() if value for word in (name, value)]


def _environment() -> dict[str, str]:
    """Return the variables of a command: it goes on with the trace, as a service of its own name."""
    traced = {name.upper(): value for name, value in trace_headers().items()}
    return {**inherited(lambda name: name != "OTEL_SERVICE_NAME"), **traced, "PRAXI_LAST_TRY": "1"}


def _typed(line: str) -> tuple[str, str]:
    """Return the code and the sentence of a command's last line, whichever form its log has."""
    try:
        said = decode(line.encode(), dict[str, object])
    except msgspec.DecodeError:
        found = _TYPED.fullmatch(line)
        return (found["code"], found["event"]) if found else ("step", line)
    return str(said.get("code", "step")), str(said.get("event", line))


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


def failure_of(error: Exception) -> tuple[str, str, bool]:
    """Return the code and the sentence of what ended an audit, and whether asking again may help."""
    if isinstance(error, EndedStepError | PraxiError):
        return error.code, str(error), error.retryable
    return "error", str(error), False
