"""Dart: packages in pub's cache, whose folders are named for their releases."""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.ecosystems import PUB
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.release_folders import folder_reader

_PLACE: Final = re.compile(r"(?:.*/)?hosted/[^/]+/([a-z_][a-z0-9_]*)-(\d[^/]*)/pubspec\.yaml")

READER: Final[Reader] = folder_reader(PUB, "/pubspec.yaml", _PLACE)
