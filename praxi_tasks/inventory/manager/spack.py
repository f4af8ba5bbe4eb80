"""Spack: each prefix holds the specification that it was built from, its own package first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import SPACK
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/.spack/spec.json"


class _Node(msgspec.Struct):
    name: str = ""
    version: str = ""


class _Spec(msgspec.Struct):
    nodes: list[_Node]


class _Document(msgspec.Struct):
    spec: _Spec


def read_spec(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a prefix; what it depends on has prefixes of its own.

    Raises
    ------
    DataError
        If it is no such JSON object, or names nothing.
    """
    nodes = document(view.kept[path], _Document, "no specification of Spack's").spec.nodes
    if not nodes or not nodes[0].name or not nodes[0].version:
        raise DataError("it names no package or no version")
    yield Claim(
        SPACK.purl_type, nodes[0].name, nodes[0].version, path, files=view.give(path.removesuffix(_FILE))
    )


READER: Final = Reader(
    ecosystem=SPACK.purl_type, prepare=lambda view: partial(read_spec, view), endings=(_FILE,)
)
