"""Runs the rest of a command in a child process, and starts it again without the unit at which it died.

What the command did by then is in the store, so that starting again finds most of it done.
"""

from __future__ import annotations

import ctypes
import faulthandler
import logging
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from praxi_tasks.errors import ExitCode, LostCommandError
from praxi_tasks.isolation.settings import IsolationSettings, setting
from praxi_tasks.isolation.units import Watched, watch
from praxi_tasks.printable import one_line

logger = logging.getLogger(__name__)

_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of prctl(2)
_FIRST_TO_GO: Final = "1000"  # of oom_score_adj in proc(5): the kernel ends the child, not its parent
# Sent by people and systems that want the command to end, not by what it reads.
_WANTED: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGQUIT})
_LOOK: Final = 0.1  # seconds between two looks at a child's memory
_LOOK_FOR_TIME: Final = 1.0
_GRACE: Final = 2.5  # seconds that a child has for its last words, where it catches the signal to end
_SIGNALLED: Final = 128  # what shells add to a signal's number


@dataclass(frozen=True)
class _End:
    """How a child ended: by itself with a code, or for a ``cause`` that one of ``units`` may be.

    ``is_certain`` where nothing but the unit at hand can be why.
    """

    code: int = 0
    cause: str = ""
    units: frozenset[str] = frozenset()
    is_certain: bool = False


def supervise(settings: IsolationSettings | None = None) -> None:
    """Fork, and return in the child, which does the work; the parent stays here until all is done.

    A child that a signal ends, that takes too much memory or too long for one :func:`~.units.unit`, is
    replaced: the next one is told of that unit, whose ``with`` block raises, and does everything else.
    Where several units were being done, they are done one by one to find out which it was. What a child
    leaves in its folder of temporary files goes with it.

    Who asks the parent to end (SIGTERM, which process 1 of a container would ignore) ends the child too,
    wherever it is: what it stored is whole, and the next try goes on.

    Raises
    ------
    SystemExit
        In the parent, with the exit code of the last child, or 75 where it was asked to end.
    LostCommandError
        In the parent, if a child died while it was at no unit.
    """
    limits = settings or IsolationSettings.from_environment()
    signal.signal(signal.SIGTERM, _asked_to_end)
    watched = Watched()
    while True:
        end = _run_child(watched, limits)
        if end is None:
            return
        if not end.cause:
            raise SystemExit(end.code)
        _blame(watched, end)


def _asked_to_end(*_: object) -> NoReturn:
    logger.warning("asked to end: what is done is in the store, and the next try goes on from there")
    raise SystemExit(int(ExitCode.TEMPFAIL))


def _run_child(watched: Watched, limits: IsolationSettings) -> _End | None:
    """Fork and wait for the child's end; return None in the child."""
    folder = _temporary_folder()
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent, child = os.getpid(), os.fork()
    if not child:
        os.close(reader)
        _begin(parent, folder, watched)
        return None
    os.close(writer)
    try:
        return _Guard(child, reader, watched, limits).wait()
    finally:
        os.close(reader)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _begin(parent: int, folder: str | None, watched: Watched) -> None:
    """Make a fork a child that ends with its parent, and shows where it is when it crashes."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    faulthandler.enable(sys.__stderr__ or 2)
    tempfile.tempdir = folder
    watch(watched)


class _Guard:
    """Waits for a child, and ends it where it goes beyond the limits."""

    def __init__(self, child: int, reader: int, watched: Watched, limits: IsolationSettings) -> None:
        self._child = child
        self._reader = reader
        self._watched = watched
        self._limits = limits

    def wait(self) -> _End:
        """Return how the child ended, however long that takes."""
        try:
            ended = self._watch()
            status = os.waitpid(self._child, 0)[1]
        except BaseException as error:
            self._end_child()
            if isinstance(error, KeyboardInterrupt):
                raise SystemExit(_SIGNALLED + signal.SIGINT) from None
            raise
        if ended is not None:
            return ended
        code = os.waitstatus_to_exitcode(status)
        if code >= 0 or -code in _WANTED:
            return _End(code if code >= 0 else _SIGNALLED - code)
        cause = f"the process that was at it died by {signal.Signals(-code).name}"
        return _End(code, cause, self._at(), is_certain=-code != signal.SIGKILL)

    def _end_child(self) -> None:
        """Ask the child to end, which most do at once, and insist."""
        os.kill(self._child, signal.SIGTERM)
        select.select([self._reader], [], [], _GRACE)
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)

    def _watch(self) -> _End | None:
        """Return when the child has ended; how, if it was ended here."""
        step = _LOOK if self._limits.max_bytes else _LOOK_FOR_TIME
        while not select.select([self._reader], [], [], step)[0]:
            ended = self._beyond_time() or self._beyond_memory()
            if ended is not None:
                os.kill(self._child, signal.SIGKILL)
                return ended
        return None

    def _beyond_time(self) -> _End | None:
        most = self._limits.max_seconds
        begun = self._watched.journal.begun().items()
        late = frozenset(name for name, began in begun if time.monotonic() - began > most)
        cause = f"it took longer than {most:g} s: raise {setting('max_seconds')} if it is trusted"
        return _End(-1, cause, late, is_certain=True) if late else None

    def _beyond_memory(self) -> _End | None:
        most = self._limits.max_bytes
        if not 0 < most < _resident(self._child):
            return None
        cause = f"it took more than {most:,} bytes of memory: raise {setting('max_bytes')} if it is trusted"
        return _End(-1, cause, self._at())

    def _at(self) -> frozenset[str]:
        return frozenset(self._watched.journal.begun())


def _blame(watched: Watched, end: _End) -> None:
    """Note which unit must not be tried again, or that those at hand must be tried one by one.

    Memory may have been taken by what came before: a unit at which it ran out is tried once more.
    """
    watched.journal.clear()
    units = end.units - watched.lost.keys()
    if not units:
        raise LostCommandError(end.cause, action="look at the log above for what it was at")
    if units <= watched.suspects or (end.is_certain and len(units) == 1):
        for name in units:
            logger.error("%s: %s; the others go on", one_line(name), end.cause)
            watched.lost[name] = end.cause
        watched.suspects.clear()
    else:
        logger.warning("%s; it is one of %d, which are tried one by one", end.cause, len(units))
        watched.suspects |= units


def _resident(process: int) -> int:
    """Return a process's resident bytes; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):  # it has just ended, or this is no Linux
        return 0
    return pages * resource.getpagesize()


def _temporary_folder() -> str | None:
    """Make a folder for a child's temporary files, if there is a place for it: few commands need one."""
    try:
        return tempfile.mkdtemp(prefix="praxi-")
    except OSError:
        return None
