"""Verifies a blob's size and digest while it is read."""

from __future__ import annotations

import io
from collections.abc import Callable

from praxi_tasks.errors import DigestMismatchError, TruncatedBlobError
from praxi_tasks.oci.image.digest import new_hash
from praxi_tasks.oci.image.model import Descriptor


class VerifiedBlob:
    """A :class:`~praxi_tasks.oci.image.model.Blob` over any function that reads.

    Size and digest are checked before the last bytes are returned, so a reader that stops exactly at the
    end gets the error too.

    Parameters
    ----------
    read
        Returns up to the given number of bytes, ``b""`` at the end.
    descriptor
        What the bytes have to be.
    where
        The place to name in errors.
    """

    def __init__(self, read: Callable[[int], bytes], descriptor: Descriptor, where: str) -> None:
        self._source = read
        self._descriptor = descriptor
        self._where = where
        self._hash = new_hash(descriptor.digest)
        self._left = descriptor.size
        self._verified = False

    @classmethod
    def inline(cls, descriptor: Descriptor, where: str) -> VerifiedBlob:
        """Return the blob that a descriptor itself holds."""
        return cls(io.BytesIO(descriptor.data).read, descriptor, where)

    @property
    def complete(self) -> bool:
        """Whether all bytes were read and are the right ones."""
        return self._verified

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, ``b""`` at the end; see :class:`~praxi_tasks.oci.image.model.Blob`."""
        if self._verified or size <= 0:
            return b""
        data = self._source(min(size, self._left)) if self._left else b""
        self._hash.update(data)
        self._left -= len(data)
        if self._left and not data:
            raise TruncatedBlobError(
                f"{self._descriptor.digest} ends {self._left} bytes before its size",
                where=self._where,
                action="copy or push it again",
            )
        if not self._left:
            self._finish()
        return data

    def _finish(self) -> None:
        algorithm, _, wanted = self._descriptor.digest.partition(":")
        found = self._hash.hexdigest()
        if found != wanted or self._source(1):
            what = "has more bytes than its size" if found == wanted else f"is {algorithm}:{found}"
            raise DigestMismatchError(
                f"what was served as {self._descriptor.digest} {what}",
                where=self._where,
                action="the registry, a proxy or the archive altered it: push it again",
            )
        self._verified = True
