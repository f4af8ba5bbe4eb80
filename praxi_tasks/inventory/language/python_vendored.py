"""Copies of packages that other packages of Python carry: ``_vendor/vendor.txt`` lists them with versions.

pip, setuptools, pipenv and others vendor what they need, so that nothing else has to be installed for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.inventory.claim import VENDORED, Claim
from praxi_tasks.inventory.decoding import lines, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_LISTS: Final = (
    "/_vendor/vendor.txt",
    "/_vendor/vendored.txt",
    "/vendor/vendor.txt",
    "/patched/patched.txt",
)
_COPY: Final = re.compile(rb"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s;#,*]+)")
_PACKAGES: Final = ("/site-packages/", "/dist-packages/")
# Modules that are called otherwise than their distribution.
_MODULES: Final = {
    "setuptools": "pkg_resources",
    "pyyaml": "yaml",
    "python-dateutil": "dateutil",
    "attrs": "attr",
}


def read_vendored(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the copies that a list names, of those whose module is beside it."""
    folder = path.rpartition("/")[0]
    for line in lines(view.kept[path]):
        if found := _COPY.match(line):
            name = PYPI.normalise(text(found[1]))
            if files := _module(view, folder, name):
                yield Claim(PYPI.purl_type, name, text(found[2]), path, files=files, relation=VENDORED)


def _module(view: LayerView, folder: str, name: str) -> tuple[str, ...]:
    """Return the files of a copy: those of a package's folder, or one module."""
    module = f"{folder}/{_MODULES.get(name, name.replace('-', '_'))}"
    return view.give(module) or tuple(file for file in (f"{module}.py",) if view.holds(file))


READER: Final = Reader(
    ecosystem=PYPI.purl_type,
    prepare=lambda view: partial(read_vendored, view),
    endings=_LISTS,
    accepts=lambda path: any(part in f"/{path}" for part in _PACKAGES),
)
