"""Which places a run may read from: its store, and the folders and buckets that a setting lists.

Who may trigger a Dag names URIs (a list of packages, a model, an image in a folder) that commands open with
the rights and credentials of a pod or a worker. They are confined, and a refusal shows nothing of what is
there, nor whether anything is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from praxi_tasks.environment import read_text
from praxi_tasks.errors import UsageError
from praxi_tasks.store.opening import open_store

VARIABLE: Final = "PRAXI_READABLE_ROOTS"
"""The variable that confines a command: store URIs, separated by white space."""

_Place = tuple[str, ...]


class ReadableRoots:
    """Folders of store URIs, and all below them.

    Parameters
    ----------
    uris
        The roots: ``file:///path``, plain paths or ``s3://bucket/prefix``.
    """

    def __init__(self, uris: Iterable[str]) -> None:
        self._roots = tuple(place for uri in uris if (place := _place(uri)))

    @classmethod
    def of_run(cls, *uris: str, environment: Mapping[str, str] | None = None) -> Self:
        """Return ``uris``, a run's store and models, and what :data:`VARIABLE` lists besides."""
        return cls((*uris, *read_text(VARIABLE, environment=environment).split()))

    @classmethod
    def of_command(cls, environment: Mapping[str, str] | None = None) -> Self | None:
        """Return what :data:`VARIABLE` lists; None where it is unset, as for a person at a machine."""
        text = read_text(VARIABLE, environment=environment)
        return cls(text.split()) if text else None

    def require(self, uri: str, name: str) -> None:
        """Do nothing if a URI lies below a root.

        Parameters
        ----------
        uri
            A store URI, or the URI of a document in a store.
        name
            What the URI was given as, for the error: ``list``.

        Raises
        ------
        UsageError
            If it lies elsewhere, or climbs out of its folder by ``..`` or a link.
        """
        if not self._holds(_place(uri)):
            raise _outside(name)

    def require_path(self, path: Path, name: str) -> None:
        """Do nothing if a path of this machine lies below a root; raise as :meth:`require` does."""
        if not self._holds(_local(path)):
            raise _outside(name)

    def read(self, uri: str, name: str) -> bytes:
        """Return a document's bytes.

        Raises
        ------
        UsageError
            If the URI lies below no root, or names no document.
        KeyNotFoundError
            If there is none.
        """
        self.require(uri, name)
        folder, _, document = uri.rpartition("/")
        return open_store(folder).get(document)

    def _holds(self, place: _Place | None) -> bool:
        return place is not None and any(place[: len(root)] == root for root in self._roots)


def _place(uri: str) -> _Place | None:
    """Return scheme, bucket and components of a URI; None if it may mean another place than it seems to."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if not uri or not uri.isprintable() or "@" in parts.netloc or any(mark in uri for mark in "?#\\"):
        return None
    if parts.scheme == "s3" and parts.netloc:
        return _bucket(parts.netloc, parts.path.strip("/"))
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path:
        return _local(Path(unquote(parts.path)))
    return None if parts.scheme else _local(Path(uri))


def _bucket(bucket: str, key: str) -> _Place | None:
    components = key.split("/") if key else []
    return None if "%" in key or {"", ".", ".."} & set(components) else ("s3", bucket, *components)


def _local(path: Path) -> _Place | None:
    """Return the components of the path that links lead to."""
    if ".." in path.parts or not str(path).isprintable():
        return None
    return ("file", *Path(os.path.realpath(path)).parts)


def _outside(name: str) -> UsageError:
    return UsageError(
        "a run may not read from there",
        where=name,
        action="use the store, or have its folder added to the setting readable_roots",
    )
