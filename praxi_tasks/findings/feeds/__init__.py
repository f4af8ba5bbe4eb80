"""The feeds folder: mirroring it, how old it is, and reading what it knows of releases and their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.feeds.distribution_packages import (
        DistributionPackages,
        index_name,
        source_versions,
    )
    from praxi_tasks.findings.feeds.exploitation import Exploitation, read_epss, read_kev
    from praxi_tasks.findings.feeds.folder import (
        ADVISORIES,
        FeedProblem,
        Feeds,
        FolderFeeds,
        Mirrored,
        StoreFeeds,
        archive_name,
        archives,
        open_feeds,
        read_state,
    )
    from praxi_tasks.findings.feeds.health import AdvisorySource, FeedHealth, health_of
    from praxi_tasks.findings.feeds.lifecycle import Lifecycle
    from praxi_tasks.findings.feeds.mirror import OSV_URL, Mirror, Outcome, end_of_life_sources, osv_sources
    from praxi_tasks.findings.feeds.package_indexes import NPM, PYPI, PackageIndex
    from praxi_tasks.findings.feeds.release_cycles import Cycles
    from praxi_tasks.findings.feeds.release_list_mirror import (
        audited_packages,
        renewed_lists,
        sighted_releases,
    )
    from praxi_tasks.findings.feeds.release_lists import ReleaseLists, Releases
    from praxi_tasks.findings.feeds.support_dates import EndedPackage, SupportEnd, ended_by
    from praxi_tasks.findings.feeds.zip_archive import open_archive
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "distribution_packages": ("DistributionPackages", "index_name", "source_versions"),
            "exploitation": ("Exploitation", "read_epss", "read_kev"),
            "folder": (
                "ADVISORIES",
                "FeedProblem",
                "Feeds",
                "FolderFeeds",
                "Mirrored",
                "StoreFeeds",
                "archive_name",
                "archives",
                "open_feeds",
                "read_state",
            ),
            "health": ("AdvisorySource", "FeedHealth", "health_of"),
            "lifecycle": ("Lifecycle",),
            "mirror": ("Mirror", "OSV_URL", "Outcome", "end_of_life_sources", "osv_sources"),
            "package_indexes": ("NPM", "PYPI", "PackageIndex"),
            "release_cycles": ("Cycles",),
            "release_list_mirror": ("audited_packages", "renewed_lists", "sighted_releases"),
            "release_lists": ("ReleaseLists", "Releases"),
            "support_dates": ("EndedPackage", "SupportEnd", "ended_by"),
            "zip_archive": ("open_archive",),
        },
    )

__all__ = [
    "ADVISORIES",
    "AdvisorySource",
    "Cycles",
    "DistributionPackages",
    "EndedPackage",
    "Exploitation",
    "FeedHealth",
    "FeedProblem",
    "Feeds",
    "FolderFeeds",
    "Lifecycle",
    "Mirror",
    "Mirrored",
    "NPM",
    "OSV_URL",
    "Outcome",
    "PYPI",
    "PackageIndex",
    "ReleaseLists",
    "Releases",
    "StoreFeeds",
    "SupportEnd",
    "archive_name",
    "archives",
    "audited_packages",
    "end_of_life_sources",
    "ended_by",
    "health_of",
    "index_name",
    "open_archive",
    "open_feeds",
    "osv_sources",
    "read_epss",
    "read_kev",
    "read_state",
    "renewed_lists",
    "sighted_releases",
    "source_versions",
]
