"""npm's packages by their folders in ``node_modules``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from praxi_tasks.ecosystems import NPM
from praxi_tasks.inventory.language.npm import is_npm_package, package_folder
from praxi_tasks.inventory.paths.path_name import PathName, PathRule, Texts, stated_version

_FOLDER: Final = "node_modules/"
_MANIFEST: Final = "/package.json"
_NAME: Final = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*")
_CONFIDENCE: Final = 0.99
# A folder is called as its dependant wishes; these are in most applications.
_ALIASES: Final = {f"{name}-cjs": name for name in ("string-width", "strip-ansi", "wrap-ansi")}


def name_node_modules(files: Sequence[str], texts: Texts) -> Iterator[PathName]:
    """Yield the packages whose folders some files lie in, each file of the innermost one."""
    packages: dict[str, list[str]] = {}
    for path in files:
        place = path.rfind(_FOLDER)
        if place >= 0 and (folder := package_folder(path, place)) != path:
            packages.setdefault(folder, []).append(path)
    for folder, paths in packages.items():
        name = folder[folder.rfind(_FOLDER) + len(_FOLDER) :]
        if paths != [folder + _MANIFEST] and _NAME.fullmatch(name) and is_npm_package(folder + _MANIFEST):
            version, stated = stated_version((folder + _MANIFEST,), texts)
            yield PathName(
                ecosystem=NPM.purl_type,
                name=_ALIASES.get(name, name),
                root=folder,
                paths=paths,
                confidence=_CONFIDENCE,
                version=version,
                version_file=stated,
            )


RULE: Final = PathRule(ecosystem=NPM.purl_type, summary="folders of node_modules", find=name_node_modules)
