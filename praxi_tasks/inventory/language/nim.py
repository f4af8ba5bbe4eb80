"""Nim: the folders into which Nimble installs packages are named for their releases."""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.ecosystems import NIM
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.release_folders import folder_reader

_FILE: Final = "/nimblemeta.json"
_PLACE: Final = re.compile(
    r"(?:.*/)?\.?nimble/pkgs2?/(\w+)-(\d[^/-]*)(?:-[0-9a-f]{40})?/nimblemeta\.json", re.ASCII
)

READER: Final[Reader] = folder_reader(NIM, _FILE, _PLACE)
