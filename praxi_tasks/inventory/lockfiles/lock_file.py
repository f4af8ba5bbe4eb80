"""What lock files of all kinds have in common: their names, and that they declare and install nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from praxi_tasks.ecosystems import Ecosystem
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

# What lies below is an installed package's own, and says what its developers used.
_INSTALLED: Final = (
    "/node_modules/",
    "/site-packages/",
    "/dist-packages/",
    "/gems/",
    "/pkg/mod/",
    "/registry/src/",
    "/.julia/packages/",
)


class Pin(NamedTuple):
    """One release that a lock file names; ``ecosystem`` where it is another than the file's."""

    name: str
    version: str
    ecosystem: Ecosystem | None = None


ReadLock: TypeAlias = Callable[[bytes], Iterator[Pin]]
"""Takes the content of a lock file and yields what it pins; raises DataError where it is damaged."""


def lock_reader(
    ecosystem: Ecosystem,
    formats: Mapping[str, ReadLock],
    choose: Callable[[str], ReadLock | None] = lambda _name: None,
    endings: tuple[str, ...] = (),
) -> Reader:
    """Return a reader of lock files, which are told by their names.

    Parameters
    ----------
    formats
        How files of a name are read.
    choose
        Returns how others are read whose path has one of the ``endings``; None of what is no lock file.
    """

    def reading(path: str) -> ReadLock | None:
        if any(part in f"/{path}" for part in _INSTALLED):
            return None
        name = path.rpartition("/")[2]
        return formats.get(name) or choose(path)

    def read(view: LayerView, path: str) -> Iterator[Claim]:
        pins = reading(path)
        for pin in dict.fromkeys(pins(view.kept[path])) if pins else ():
            row = pin.ecosystem or ecosystem
            if pin.name and pin.version:
                yield Claim(row.purl_type, row.normalise(pin.name), pin.version, path)

    return Reader(
        ecosystem=ecosystem.purl_type,
        prepare=lambda view: partial(read, view),
        endings=(*formats, *endings),
        accepts=lambda path: reading(path) is not None,
    )
