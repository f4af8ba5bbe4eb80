"""npm packages: every installed one carries its ``package.json``, and so do those that others bring along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import NPM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.npm_manifest import Manifest, claimed
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader
from praxi_tasks.json_decoding import decode_shallow

_FOLDER: Final = "node_modules/"
_MANIFEST: Final = "/package.json"
# Folders in which each package has one of its own: those of pnpm, Bun, Deno, npm's linked installs and
# Yarn's pnpm linker.
_STORES: Final = (".pnpm/", ".bun/", ".deno/", ".store/")
_UNSCOPED: Final = ".store/"  # where Yarn puts a package's content into `package`
_CONTENT: Final = "package"
# Folders of a package in which others are that are no part of it, and those in which copies are that are.
_FOR_TESTS: Final = re.compile(
    r"/(?:(?:__)?(?:tests?|fixtures?|mocks?)(?:__)?|testdata|specs?|examples?|bench(?:marks?)?|templates?|demos?)/"
)
_VENDORED: Final = re.compile(r"/(?:compiled|_?vendor(?:ed)?|third[-_]party|bundled)/")
_PUBLISHED: Final = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def read_package(view: LayerView, path: str, files: dict[str, list[str]]) -> Iterator[Claim]:
    """Yield the package that a ``package.json`` describes; one without name or version is no release.

    Outside of ``node_modules`` lie those that distributions, Jupyter's extensions and others bring along;
    templates and applications there are in no registry. Copies in a package are in folders of their names.

    Parameters
    ----------
    files
        What :func:`files_by_package` found in the layer.

    Raises
    ------
    DataError
        If it is not such a JSON object.
    """
    try:
        manifest = decode_shallow(view.kept[path].removeprefix(_BYTE_ORDER_MARK), Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if _is_brought(path):
            return
        raise DataError(f"it is no package manifest: {error}") from None
    if _is_brought(path) and (manifest.private or not _PUBLISHED.fullmatch(manifest.name)):
        return
    if _is_vendored(path) and not path.endswith(f"/{manifest.name}{_MANIFEST}"):
        return
    yield from claimed(manifest, path, tuple(sorted(files.get(path.removesuffix(_MANIFEST), []))))


def files_by_package(view: LayerView) -> dict[str, list[str]]:
    """Give each file of the layer to the innermost package folder around it."""
    packages: dict[str, list[str]] = {
        path.removesuffix(_MANIFEST): [] for path in view.kept if is_npm_package(path)
    }
    if not packages:
        return packages
    for path in view.members():
        place = path.rfind(_FOLDER)
        while place >= 0:
            if (files := packages.get(package_folder(path, place))) is not None:
                files.append(path)
                break
            place = path.rfind(_FOLDER, 0, place)
    return packages


def package_folder(path: str, place: int) -> str:
    """Return the package's folder in the ``node_modules`` that starts at ``place``."""
    start = place + len(_FOLDER)
    end = path.find("/", start)
    for _ in range(2 if path.startswith(".", start) else path.startswith("@", start)):
        if end > 0:
            end = path.find("/", end + 1)
    return path[:end] if end > 0 else path


def is_npm_package(path: str) -> bool:
    """Return whether a ``package.json`` is where npm, Yarn, pnpm, Bun or Deno install a package.

    Packages bring others in a ``node_modules`` deeper inside, but for those that are test data.
    """
    _, folder, inside = f"/{path}".partition(f"/{_FOLDER}")
    if not folder or not inside.endswith(_MANIFEST):
        return False
    packages = inside.removesuffix(_MANIFEST).split(f"/{_FOLDER}")
    if packages[0].startswith(_STORES) and _is_store_entry(packages[0], last=len(packages) == 1):
        del packages[0]
    return all(map(_is_bundle, packages[:-1])) and all(map(_is_npm_name, packages[-1:]))


def _is_bundle(folder: str) -> bool:
    """Return whether this is a package's folder, or one inside it that may hold others."""
    name, inside = _parted(folder)
    return _is_npm_name(name) and not _FOR_TESTS.search(f"/{inside}/")


def _parted(folder: str) -> tuple[str, str]:
    """Return the name of a package, and the folder inside it."""
    parts = folder.split("/")
    names = 1 + folder.startswith("@")
    return "/".join(parts[:names]), "/".join(parts[names:])


def _is_vendored(path: str) -> bool:
    """Return whether a ``package.json`` may be that of a copy inside a package."""
    _, folder, inside = f"/{path}".rpartition(f"/{_FOLDER}")
    _, copy = _parted(inside.removesuffix(_MANIFEST))
    return bool(folder) and bool(_VENDORED.search(f"/{copy}")) and not _FOR_TESTS.search(f"/{copy}/")


def _is_store_entry(folder: str, *, last: bool) -> bool:
    """Return whether this is a package's folder in a store; one that holds no other is the package itself."""
    parts = folder.split("/")
    if folder.startswith(_UNSCOPED) and parts[2:] == [_CONTENT]:
        return True
    return len(parts) == 2 and not last


def _is_elsewhere(path: str) -> bool:
    return f"/{_FOLDER}" not in f"/{path}"


def _is_brought(path: str) -> bool:
    return _is_elsewhere(path) or _is_vendored(path)


def _is_wanted(path: str) -> bool:
    return _is_brought(path) or is_npm_package(path)


def _is_npm_name(name: str) -> bool:
    return name.count("/") == name.startswith("@") and not name.startswith(".")


def _prepare(view: LayerView) -> ReadDatabase:
    return partial(read_package, view, files=files_by_package(view))


READER: Final = Reader(
    ecosystem=NPM.purl_type,
    prepare=_prepare,
    endings=(_MANIFEST,),
    accepts=_is_wanted,
    forms=(Form(heads=(b"{",), marks=(b'"name"', b'"version"')),),
)
