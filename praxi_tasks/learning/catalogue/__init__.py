"""Building catalogues: of releases, and of a whole archive from its Contents indexes.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.catalogue.builder import build_catalogue
    from praxi_tasks.learning.catalogue.content_indexing import index_contents, index_without
    from praxi_tasks.learning.catalogue.debian_archive import Archive, read_archive
    from praxi_tasks.learning.catalogue.debian_contents import (
        ECOSYSTEM,
        MOST_ARCHIVE_FILES,
        is_contents,
        read_packages,
    )
    from praxi_tasks.learning.catalogue.folder_claims import restrict_folder_claims
    from praxi_tasks.learning.catalogue.shared_paths import confusable_groups
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "builder": ("build_catalogue",),
            "content_indexing": ("index_contents", "index_without"),
            "debian_archive": ("Archive", "read_archive"),
            "debian_contents": ("ECOSYSTEM", "MOST_ARCHIVE_FILES", "is_contents", "read_packages"),
            "folder_claims": ("restrict_folder_claims",),
            "shared_paths": ("confusable_groups",),
        },
    )

__all__ = [
    "Archive",
    "ECOSYSTEM",
    "MOST_ARCHIVE_FILES",
    "build_catalogue",
    "confusable_groups",
    "index_contents",
    "index_without",
    "is_contents",
    "read_archive",
    "read_packages",
    "restrict_folder_claims",
]
