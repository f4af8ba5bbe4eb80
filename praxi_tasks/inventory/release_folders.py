"""Records in folders that are named for their releases: what a file there holds does not matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from praxi_tasks.ecosystems import Ecosystem
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader


def folder_reader(ecosystem: Ecosystem, file: str, place: re.Pattern[str]) -> Reader:
    """Return a reader of folders that each hold one release and own what is below them.

    Parameters
    ----------
    file
        How the path of the file ends by which such a folder is told, with its slash.
    place
        Matches the whole path of that file; its groups are the name and the version.
    """

    def read(view: LayerView, path: str) -> Iterator[Claim]:
        found = place.fullmatch(path)
        if found is None:
            raise DataError("its folder is not named for a release")
        files = view.give(path.removesuffix(file))
        yield Claim(ecosystem.purl_type, found[1], found[2], path, files=files)

    return Reader(
        ecosystem=ecosystem.purl_type,
        prepare=lambda view: partial(read, view),
        endings=(file,),
        accepts=lambda path: place.fullmatch(path) is not None,
    )
