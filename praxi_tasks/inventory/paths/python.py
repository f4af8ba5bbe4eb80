"""Python's packages by the folders and modules that they are imported from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from praxi_tasks.ecosystems import GENERIC, PYPI
from praxi_tasks.inventory.claim import IMPORT
from praxi_tasks.inventory.paths.import_names import owners_of, parts_of
from praxi_tasks.inventory.paths.own_imports import is_project, names_itself
from praxi_tasks.inventory.paths.path_name import (
    PathName,
    PathRule,
    Texts,
    below,
    outermost,
    stated_version,
)
from praxi_tasks.inventory.paths.shared_imports import shared_with
from praxi_tasks.inventory.paths.version_texts import VERSION_FILES

_LIBRARIES: Final = ("site-packages/", "dist-packages/")
# What Debian packs is often on no index, or there under another project's name.
_DEBIAN: Final = "usr/lib/python3/dist-packages/"
_INIT: Final = "/__init__.py"
_INITS: Final = re.compile(r"__init__\.(?:py|pyc|pyi|[\w-]+\.so|so)")
_CODE: Final = (".py", ".so", ".pyc")
_MODULE: Final = re.compile(r"([A-Za-z_]\w*)(?:\.py|(?:\.[\w-]+)?\.so)")
_PACKAGE: Final = re.compile(r"[A-Za-z_]\w*")
_COMPILED: Final = "__mypyc"  # how the module ends that mypyc puts beside the package that it compiled
_VENDORED: Final = re.compile(r"(?:^|/)(?:_vendor|vendored|_vendored|extern|third_party)(?:/|$)")
# Where `pip install --target` put packages at least so many are known, of so large a share of all.
_FEWEST_KNOWN: Final = 3
_KNOWN_SHARE: Final = 0.6
_TIED: Final = 0.25  # of the share of the one that is used most
_SAID: Final = 0.98
_CLEAR: Final = 0.7  # share of use, all listed together, below which an import tells nothing
_ITSELF: Final = 0.78  # of imports that few projects have; forks, namesakes and the unpublished have them too
_CALLED_SO: Final = 0.5  # of that, the share of the project that is called as an import that some share
# Shares of use understate how often the table is right: fitted to what benchmarks/path_names.py counts.
_CERTAIN: Final = 0.995
_DOUBT: Final = 0.2


@dataclass
class _Unit:
    """What is imported under one name: a package's folder or a module's file.

    ``of_index`` tells whether it is in a folder for what comes from Python's index.
    """

    root: str
    name: str
    paths: list[str] = field(default_factory=list)
    depth: int = 1
    of_index: bool = False

    @property
    def is_module(self) -> bool:
        return self.root in self.paths

    @cached_property
    def has_init(self) -> bool:
        start = len(self.root) + 1
        return any(_INITS.fullmatch(path, start) for path in self.paths)

    @property
    def is_whole(self) -> bool:
        """Whether it is imported by itself, not only a part of a namespace."""
        return self.is_module or self.has_init

    @property
    def version_files(self) -> Iterable[str]:
        return (self.root,) if self.is_module else (f"{self.root}/{name}" for name in VERSION_FILES)

    @property
    def private_files(self) -> Iterable[str]:
        """The same of the package beside it that is its own: of pytest ``_pytest`` says the version."""
        folder, _, name = self.root.rpartition("/")
        return () if self.is_module else (f"{folder}/_{name}/{file}" for file in VERSION_FILES)


@dataclass
class _Named:
    """A distribution that units of one folder of packages name."""

    names: tuple[str, ...]
    share: float
    units: list[_Unit]


def name_imports(files: Sequence[str], texts: Texts) -> Iterator[PathName]:
    """Yield the distributions of the packages and modules in folders from which Python imports.

    An import in a library of which nothing tells the distribution is yielded under its own name.
    """
    for folder, paths in _libraries(files).items():
        units = _units(folder, paths)
        left = {unit.root: unit for unit in units if folder.endswith(_LIBRARIES)}
        for named in _named(units, texts):
            yield _distribution(named, texts)
            for unit in named.units:
                left.pop(unit.root, None)
        yield from (_import(unit, texts) for unit in left.values() if _is_import(unit))


def _distribution(named: _Named, texts: Texts) -> PathName:
    first, *others = named.names
    own = [path for unit in named.units for path in unit.version_files]
    private = [path for unit in named.units for path in unit.private_files]
    version, stated = stated_version((*own, *private), texts)
    return PathName(
        ecosystem=PYPI.purl_type,
        name=first,
        ties=tuple(f"{PYPI.purl_type}/{name}" for name in others),
        root=named.units[0].root,
        paths=[path for unit in named.units for path in unit.paths],
        confidence=_CERTAIN - _DOUBT * (1 - named.share),
        version=version,
        version_file=stated,
    )


def _import(unit: _Unit, texts: Texts) -> PathName:
    version, stated = stated_version(unit.version_files, texts)
    return PathName(
        ecosystem=GENERIC.purl_type,
        name=unit.name,
        root=unit.root,
        paths=unit.paths,
        confidence=_CERTAIN,
        version=version,
        version_file=stated,
        relation=IMPORT,
    )


def _is_import(unit: _Unit) -> bool:
    """Return whether a unit is imported by a name that tells it from others."""
    owners = owners_of(unit.name)
    tells = owners is None or (bool(owners.shares) and not owners.is_namespace)
    return tells and unit.is_whole and not unit.name.startswith("_") and not unit.name.endswith(_COMPILED)


def _libraries(files: Sequence[str]) -> dict[str, list[str]]:
    """Return the files below each folder of packages, which ends with a slash."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    others = []
    for path in files:
        ends = [place + len(name) for name in _LIBRARIES if (place := path.find(name)) >= 0]
        if not ends:
            others.append(path)
        elif not _VENDORED.search(path[: (end := min(ends))]):
            found[path[:end]].append(path)
    for folder in outermost(_targets(others)):
        found[f"{folder}/"] = below(folder, others)
    return found


def _targets(files: Sequence[str]) -> list[str]:
    """Return the folders of any name that hold several well-known packages."""
    packages = {path.removesuffix(_INIT) for path in files if path.endswith(_INIT)}
    tops: defaultdict[str, list[str]] = defaultdict(list)
    for package in packages:
        folder, _, name = package.rpartition("/")
        if folder and folder not in packages:
            tops[folder].append(name)
    present = set(files) if tops else set()
    return [
        folder
        for folder, names in tops.items()
        if _is_target(names) and f"{folder}/os.py" not in present and not _VENDORED.search(folder)
    ]


def _is_target(names: Sequence[str]) -> bool:
    known = sum(bool((owners := owners_of(name)) and owners.shares) for name in names)
    return known >= max(_FEWEST_KNOWN, _KNOWN_SHARE * len(names))


def _units(folder: str, paths: Iterable[str]) -> list[_Unit]:
    """Return what can be imported from a folder of packages; the parts of namespaces one by one."""
    tops: dict[str, _Unit] = {}
    of_index = folder.endswith(_LIBRARIES) and not folder.endswith(_DEBIAN)
    for path in paths:
        top, slash, _ = path[len(folder) :].partition("/")
        if slash and _PACKAGE.fullmatch(top):
            tops.setdefault(top, _Unit(folder + top, top, of_index=of_index)).paths.append(path)
        elif not slash and (module := _MODULE.fullmatch(top)):
            unit = _Unit(path, module[1], of_index=of_index)
            tops.setdefault(f"{module[1]}.", unit).paths.append(path)
    return [part for unit in tops.values() for part in _parts(folder, unit)]


def _parts(folder: str, unit: _Unit) -> Iterator[_Unit]:
    """Yield what a unit is made of: the parts that are known of a namespace, else itself."""
    owners = owners_of(unit.name)
    parts = _known_parts(folder, unit) if owners and owners.is_namespace and not unit.is_module else []
    if parts:
        yield from parts
    elif any(path.endswith(_CODE) for path in unit.paths):
        yield unit


def _known_parts(folder: str, unit: _Unit) -> list[_Unit]:
    parts: dict[str, _Unit] = {}
    for path in unit.paths:
        folders = path[len(folder) :].split("/")[1:-1]
        for name, depth in parts_of(unit.name, folders):
            root = folder + "/".join((unit.name, *folders[: depth - 1]))
            parts.setdefault(root, _Unit(root, name, depth=depth)).paths.append(path)
            break
    return list(parts.values())


def _named(units: Iterable[_Unit], texts: Texts) -> Iterable[_Named]:
    """Return which distributions some units are of; one that several units may be of is there once."""
    found: dict[str, _Named] = {}
    known = ((unit, owners) for unit in units if (owners := _owners(unit, texts)))
    for unit, shares in sorted(known, key=lambda pair: (-max(pair[1].values()), pair[0].is_module)):
        same = next((found[name] for name in shares if name in found), None)
        if same:
            same.units.append(unit)
            continue
        if sum(shares.values()) < _CLEAR:
            continue
        best = max(shares, key=lambda name: shares[name])
        tied = tuple(
            name for name in shares if shares[name] >= _TIED * shares[best] or name.startswith(f"{best}-")
        )
        found[best] = _Named(tied, min(1.0, sum(shares[name] for name in tied)), [unit])
    return found.values()


def _owners(unit: _Unit, texts: Texts) -> dict[str, float]:
    """Return the distributions that a unit may be of, and the share of each; none where nothing tells."""
    if unit.depth > 1:
        return {unit.name: 1.0}
    said = {PYPI.normalise(texts[path].name) for path in unit.version_files if path in texts} - {""}
    owners = owners_of(unit.name)
    own = PYPI.normalise(unit.name)
    if owners is not None and not owners.shares:
        return {}
    shares = dict(owners.shares) if owners else {}
    if owners and owners.is_namespace:
        return {own: 1.0} if own in shares and unit.has_init else {}
    meant = [name for name in said if name in shares or not shares]
    if len(meant) == 1:
        return {meant[0]: _SAID}
    if owners is None and unit.of_index and unit.is_whole:
        return _rare_owners(unit.name)
    return shares


def _rare_owners(name: str) -> dict[str, float]:
    """Return the distributions that an import may be of that the table does not know."""
    own, others = PYPI.normalise(name), shared_with(name)
    if others is None:
        return {own: _ITSELF} if names_itself(name) or is_project(own) else {}
    first = {own: _ITSELF * _CALLED_SO} if others else {}
    return {**first, **{one: _ITSELF * (1 - _CALLED_SO) / len(others) for one in others}}


RULE: Final = PathRule(ecosystem=PYPI.purl_type, summary="import folders of site-packages", find=name_imports)
