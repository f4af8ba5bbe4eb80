"""Where the files of releases come from: one module per source, asked in turn by the collector."""

from __future__ import annotations

from praxi_tasks.learning.sources.base import IndexedSource, Source, SuiteIndex
from praxi_tasks.learning.sources.collector import Collected, Collector, amend_last_attempt
from praxi_tasks.learning.sources.configured import configured_sources
from praxi_tasks.learning.sources.debian.deb_file import read_deb
from praxi_tasks.learning.sources.pack_indexes import pack_source
from praxi_tasks.learning.sources.package_managers import scratch
from praxi_tasks.learning.sources.pypi.sdist import SdistSource
from praxi_tasks.learning.sources.pypi.wheel import check_wheel_name, list_wheel

__all__ = [
    "Collected",
    "Collector",
    "IndexedSource",
    "SdistSource",
    "Source",
    "SuiteIndex",
    "amend_last_attempt",
    "check_wheel_name",
    "configured_sources",
    "list_wheel",
    "pack_source",
    "read_deb",
    "scratch",
]
