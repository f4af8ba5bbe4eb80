"""The feeds folder: mirroring it, how old it is, and reading what it knows of releases and their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.feeds.distribution_packages import (
        PACKAGES,
        DistributionPackages,
        source_versions,
    )
    from praxi_tasks.findings.feeds.exploitation import Exploitation, read_epss, read_kev
    from praxi_tasks.findings.feeds.folder import (
        ADVISORIES,
        VENDORS,
        FeedProblem,
        Feeds,
        FolderFeeds,
        Mirrored,
        StoreFeeds,
        archive_name,
        archives,
        distribution_of,
        is_about_advisories,
        open_feeds,
        read_state,
        release_file,
        vendor_files,
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
    from praxi_tasks.findings.feeds.xml_stream import read_elements
    from praxi_tasks.findings.feeds.zip_archive import MEMBERS_SETTING, MOST_MEMBERS, open_archive
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "distribution_packages": ("DistributionPackages", "PACKAGES", "source_versions"),
            "exploitation": ("Exploitation", "read_epss", "read_kev"),
            "folder": (
                "ADVISORIES",
                "FeedProblem",
                "Feeds",
                "FolderFeeds",
                "Mirrored",
                "StoreFeeds",
                "archive_name",
                "VENDORS",
                "archives",
                "distribution_of",
                "is_about_advisories",
                "open_feeds",
                "read_state",
                "release_file",
                "vendor_files",
            ),
            "health": ("AdvisorySource", "FeedHealth", "health_of"),
            "lifecycle": ("Lifecycle",),
            "mirror": ("Mirror", "OSV_URL", "Outcome", "end_of_life_sources", "osv_sources"),
            "package_indexes": ("NPM", "PYPI", "PackageIndex"),
            "release_cycles": ("Cycles",),
            "release_list_mirror": ("audited_packages", "renewed_lists", "sighted_releases"),
            "release_lists": ("ReleaseLists", "Releases"),
            "support_dates": ("EndedPackage", "SupportEnd", "ended_by"),
            "xml_stream": ("read_elements",),
            "zip_archive": ("MEMBERS_SETTING", "MOST_MEMBERS", "open_archive"),
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
    "MEMBERS_SETTING",
    "MOST_MEMBERS",
    "Mirror",
    "Mirrored",
    "NPM",
    "OSV_URL",
    "Outcome",
    "PACKAGES",
    "PYPI",
    "PackageIndex",
    "ReleaseLists",
    "Releases",
    "StoreFeeds",
    "SupportEnd",
    "VENDORS",
    "archive_name",
    "archives",
    "audited_packages",
    "distribution_of",
    "end_of_life_sources",
    "ended_by",
    "health_of",
    "is_about_advisories",
    "open_archive",
    "open_feeds",
    "osv_sources",
    "read_elements",
    "read_epss",
    "read_kev",
    "read_state",
    "release_file",
    "renewed_lists",
    "sighted_releases",
    "source_versions",
    "vendor_files",
]
