"""R's packages by their folders in a library: each holds what ``R CMD INSTALL`` makes of its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from praxi_tasks.ecosystems import CRAN
from praxi_tasks.inventory.paths.path_name import PathName, PathRule, Texts, below, outermost

_MARK: Final = "/Meta/package.rds"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]")
_CONFIDENCE: Final = 0.99


def name_r_packages(files: Sequence[str], _texts: Texts) -> Iterator[PathName]:
    """Yield the packages whose libraries hold them; which version it is no text says."""
    folders = (path.removesuffix(_MARK) for path in files if path.endswith(_MARK))
    for folder in outermost(folders):
        name = folder.rpartition("/")[2]
        if _NAME.fullmatch(name):
            yield PathName(
                ecosystem=CRAN.purl_type,
                name=name,
                root=folder,
                paths=below(folder, files),
                confidence=_CONFIDENCE,
            )


RULE: Final = PathRule(ecosystem=CRAN.purl_type, summary="folders of R's libraries", find=name_r_packages)
