"""An audit on request, as the store keeps it: every replica of the service can tell how far it is."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.store import Store, documents, keys

_RECORD: Final = "request.json"
_CANCELLED: Final = "cancelled.json"


class AuditState(enum.StrEnum):
    """How far an audit is; the last four are final."""

    WAITING = "waiting"
    PLANNING = "planning"
    READING = "reading"
    PREDICTING = "predicting"
    REPORTING = "reporting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        """Whether nothing comes after it."""
        return self in _FINAL


_FINAL: Final = frozenset({AuditState.DONE, AuditState.FAILED, AuditState.CANCELLED, AuditState.LOST})


class AuditRecord(msgspec.Struct, frozen=True):
    """One audit.

    Attributes
    ----------
    image, images
        The first that it is asked for, and all of them.
    client
        Who asked for it.
    chain, step
        Which chain it goes by, and which step it is at, or ended at.
    batches, read
        How many batches of layers there are to read, and how many are read.
    error, code
        Why it failed, and the word for it that programs read.
    retryable
        Whether asking again may help.
    updated
        When this was written, ISO 8601.
    """

    id: str
    image: str
    client: str
    state: AuditState = AuditState.WAITING
    batches: int = 0
    read: int = 0
    error: str = ""
    created: str = ""
    updated: str = ""
    images: tuple[str, ...] = ()
    chain: str = ""
    step: str = ""
    code: str = ""
    retryable: bool = False

    def at(
        self,
        state: AuditState,
        batches: int = -1,
        read: int = -1,
        *,
        step: str = "",
        error: str = "",
        code: str = "",
        retryable: bool = False,
    ) -> AuditRecord:
        """Return the audit in another state, now; what is not given stays."""
        return msgspec.structs.replace(
            self,
            state=state,
            batches=self.batches if batches < 0 else batches,
            read=self.read if read < 0 else read,
            step=step or self.step,
            error=error,
            code=code,
            retryable=retryable,
            updated=now(),
        )

    def write(self, store: Store) -> None:
        """Store it."""
        documents.write(store, keys.run(self.id, _RECORD), self)

    def failed(self, code: str, error: str) -> AuditRecord:
        """Return the audit as one that failed now."""
        return self.at(AuditState.FAILED, code=code, error=error)


def read_record(store: Store, audit: str) -> AuditRecord:
    """Return an audit.

    Raises
    ------
    KeyNotFoundError
        If nobody asked for one of that id.
    CorruptObjectError
        If what is stored is damaged, or the record of another audit.
    """
    found = documents.read(store, keys.run(audit, _RECORD), AuditRecord)
    if found.id != audit:
        raise CorruptObjectError("a record is of another audit", where=audit)
    return found


def ask_to_cancel(store: Store, audit: str) -> None:
    """Leave word for the replica that is at an audit."""
    store.put(keys.run(audit, _CANCELLED), documents.encode({"at": now()}))


def is_asked_to_cancel(store: Store, audit: str) -> bool:
    """Return whether somebody left word."""
    return store.exists(keys.run(audit, _CANCELLED))


def now() -> str:
    """Return the time as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
