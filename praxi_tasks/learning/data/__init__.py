"""The data of trainings: requests, stored releases, recordings, and files of releases.

Airflow's processes import the requests from here and have no numpy, so names are imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.data.bundled_releases import choose, import_bundled, write_bundled
    from praxi_tasks.learning.data.compressed_lines import open_lines
    from praxi_tasks.learning.data.recordings import Recording, name_changesets, read_changesets
    from praxi_tasks.learning.data.release_files import read_releases
    from praxi_tasks.learning.data.release_labels import list_lines, name_lines
    from praxi_tasks.learning.data.release_limits import ReleaseLimits
    from praxi_tasks.learning.data.release_store import Identity, ReleaseIndex, ReleaseStore
    from praxi_tasks.learning.data.requests import (
        NewPackage,
        TrainingRequest,
        asked_for,
        decode_list,
        list_text,
        mark_served,
        merge,
        of_version,
        open_requests,
        parse_label,
        read_list,
        request_retry,
        retries_are_due,
    )
    from praxi_tasks.learning.data.stored_release import StoredRelease
    from praxi_tasks.learning.data.wheel_files import (
        is_wheel,
        list_archive,
        open_wheel,
        open_wheel_file,
        read_wheel,
    )
    from praxi_tasks.learning.data.wheel_record import listed_contents
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "bundled_releases": ("choose", "import_bundled", "write_bundled"),
            "compressed_lines": ("open_lines",),
            "recordings": ("Recording", "name_changesets", "read_changesets"),
            "release_files": ("read_releases",),
            "release_store": ("Identity", "ReleaseIndex", "ReleaseStore"),
            "requests": (
                "NewPackage",
                "TrainingRequest",
                "asked_for",
                "decode_list",
                "list_text",
                "mark_served",
                "merge",
                "of_version",
                "open_requests",
                "parse_label",
                "read_list",
                "request_retry",
                "retries_are_due",
            ),
            "release_labels": ("list_lines", "name_lines"),
            "release_limits": ("ReleaseLimits",),
            "stored_release": ("StoredRelease",),
            "wheel_files": ("is_wheel", "list_archive", "open_wheel", "open_wheel_file", "read_wheel"),
            "wheel_record": ("listed_contents",),
        },
    )

__all__ = [
    "Identity",
    "NewPackage",
    "Recording",
    "ReleaseIndex",
    "ReleaseLimits",
    "ReleaseStore",
    "StoredRelease",
    "TrainingRequest",
    "asked_for",
    "choose",
    "decode_list",
    "import_bundled",
    "is_wheel",
    "list_archive",
    "list_lines",
    "list_text",
    "listed_contents",
    "mark_served",
    "merge",
    "name_changesets",
    "name_lines",
    "of_version",
    "open_lines",
    "open_requests",
    "open_wheel",
    "open_wheel_file",
    "parse_label",
    "read_changesets",
    "read_list",
    "read_releases",
    "read_wheel",
    "request_retry",
    "retries_are_due",
    "write_bundled",
]
