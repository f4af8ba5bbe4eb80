"""The one reader of the process: of the store that the settings name, with their limits."""

from __future__ import annotations

import threading

from praxi_airflow.hooks import connected_store
from praxi_airflow.settings import Settings, load_settings
from praxi_airflow.web.data import AuditReader

_lock = threading.Lock()
_opened: list[tuple[Settings, AuditReader]] = []


def reader() -> AuditReader:
    """Return the reader; once a setting changes it is another.

    Raises
    ------
    SettingsError
        If a setting, or the connection to the store, can't be right.
    """
    settings = load_settings()
    with _lock:
        if not _opened or _opened[0][0] != settings:
            pages = settings.pages
            opened = AuditReader(connected_store(settings), pages.cache, f"{pages.memory}B", pages.seconds)
            _opened[:] = [(settings, opened)]
        return _opened[0][1]
