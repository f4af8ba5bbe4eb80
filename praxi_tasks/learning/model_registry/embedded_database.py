"""The registry's database as one file, which is there whole or not at all.

MLflow makes its tables and then changes them in some forty migrations, each committed by itself. Whoever is
killed between two of them, or makes the tables while another process does, leaves a file that no later
program can use. So they are made beside the place where the database belongs, and moved there.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SCHEME: Final = "sqlite:///"


def database_uri(file: Path) -> str:
    """Return what MLflow calls the database in ``file``."""
    return f"{_SCHEME}{file}"


def database_file(uri: str) -> Path | None:
    """Return the file of a database that is one; None where ``uri`` names a server."""
    return Path(uri.removeprefix(_SCHEME)) if uri.startswith(_SCHEME) else None


def make_database(file: Path) -> None:
    """Make MLflow's database in ``file``, unless it is there.

    Raises
    ------
    OSError
        If the folder can't be written.
    MlflowException
        If MLflow can't make its tables.
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

    # The root is what MLflow's own client takes where none is said; each of our runs names its own.
    store = SqlAlchemyStore(database_uri(file), "mlruns")  # type: ignore[no-untyped-call]
    store.engine.dispose()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep other processes out; the system lets go of the lock of one that is killed."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
