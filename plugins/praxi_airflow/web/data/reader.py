"""Questions of pages to one audit: in threads of their own, for a bounded time and with bounded memory.

Airflow's API server answers all its requests in one event loop, and its own in a common pool of threads:
pages wait in neither. One DuckDB in memory has the prepared files attached, so one limit holds for all.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from praxi_airflow.web.data.audits import Audits
from praxi_airflow.web.data.prepared import SEALED, PreparedFiles
from praxi_airflow.web.data.restriction import Restriction
from praxi_tasks.errors import PraxiError, StoreUnavailableError
from praxi_tasks.findings.report import Overview
from praxi_tasks.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
Row = dict[str, Any]

_THREADS: Final = 4
_MOST_WAITING: Final = 32
_MOST_ATTACHED: Final = 6
_MOST_PAST: Final = 30
_PATIENCE: Final = 2.0  # seconds in which a file may be made before the page says that it is


class PreparingError(PraxiError):
    """An audit's tables are being made ready: ask again within seconds."""

    code = "preparing"
    retryable = True


class NoAuditError(PraxiError):
    """The store has no complete audit yet."""

    code = "no-audit"


class TimeLimitError(PraxiError):
    """A question took longer than it may."""

    code = "time-limit"
    retryable = True


class Audit:
    """One audit, to be asked from one thread.

    Attributes
    ----------
    overview
        What it says of itself.
    audits
        The store's others.
    """

    def __init__(
        self,
        overview: Overview,
        cursor: DuckDBPyConnection,
        reader: AuditReader,
        only: Restriction | None = None,
    ) -> None:
        self.overview = overview
        self.audits = reader.audits
        self._cursor = cursor
        self._reader = reader
        self._only = only

    def other(self, overview: Overview) -> str:
        """Return what stands before a table's name for the same table of another audit: ``NAME.causes``.

        Raises
        ------
        PraxiError
            As :meth:`AuditReader.ask`.
        """
        return self._reader.attached(overview)

    def rows(self, question: str, given: list[Any] | None = None) -> list[Row]:
        """Return what a statement selects, by the columns' names; values are given apart, for each ``?``."""
        answer = self._cursor.execute(question, given or [])
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def past_images(self, repository: str, cluster: str) -> list[Row]:
        """Return the images of a repository in this audit and the last of its line, the newest first.

        Raises
        ------
        PraxiError
            If a table can't be read.
        """
        past = (self.overview, *self.audits.before(self.overview, _MOST_PAST))
        allowed, given = (self._only.condition, self._only.values) if self._only else ("true", [])
        files = [str(self._reader.files.images_table(overview)) for overview in past]
        return self.rows(
            f"""SELECT run, make_timestamp(epoch_us("at")) AS "at", image, digest, state, reason,
                namespaces, base, critical,
            high, medium, unknown, low, info FROM read_parquet(?, union_by_name = true)
            WHERE cluster = ? AND (image = ? OR starts_with(image, ? || ':') OR starts_with(image, ? || '@'))
                AND {allowed}
            ORDER BY "at" DESC, image""",
            [files, cluster, repository, repository, repository, *given],
        )

    def row(self, question: str, given: list[Any] | None = None) -> Row:
        """Return the only row that a statement selects."""
        (row,) = self.rows(question, given)
        return row


class AuditReader:
    """Asks the audits of a store.

    Parameters
    ----------
    store
        Where they are.
    folder
        Where prepared files are kept.
    memory
        How much DuckDB may use, as ``1GB``.
    seconds
        How long one page's questions may take.
    """

    def __init__(self, store: Store, folder: Path, memory: str, seconds: float) -> None:
        self.store = store
        self.audits = Audits(store)
        self.files = PreparedFiles(store, folder, memory)
        self._memory = memory
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="praxi-pages")
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="praxi-prepares")
        self._making: dict[Path, Future[Path]] = {}
        self._attached: OrderedDict[Path, str] = OrderedDict()
        self._waiting = 0
        self._lock = threading.Lock()

    async def ask(self, work: Callable[[Audit], T], run: str = "", only: Restriction | None = None) -> T:
        """Return what ``work`` finds in an audit: that of a run, or the newest.

        Parameters
        ----------
        only
            What of it may be seen; all of it without.

        Raises
        ------
        NoAuditError
            If there is none.
        PreparingError
            If its tables are being made ready.
        TimeLimitError
            If it takes too long, or too many others ask.
        PraxiError
            If the store can't be read, or there is no such run.
        """
        return await self.call(lambda: self._answer(work, run, only))

    async def call(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, in one of the pages' threads.

        Raises
        ------
        TimeLimitError
            If too many wait already.
        """
        with self._lock:
            if self._waiting >= _MOST_WAITING:
                raise TimeLimitError("too many pages are asked for at once", action="try again in a moment")
            self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            with self._lock:
                self._waiting -= 1

    def attached(self, overview: Overview) -> str:
        """Return the name by which an audit's tables are attached.

        Raises
        ------
        PreparingError
            If they are being made ready.
        """
        path = self._prepared(overview)
        with self._lock:
            return self._attach(path)

    def _answer(self, work: Callable[[Audit], T], run: str, only: Restriction | None) -> T:
        overview = self.audits.overview(run) if run else self.audits.latest()
        if overview is None:
            raise NoAuditError("there is no complete audit yet", action="run the Dag praxi_audit")
        name = self.attached(overview)
        with self._cursor(name) as cursor, self._limited(cursor):
            if only:
                only.apply(cursor, name)
            return work(Audit(overview, cursor, self, only))

    def _prepared(self, overview: Overview) -> Path:
        path = self.files.path(overview)
        if path.exists():
            return path
        with self._lock:
            making = self._making.get(path)
            if making is None or making.done():
                making = self._making[path] = self._maker.submit(self.files.make, overview)
        try:
            return making.result(_PATIENCE)
        except TimeoutError:
            raise PreparingError("the audit's tables are being made ready", action="wait a moment") from None
        finally:
            with self._lock:
                if making.done():
                    self._making.pop(path, None)

    @contextmanager
    def _cursor(self, name: str) -> Iterator[DuckDBPyConnection]:
        cursor = self._database.cursor()
        try:
            cursor.execute(f"USE {name}")
            yield cursor
        finally:
            cursor.close()

    def _attach(self, path: Path) -> str:
        """Return the name by which a file is attached; those that were not used for longest are let go."""
        if path not in self._attached:
            name = f"audit_{path.stem}"
            source = str(path).replace("'", "''")
            self._database.execute(f"ATTACH IF NOT EXISTS '{source}' AS {name} (READ_ONLY)")
            self._attached[path] = name
        self._attached.move_to_end(path)
        while len(self._attached) > _MOST_ATTACHED:
            _, oldest = self._attached.popitem(last=False)
            self._database.execute(f"DETACH DATABASE IF EXISTS {oldest}")
        return self._attached[path]

    @contextmanager
    def _limited(self, cursor: DuckDBPyConnection) -> Iterator[None]:
        import duckdb

        timer = threading.Timer(self._seconds, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException:
            action = "ask for less: filter by namespace or severity"
            raise TimeLimitError(f"it took longer than {self._seconds:g} s", action=action) from None
        except duckdb.OutOfMemoryException as error:
            raise StoreUnavailableError(
                "the pages' memory does not suffice", action="raise [praxi] pages_memory"
            ) from error
        finally:
            timer.cancel()

    @functools.cached_property
    def _database(self) -> DuckDBPyConnection:
        import duckdb

        settings = {**SEALED, "memory_limit": self._memory, "threads": 2, "temp_directory": ""}
        return duckdb.connect(":memory:", config=settings)
