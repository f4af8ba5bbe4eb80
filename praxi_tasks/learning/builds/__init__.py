"""Builds releases from source in a sandbox, and brings the results into the store.

Airflow's workers import the reader of results from here and have no numpy, so names are imported when
first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.learning.builds.build_result import BuildResult
    from praxi_tasks.learning.builds.import_results import import_builds
    from praxi_tasks.learning.builds.pip_wheel import build_release
    from praxi_tasks.learning.builds.sandbox import Bounds
    from praxi_tasks.learning.builds.stdout_protocol import Listener, to_lines

__all__ = [
    "Bounds",
    "BuildResult",
    "Listener",
    "build_release",
    "import_builds",
    "to_lines",
]

_MODULES: Final = {
    "Bounds": "sandbox",
    "BuildResult": "build_result",
    "Listener": "stdout_protocol",
    "build_release": "pip_wheel",
    "import_builds": "import_results",
    "to_lines": "stdout_protocol",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
