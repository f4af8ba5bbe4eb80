"""An audit's tables as pages read them: a DuckDB file, made once, with what would take long worked out.

The Parquet files are right for whoever asks one question of many audits. A page asks many small questions of
one, so this file numbers the images, orders each table by what it is asked for, and holds the sums over
images, causes and packages (``prepare.sql``). Its name is a hash of the tables that it was made from.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from praxi_airflow.web.data.statements import statement
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.report import Overview, TableFile
from praxi_tasks.store import Store, keys

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES: Final = ("images", "layers", "components", "software", "findings", "coverage")
SEALED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""DuckDB's settings under which it fetches nothing from anywhere."""
_MOST_FILES: Final = 8
_MOST_SMALL: Final = 200
_PART: Final = 1 << 20


class PreparedFiles:
    """The prepared files of one store's audits, in a folder that several processes may share.

    Parameters
    ----------
    store
        Where the tables are.
    folder
        Made when it is needed; what is not among the last few that were used is deleted.
    memory
        How much DuckDB may use while it makes a file, in its own words: ``1GB``.
    """

    def __init__(self, store: Store, folder: Path, memory: str) -> None:
        self._store = store
        self._folder = folder
        self._memory = memory

    def path(self, overview: Overview) -> Path:
        """Return where an audit's file is, or will be."""
        parts = (overview.run, overview.tables, overview.routes, _statements())
        return self._folder / f"{hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]}.duckdb"

    def make(self, overview: Overview) -> Path:
        """Return an audit's file, which is made if it is not there.

        Raises
        ------
        KeyNotFoundError, StoreUnavailableError
            If the tables can't be read.
        CorruptObjectError
            If a table is missing or is another than its audit says.
        """
        target = self.path(overview)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._alone(target):
            if not target.exists():
                with tempfile.TemporaryDirectory(dir=self._folder, prefix="making-") as place:
                    made = self._made(overview, Path(place))
                    made.rename(target)
        target.touch()
        self._forget_old()
        return target

    def images_table(self, overview: Overview) -> Path:
        """Return a copy of an audit's table of images, which is small: for questions about many audits.

        Raises
        ------
        KeyNotFoundError, StoreUnavailableError, CorruptObjectError
            As :meth:`make`.
        """
        file = overview.tables.get("images")
        target = self._folder / f"{file.sha256 if file else ''}.images.parquet"
        if not target.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix="making-") as place:
                self._fetch(overview, "images", Path(place) / "images")
                (Path(place) / "images").rename(target)
        return target

    def _made(self, overview: Overview, place: Path) -> Path:
        import duckdb

        for name in TABLES:
            self._fetch(overview, name, place / f"{name}.parquet")
        made = place / "audit.duckdb"
        settings = {**SEALED, "memory_limit": self._memory, "temp_directory": str(place / "spilled")}
        with duckdb.connect(made, config=settings) as connection:
            for name in TABLES:
                table = connection.read_parquet(str(place / f"{name}.parquet"))
                table.create_view(f"parquet_{name}")
            _add_teams(connection, overview)
            connection.execute(_statements())
            for name in TABLES:
                connection.execute(f"DROP VIEW parquet_{name}")
        return made

    def _fetch(self, overview: Overview, name: str, target: Path) -> None:
        key = keys.run(overview.run, f"tables/{name}.parquet")
        file = overview.tables.get(name)
        if file is None:
            raise _unusable(f"the audit has no table {name}", f"{self._store.uri}/{key}")
        self._store.download(key, target)
        if _described(target) != file:
            raise _unusable("the table is another than its audit says", f"{self._store.uri}/{key}")

    @contextmanager
    def _alone(self, target: Path) -> Iterator[None]:
        """Let one process after the other make a file; the lock of one that dies ends with it."""
        with target.with_suffix(".lock").open("wb") as lock:
            flock(lock, LOCK_EX)
            yield

    def _forget_old(self) -> None:
        for kind, most in (("*.duckdb", _MOST_FILES), ("*.images.parquet", _MOST_SMALL)):
            files = sorted(self._folder.glob(kind), key=_last_used, reverse=True)
            for file in files[most:]:
                file.unlink(missing_ok=True)
                file.with_suffix(".lock").unlink(missing_ok=True)


def _add_teams(connection: DuckDBPyConnection, overview: Overview) -> None:
    """Say whose each namespace is: the team of the policy's first route with a glob that matches."""
    connection.execute("CREATE TABLE teams (namespace VARCHAR, team VARCHAR)")
    found = connection.execute("SELECT DISTINCT unnest(namespaces) FROM parquet_images").fetchall()
    rows = [(name, team) for (name,) in found if (team := _team(overview, name))]
    if rows:
        connection.executemany("INSERT INTO teams VALUES (?, ?)", rows)


def _team(overview: Overview, namespace: str) -> str:
    for route in overview.routes:
        if any(fnmatchcase(namespace, pattern) for pattern in route.namespaces):
            return route.team
    return ""


def _statements() -> str:
    return statement("prepare").replace("{causes}", statement("causes"))


def _described(path: Path) -> TableFile:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for part in iter(lambda: file.read(_PART), b""):
            digest.update(part)
    return TableFile(digest.hexdigest(), path.stat().st_size)


def _unusable(what: str, where: str) -> CorruptObjectError:
    return CorruptObjectError(what, where=where, action="run the audit's task `report` again")


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
