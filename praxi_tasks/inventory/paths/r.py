"""R's packages by their folders in a library: each holds what ``R CMD INSTALL`` makes of its metadata."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from praxi_tasks.ecosystems import CRAN
from praxi_tasks.inventory.paths.path_name import PathName, PathRule, Texts

_MARK: Final = "/Meta/package.rds"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]")
_CONFIDENCE: Final = 0.98


def name_r_packages(files: Sequence[str], _texts: Texts) -> Iterator[PathName]:
    """Yield the packages whose libraries hold them; which version it is no text says."""
    for path in files:
        folder = path.removesuffix(_MARK)
        name = folder.rpartition("/")[2]
        if folder != path and _NAME.fullmatch(name):
            yield PathName(
                ecosystem=CRAN.purl_type,
                name=name,
                root=folder,
                paths=below(folder, files),
                confidence=_CONFIDENCE,
            )


def below(folder: str, files: Sequence[str]) -> list[str]:
    """Return those of some sorted paths that are below a folder."""
    start = bisect_left(files, f"{folder}/")
    return list(files[start : bisect_left(files, f"{folder}0", start)])  # 0 follows the slash


RULE: Final = PathRule(ecosystem=CRAN.purl_type, summary="folders of R's libraries", find=name_r_packages)
