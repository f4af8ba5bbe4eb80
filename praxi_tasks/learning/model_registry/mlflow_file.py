"""The versions in MLflow's database of a local store, read without MLflow and never written."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.learning.model_registry.mlflow_promotions import MODEL_NAME
from praxi_tasks.learning.model_registry.version import FILE_PREFIX, MODEL_TAG, ModelVersion

_VERSIONS: Final = (
    "SELECT version, source, run_id FROM model_versions "
    "WHERE name = ? AND current_stage <> 'Deleted_Internal' ORDER BY version"
)
_TAGS: Final = "SELECT version, key, value FROM model_version_tags WHERE name = ?"
_ALIASES: Final = "SELECT version, alias FROM registered_model_aliases WHERE name = ?"
_PATIENCE: Final = 5.0


def versions_in_file(file: Path) -> list[ModelVersion]:
    """Return all versions, the oldest first; none where nothing was registered yet.

    Raises
    ------
    ModelError
        If the file is no such database.
    RegistryDownError
        If others change it all the time.
    """
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as database:
            return _versions(database)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise RegistryDownError("the model registry is being changed", where=str(file)) from error
        raise _damaged(file, error) from error
    except (sqlite3.DatabaseError, ValueError) as error:
        raise _damaged(file, error) from error


def _versions(database: sqlite3.Connection) -> list[ModelVersion]:
    tags: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for version, key, value in _rows(database, _TAGS):
        tags[version][key] = value or ""
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for version, alias in _rows(database, _ALIASES):
        aliases[version].append(alias)
    return [
        ModelVersion(
            version=str(version),
            uri=(source or "").removeprefix(FILE_PREFIX),
            model=tags[version].get(MODEL_TAG, ""),
            aliases=tuple(sorted(aliases[version])),
            tags=tags[version],
            run=run or "",
        )
        for version, source, run in _rows(database, _VERSIONS)
    ]


def _rows(database: sqlite3.Connection, question: str) -> list[Any]:
    return database.execute(question, [MODEL_NAME]).fetchall()


def _damaged(file: Path, error: Exception) -> ModelError:
    return ModelError(f"the model registry can't be read: {error}", where=str(file), action="see its file")
