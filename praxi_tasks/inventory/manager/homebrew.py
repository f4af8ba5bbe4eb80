"""Homebrew: the folders of its cellar are named for their releases, each with a receipt."""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.ecosystems import BREW
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.release_folders import folder_reader

_PLACE: Final = re.compile(r"(?:.*/)?Cellar/([^/]+)/([^/]+)/INSTALL_RECEIPT\.json")

READER: Final[Reader] = folder_reader(BREW, "/INSTALL_RECEIPT.json", _PLACE)
