"""Python's eggs that were unpacked and have lost their record: the folder's name has name and version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from packaging.version import InvalidVersion, Version

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.inventory.paths.path_name import PathName, PathRule, Texts, below, outermost

_EGG: Final = re.compile(
    r"(.*?(?:^|/)([A-Za-z0-9][\w.]*)-(\d[\w.!+]*)-py\d(?:\.\d+)?(?:-[\w.]+)?\.egg)/", re.ASCII
)
_MARK: Final = ".egg/"
_CONFIDENCE: Final = 0.995


def name_eggs(files: Sequence[str], _texts: Texts) -> Iterator[PathName]:
    """Yield the distributions whose eggs hold some files."""
    found = {match[1]: match for path in files if _MARK in path and (match := _EGG.match(path))}
    for folder in outermost(found):
        if version := _version(found[folder][3]):
            yield PathName(
                ecosystem=PYPI.purl_type,
                name=PYPI.normalise(found[folder][2]),
                root=folder,
                paths=below(folder, files),
                confidence=_CONFIDENCE,
                version=version,
            )


def _version(text: str) -> str:
    """Return a version as PEP 440 writes it; in the name of a folder a hyphen became an underscore."""
    try:
        return str(Version(text.replace("_", "-")))
    except InvalidVersion:
        return ""


RULE: Final = PathRule(ecosystem=PYPI.purl_type, summary="folders of eggs", find=name_eggs)
