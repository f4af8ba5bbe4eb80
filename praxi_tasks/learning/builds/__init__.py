"""Builds releases from source in a sandbox, and brings the results into the store.

Airflow's workers import the reader of results from here and have no numpy, so names are imported when
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.builds.build_result import BuildResult
    from praxi_tasks.learning.builds.import_results import import_builds
    from praxi_tasks.learning.builds.pip_wheel import build_release
    from praxi_tasks.learning.builds.sandbox import Bounds
    from praxi_tasks.learning.builds.stdout_protocol import Listener, to_lines
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "build_result": ("BuildResult",),
            "import_results": ("import_builds",),
            "pip_wheel": ("build_release",),
            "sandbox": ("Bounds",),
            "stdout_protocol": ("Listener", "to_lines"),
        },
    )

__all__ = [
    "Bounds",
    "BuildResult",
    "Listener",
    "build_release",
    "import_builds",
    "to_lines",
]
