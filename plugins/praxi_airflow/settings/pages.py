"""The settings of the pages: where they keep prepared tables, and how much a question may take."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from praxi_airflow.settings.section import Section


def _own_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"praxi-pages-{os.getuid()}"


@dataclass(frozen=True, kw_only=True)
class PageSettings:
    """Every field is the setting of that name in the ``[praxi]`` section, with ``pages_`` before it.

    Attributes
    ----------
    cache
        A folder of this machine for prepared tables, which the processes of the API server share; by default
        one of the user's own among the temporary files.
    memory
        How much the database in each process of the API server may use, a quantity as ``1Gi``.
    seconds
        How long the questions of one page may take.
    """

    cache: Path = field(default_factory=_own_folder)
    memory: str = "1Gi"
    seconds: int = 20


def load_page_settings(section: Section) -> PageSettings:
    """Read and check these settings.

    Raises
    ------
    SettingsError
        Naming the one that can't be right.
    """
    return PageSettings(
        cache=Path(section.text("pages_cache", "") or _own_folder()),
        memory=section.quantity("pages_memory", "1Gi"),
        seconds=section.integer("pages_seconds", 20, least=1),
    )
