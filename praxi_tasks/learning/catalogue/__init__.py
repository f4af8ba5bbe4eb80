"""Building catalogues: of releases, and of a whole archive from its Contents indexes.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.learning.catalogue.builder import build_catalogue
    from praxi_tasks.learning.catalogue.debian_contents import (
        ECOSYSTEM,
        MOST_ARCHIVE_FILES,
        Archive,
        is_contents,
        read_archive,
        read_packages,
    )
    from praxi_tasks.learning.catalogue.folder_claims import restrict_folder_claims
    from praxi_tasks.learning.catalogue.shared_paths import confusable_groups
    from praxi_tasks.learning.catalogue.subset import narrowed, without

__all__ = [
    "Archive",
    "ECOSYSTEM",
    "MOST_ARCHIVE_FILES",
    "build_catalogue",
    "confusable_groups",
    "is_contents",
    "narrowed",
    "read_archive",
    "read_packages",
    "restrict_folder_claims",
    "without",
]

_MODULES: Final = {
    "Archive": "debian_contents",
    "ECOSYSTEM": "debian_contents",
    "MOST_ARCHIVE_FILES": "debian_contents",
    "build_catalogue": "builder",
    "confusable_groups": "shared_paths",
    "is_contents": "debian_contents",
    "narrowed": "subset",
    "read_archive": "debian_contents",
    "read_packages": "debian_contents",
    "restrict_folder_claims": "folder_claims",
    "without": "subset",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
