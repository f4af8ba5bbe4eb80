"""What snaps say of Ubuntu's packages in them: Snapcraft's manifest, and the list of a base snap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import DEB, GENERIC
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import lines, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_BASE: Final = "usr/share/snappy/dpkg.yaml"
_MANIFEST: Final = "snap/manifest.yaml"
_LISTS: Final = (b"packages:", b"primed-stage-packages:")
_PACKAGE: Final = re.compile(rb"""\s*- ["']?([a-z0-9][a-z0-9.+-]*)(?::([a-z0-9-]+))?=([\w.+:~-]+)["']?\s*""")
_LONGEST: Final = 1000


def read_packages(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages that a snap was made of.

    Where the snap is the layer's root they are the distribution's; of a snap inside an image, which need not
    be made of the same release as the image, they are libraries and programs of no distribution.
    """
    row = DEB if path in (_BASE, _MANIFEST) else GENERIC
    inside = False
    for line in lines(view.kept[path]):
        if line[:1].strip(b"- "):
            inside = line.strip() in _LISTS
        elif inside and len(line) <= _LONGEST and (found := _PACKAGE.fullmatch(line)):
            architecture = text(found[2] or b"") if row is DEB else ""
            yield Claim(row.purl_type, text(found[1]), text(found[3]), path, architecture=architecture)


READER: Final = Reader(
    ecosystem=DEB.purl_type,
    prepare=lambda view: partial(read_packages, view),
    paths=frozenset({_BASE, _MANIFEST}),
    endings=(f"/{_MANIFEST}", f"/{_BASE}"),
)
