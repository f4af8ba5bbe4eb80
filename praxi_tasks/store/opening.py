"""Opens the store that a URI names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from praxi_tasks.errors import UsageError
from praxi_tasks.store.access import S3Access
from praxi_tasks.store.base import Store
from praxi_tasks.store.local import LocalStore
from praxi_tasks.store.s3 import S3Store


def open_store(uri: str, access: S3Access | None = None) -> Store:
    """Open the store that ``uri`` names: ``file:///path``, a plain path, or ``s3://bucket/prefix``.

    Parameters
    ----------
    access
        How to reach S3, if not as the ``AWS_*`` variables say.

    Raises
    ------
    UsageError
        If the scheme is unknown, or the URI holds credentials or lacks its path or bucket.
    """
    parts = urlsplit(uri)
    if parts.password is not None or parts.username is not None:
        raise UsageError("a store URI must not hold credentials", action="use the AWS_* variables")
    if parts.scheme == "" and uri:
        return LocalStore(Path(uri))
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path:
        return LocalStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return S3Store(parts.netloc, parts.path, access)
    raise UsageError("not a store URI", where=uri, action="use file:///path or s3://bucket/prefix")
