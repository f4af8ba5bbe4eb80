"""Whiteouts: names by which a layer removes what lower layers hold.

``.wh.NAME`` removes NAME, ``.wh..wh..opq`` everything in its folder. Both are about lower layers only: what
the same layer adds under that name stays, anywhere in the archive. Other names that begin with ``.wh..wh.``
are metadata of AUFS and are ignored.
"""

from __future__ import annotations

from typing import Final

from praxi_tasks.errors import LayerError
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded
from praxi_tasks.oci.tar.member_names import printable

_MARK: Final = b".wh."
_AUFS: Final = b".wh..wh."
_OPAQUE: Final = b".wh..wh..opq"


class Whiteouts:
    """The paths that a layer removes and the folders that it empties."""

    def __init__(self, limits: LayerLimits) -> None:
        self.removed: dict[bytes, None] = {}
        self.opaque: dict[bytes, None] = {}
        self._limits = limits
        self._bytes = 0

    def record(self, path: bytes) -> bool:
        """Record a whiteout; return whether ``path`` is an ordinary member instead.

        The root is not one: every layer has it.

        Raises
        ------
        LayerError
            If a whiteout names nothing.
        LimitExceededError
            If there are too many, or one is too long.
        """
        if _MARK not in path:
            return bool(path)
        folder, _, name = path.rpartition(b"/")
        if name == _OPAQUE:
            self._add(self.opaque, folder)
        elif _AUFS in path and _is_aufs_metadata(path):
            return False
        elif name.startswith(_MARK):
            self._add(self.removed, _target(folder, name))
        else:
            return True
        return False

    def _add(self, where: dict[bytes, None], path: bytes) -> None:
        if len(path) > self._limits.max_path_length:
            raise exceeded("max_path_length", f"a whiteout of {len(path)} bytes")
        self._bytes += len(path)
        if self._bytes > self._limits.max_path_bytes:
            raise exceeded("max_path_bytes", f"whiteouts of more than {self._limits.max_path_bytes} bytes")
        where[path] = None
        if len(self.removed) + len(self.opaque) > self._limits.max_entries:
            raise exceeded("max_entries", f"more than {self._limits.max_entries} whiteouts")


def _is_aufs_metadata(path: bytes) -> bool:
    return any(part.startswith(_AUFS) for part in path.split(b"/"))


def _target(folder: bytes, name: bytes) -> bytes:
    removed = name[len(_MARK) :]
    if removed in {b"", b".", b".."}:
        raise LayerError(
            f"a whiteout that names nothing: {printable(name)}", action="the image is broken or hostile"
        )
    return folder + b"/" + removed if folder else removed
