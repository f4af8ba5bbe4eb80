"""The data of trainings: requests, stored releases, recordings, and files of releases.

Airflow's processes import the requests from here and have no numpy, so names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.learning.data.bundled_releases import choose, import_bundled, write_bundled
    from praxi_tasks.learning.data.compressed_lines import open_lines
    from praxi_tasks.learning.data.recordings import Recording, name_changesets, read_changesets
    from praxi_tasks.learning.data.release_files import read_releases
    from praxi_tasks.learning.data.release_store import Identity, ReleaseIndex, ReleaseStore
    from praxi_tasks.learning.data.requests import (
        NewPackage,
        TrainingRequest,
        asked_for,
        mark_served,
        merge,
        of_version,
        open_requests,
        parse_label,
        read_list,
        request_retry,
        retries_are_due,
    )
    from praxi_tasks.learning.data.stored_release import MOST_FILES, StoredRelease
    from praxi_tasks.learning.data.wheel_files import is_wheel, open_wheel, read_wheel

__all__ = [
    "Identity",
    "MOST_FILES",
    "NewPackage",
    "Recording",
    "ReleaseIndex",
    "ReleaseStore",
    "StoredRelease",
    "TrainingRequest",
    "asked_for",
    "choose",
    "import_bundled",
    "is_wheel",
    "mark_served",
    "merge",
    "name_changesets",
    "of_version",
    "open_lines",
    "open_requests",
    "open_wheel",
    "parse_label",
    "read_changesets",
    "read_list",
    "read_releases",
    "read_wheel",
    "request_retry",
    "retries_are_due",
    "write_bundled",
]

_MODULES: Final = {
    "Identity": "release_store",
    "MOST_FILES": "stored_release",
    "NewPackage": "requests",
    "Recording": "recordings",
    "ReleaseIndex": "release_store",
    "ReleaseStore": "release_store",
    "StoredRelease": "stored_release",
    "TrainingRequest": "requests",
    "asked_for": "requests",
    "choose": "bundled_releases",
    "import_bundled": "bundled_releases",
    "is_wheel": "wheel_files",
    "mark_served": "requests",
    "merge": "requests",
    "name_changesets": "recordings",
    "of_version": "requests",
    "open_lines": "compressed_lines",
    "open_requests": "requests",
    "open_wheel": "wheel_files",
    "parse_label": "requests",
    "read_changesets": "recordings",
    "read_list": "requests",
    "read_releases": "release_files",
    "read_wheel": "wheel_files",
    "request_retry": "requests",
    "retries_are_due": "requests",
    "write_bundled": "bundled_releases",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
