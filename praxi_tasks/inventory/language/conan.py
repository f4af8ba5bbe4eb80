"""C and C++ with Conan 1: packages in its cache, whose folders are named for their releases."""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.ecosystems import CONAN
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.release_folders import folder_reader

_PLACE: Final = re.compile(r"(?:.*/)?data/([^/]+)/([^/]+)/[^/]+/[^/]+/package/[0-9a-f]{40}/conaninfo\.txt")

READER: Final[Reader] = folder_reader(CONAN, "/conaninfo.txt", _PLACE)
