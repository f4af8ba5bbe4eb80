"""Why something of an audit failed, as its documents carry it, and the boundary that makes it so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from praxi_tasks.environment import boolean, read
from praxi_tasks.errors import PraxiError, StoreUnavailableError
from praxi_tasks.isolation import unit
from praxi_tasks.printable import one_line

logger = logging.getLogger(__name__)

T = TypeVar("T")

_CODES: Final[dict[type[Exception], str]] = {
    RecursionError: "too-deep",
    MemoryError: "out-of-memory",
    UnicodeError: "bad-text",
    OverflowError: "bad-number",
}


class Failure(msgspec.Struct, frozen=True):
    """A typed error in a document: its code, its sentence, and whether trying again may help."""

    code: str
    message: str
    retryable: bool = False


class UnfinishedError(PraxiError):
    """Part of the work met errors that may pass; what could be done is done and stored."""

    code = "unfinished"
    retryable = True


def attempt(work: Callable[[], T], where: str) -> T | Failure:
    """Do ``work`` and return its result, or the failure it ended in.

    One bad image never ends its batch, so an error of any kind is caught here; one that is not Praxi's own
    is a defect and logged with its traceback. So is the end of an interpreter, where a command is supervised
    (:mod:`praxi_tasks.isolation`). Only a store that is down is raised: nothing else would succeed either.
    """
    try:
        with unit(where):
            return work()
    except StoreUnavailableError:
        raise
    except PraxiError as error:
        return Failure(error.code, one_line(str(error)), error.retryable)
    except Exception as error:
        logger.exception("%s: unexpected error", one_line(where))
        what = f"{type(error).__name__}: {error} ({where}); report this with the task's log"
        return Failure(_code_of(error), one_line(what))


def _code_of(error: Exception) -> str:
    """Return what to count an error as that Praxi did not raise itself."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), "internal")


def is_last_try() -> bool:
    """Return whether whoever started this command will not start it again (``PRAXI_LAST_TRY=1``)."""
    return read("PRAXI_LAST_TRY", boolean, default=False)
