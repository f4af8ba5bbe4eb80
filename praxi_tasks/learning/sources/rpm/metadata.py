"""The metadata of an rpm repository: ``repomd.xml``, and the documents whose checksums it lists.

The format is that of https://github.com/rpm-software-management/createrepo_c: documents in XML, compressed by
gzip, xz or zstd. A signature of ``repomd.xml`` is not checked: who answers is known by TLS.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urljoin

from praxi_tasks.errors import DataError, ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.http import redact_url
from praxi_tasks.learning.sources.fetching import read_page, save_file
from praxi_tasks.store.compressed import DAMAGED, decompressed
from praxi_tasks.xml_stream import Element, stream_elements

_ALGORITHMS: Final = {
    "sha": "sha1",
    **{name: name for name in ("sha1", "sha224", "sha256", "sha384", "sha512")},
}
_PIECE: Final = 1 << 18
_MOST: Final = 8 << 30
"""Bytes of a document without its compression; Fedora's longest has one gigabyte."""


class Listed(NamedTuple):
    """A document of a repository: where it is, and its checksum."""

    url: str
    algorithm: str
    digest: bytes


class Repository:
    """A folder that has ``repodata``.

    Parameters
    ----------
    address
        Of the folder; credentials in it are sent to its host only and never logged.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def documents(self) -> dict[str, Listed]:
        """Return the documents by type; one without a checksum that counts is left out.

        Raises
        ------
        ReleaseNotFoundError
            If there is no repository.
        ReleaseError
            If the server does not answer, or answers nonsense.
        """
        page = read_page(f"{self.address}/repodata/repomd.xml", "application/xml, text/xml;q=0.9, */*;q=0.5")
        with _errors(page.url):
            elements = list(stream_elements([page.data], ("data",), "repomd", redact_url(page.url)))
        found = {each.attributes.get("type", ""): self._listed(each) for each in elements}
        return {kind: listed for kind, listed in found.items() if listed is not None}

    def records(
        self, kind: str, root: str, folder: Path, skipped: Collection[str] = frozenset()
    ) -> Iterator[Element]:
        """Fetch a document, check it, and yield its packages.

        Parameters
        ----------
        kind, root
            Its type, and the name of its first element.
        folder
            For the file.
        skipped
            Elements that nobody needs.

        Raises
        ------
        ReleaseNotFoundError
            If the repository has no such document.
        ReleaseRefusedError
            If it is not the one whose checksum is listed, or too large.
        ReleaseError
            If it is malformed.
        """
        listed = self.documents().get(kind)
        if listed is None:
            raise ReleaseNotFoundError(f"the repository has no {kind}", where=redact_url(self.address))
        saved = save_file(listed.url, folder / kind, listed.algorithm, listed.digest, index=self.address)
        where = redact_url(listed.url)
        with _errors(listed.url):
            yield from stream_elements(_pieces(saved, where), ("package",), root, where, skipped=skipped)

    def _listed(self, element: Element) -> Listed | None:
        location, checksum = element.first("location"), element.first("checksum")
        if location is None or checksum is None or not (href := location.attributes.get("href", "")):
            return None
        algorithm = _ALGORITHMS.get(checksum.attributes.get("type", ""), "")
        digest = digest_of(checksum.text)
        url = address_of(self.address, href)
        return Listed(url, algorithm, digest) if algorithm and digest and url else None


def address_of(repository: str, href: str) -> str:
    """Return where a location is that a repository names; empty if it is no address."""
    try:
        return urljoin(f"{repository}/", href)
    except ValueError:
        return ""


def digest_of(text: str) -> bytes:
    """Return a checksum that is written in hex; nothing if it is none."""
    try:
        return bytes.fromhex(text.strip())
    except ValueError:
        return b""


def _pieces(path: Path, where: str) -> Iterable[bytes]:
    left = _MOST
    with path.open("rb") as raw:
        stream = decompressed(raw)
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise ReleaseRefusedError(f"a document of more than {_MOST >> 30} GiB", where=where)
            yield piece


@contextmanager
def _errors(url: str) -> Iterator[None]:
    """Turn what reading a document may raise into the errors of a release."""
    try:
        yield
    except DAMAGED as error:
        raise ReleaseError(f"a document can't be read: {error}", where=redact_url(url)) from error
    except DataError as error:
        raise ReleaseError(f"the repository answers nonsense: {error.what}", where=error.where) from error
