"""Shared libraries that no package owns, by the names that the linker knows them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.paths.path_name import PathName, PathRule, Texts

_MARK: Final = ".so"
_FILE: Final = re.compile(
    r"(?:.*/)?(?:lib|lib32|lib64)(?:/[a-z0-9_]+-linux-[a-z0-9_]+)?/(lib[A-Za-z][\w+-]*?)(?:-\d[\d.]*)?"
    r"\.so(?:\.\d[\w.]*)?",
    re.ASCII,
)
# Folders whose own package brought the libraries in them.
_OWNED: Final = re.compile(r"(?:^|/)(?:site-packages|dist-packages|node_modules|jvm|R|gems|perl5?)/|\.libs/")
# The C library's and the compiler's are one package each.
_TOGETHER: Final = {
    "glibc": re.compile(
        r"lib(?:c|m|dl|pthread|rt|resolv|nsl|util|anl|mvec|thread_db|BrokenLocale|memusage|pcprofile"
        r"|c_malloc_debug|nss_(?:compat|dns|files|hesiod))"
    ),
    "gcc": re.compile(
        r"lib(?:gcc_s|stdc\+\+|gomp|gfortran|quadmath|atomic|itm|[alt]san|hwasan|ubsan|ssp|objc|go|gphobos"
        r"|gdruntime)"
    ),
}
_CONFIDENCE: Final = 0.9


def name_libraries(files: Sequence[str], _texts: Texts) -> Iterator[PathName]:
    """Yield the libraries, one for all files of one name in a folder."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in files:
        if _MARK in path and (file := _FILE.fullmatch(path)) and not _OWNED.search(path):
            found.setdefault((path.rpartition("/")[0], _package(file[1])), []).append(path)
    for (_, name), paths in found.items():
        yield PathName(
            ecosystem=GENERIC.purl_type, name=name, root=paths[0], paths=paths, confidence=_CONFIDENCE
        )


def _package(library: str) -> str:
    return next((name for name, names in _TOGETHER.items() if names.fullmatch(library)), library)


RULE: Final = PathRule(
    ecosystem=GENERIC.purl_type, summary="names of shared libraries that no package owns", find=name_libraries
)
