"""Creates the registry's SQLite database atomically.

MLflow creates its tables and then changes them in some forty migrations, each committed by itself. A process
that is killed between two of them, or runs while another creates the tables, leaves a file that no later
process can use. So the database is created under another name, by one process at a time, and renamed.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SCHEME: Final = "sqlite:///"


def database_uri(file: Path) -> str:
    """Return MLflow's URI of the database in ``file``."""
    return f"{_SCHEME}{file}"


def database_file(uri: str) -> Path | None:
    """Return the file of the database at ``uri``; ``None`` where ``uri`` names a server."""
    return Path(uri.removeprefix(_SCHEME)) if uri.startswith(_SCHEME) else None


def make_database(file: Path) -> None:
    """Create MLflow's database in ``file``, unless it exists.

    Raises
    ------
    OSError
        If the folder can't be written.
    MlflowException
        If MLflow can't create its tables.
    """
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with _alone(file.with_name(f"{file.name}.lock")):
        if file.exists():
            return
        unfinished = file.with_name(f"{file.name}.new")
        for left_over in file.parent.glob(f"{unfinished.name}*"):
            left_over.unlink()
        _fill(unfinished)
        unfinished.rename(file)


def _fill(file: Path) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)  # it tells that it makes tables
    # MLflow's default artifact root; our experiments name their own.
    store = SqlAlchemyStore(database_uri(file), "mlruns")  # type: ignore[no-untyped-call]
    store.engine.dispose()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock against other processes; the system releases that of a killed one."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
