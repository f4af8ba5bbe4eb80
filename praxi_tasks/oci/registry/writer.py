"""Writes blobs and manifests to one repository of a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from praxi_tasks.errors import ForbiddenError, ImageError, RegistryUnavailableError
from praxi_tasks.oci.image.digest import check_digest, digest_of
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.client import RegistryClient
from praxi_tasks.oci.registry.http_errors import status_error
from praxi_tasks.oci.registry.retry import retrying
from praxi_tasks.oci.registry.transport import Answer, discard
from praxi_tasks.oci.registry.upload import Sent, Upload

_BINARY: Final = {"Content-Type": "application/octet-stream"}
_NOTHING: Final = Upload(b"")
_STORED: Final = frozenset({200, 201, 202, 204})
_ABSENT: Final = frozenset({404, 405, 501})  # or HEAD is not known: then the bytes are sent
_PRECONDITION: Final = 412
_LOST_UPLOAD: Final = "BLOB_UPLOAD_"  # unknown or invalid at another machine of the registry's than began it
_OPERATOR: Final = "ask whoever runs the registry"
_IMMUTABLE: Final = "the registry's rules keep the tag as it is: push another"
_LEAVE: Final = "give the credentials leave to push to this repository"


class RegistryWriter:
    """Writes to a repository; mirrors do not count, since they are for reading.

    Parameters
    ----------
    reference
        The repository, and the tag that :meth:`tag` sets.
    client
        The client to ask with.
    """

    def __init__(self, reference: Reference, client: RegistryClient) -> None:
        self._reference = reference
        self._client = client

    def has_blob(self, digest: str) -> bool:
        """Return whether the repository has a blob; raises as :meth:`put_blob` does."""
        path = f"blobs/{check_digest(digest, str(self._reference))}"

        def look() -> bool:
            answer = self._write("HEAD", self._client.url(self._reference, path))
            if answer.response.status in _ABSENT | {200}:
                discard(answer.response)
                return answer.response.status == 200
            raise self._refused(answer)

        return retrying(look, self._client.settings)

    def put_blob(
        self, data: bytes | memoryview, digest: str, mount_from: str = "", sent: Sent = lambda _: None
    ) -> bool:
        """Upload a blob unless the repository has it; return whether bytes were sent.

        Parameters
        ----------
        mount_from
            Another repository of the registry that may have it: then the registry links it.
        sent
            Told how many of its bytes are sent by now.

        Raises
        ------
        UnauthorizedError, ForbiddenError
            If the credentials are missing, or may not push.
        RegistryUnavailableError
            If the registry can't be reached, or not now.
        ImageError
            If it refuses for any other reason: it is read-only, or the bytes are not those of the digest.
        """
        if self.has_blob(digest):
            return False
        upload = Upload(data, sent)
        return retrying(lambda: self._upload(upload, digest, mount_from), self._client.settings)

    def put_manifest(self, data: bytes, media_type: str, identifier: str = "") -> str:
        """Store a manifest under a tag, by default the reference's, and return its digest.

        Raises
        ------
        ImageError
            As :meth:`put_blob`.
        """
        url = self._client.url(self._reference, f"manifests/{identifier or self._reference.identifier}")

        def store() -> str:
            answer = self._write("PUT", url, {"Content-Type": media_type}, Upload(data))
            if answer.response.status not in _STORED:
                raise self._refused(answer)
            discard(answer.response)
            return digest_of(data)

        return retrying(store, self._client.settings)

    def _upload(self, data: Upload, digest: str, mount_from: str) -> bool:
        """Start an upload and finish it in one request: a session that broke off is begun anew."""
        start = self._client.url(self._reference, "blobs/uploads/")
        answer = self._begin(start, digest, mount_from)
        if answer.response.status == 201 and mount_from:
            discard(answer.response)
            return False
        if answer.response.status != 202:
            raise self._refused(answer)
        place = answer.response.headers.get("Location", "")
        discard(answer.response)
        if not place:
            raise ImageError(
                "the registry names no place for the upload", where=answer.where, action=_OPERATOR
            )
        answer = self._write("PUT", _with_digest(urljoin(start, place), digest), _BINARY, data)
        if answer.response.status not in _STORED:
            raise self._refused(answer)
        discard(answer.response)
        return True

    def _begin(self, start: str, digest: str, mount_from: str) -> Answer:
        """Return what is said to a link from another repository, or else to the beginning of an upload.

        A link may be refused with any status where an upload is taken: what is said to that counts.
        """
        if mount_from:
            mount = urlencode({"mount": digest, "from": mount_from})
            answer = self._write("POST", f"{start}?{mount}", body=_NOTHING)
            if answer.response.status in {201, 202}:
                return answer
            discard(answer.response)
        return self._write("POST", start, body=_NOTHING)

    def _write(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: Upload | None = None,
    ) -> Answer:
        return self._client.write(method, self._reference, url, headers or {}, body)

    def _refused(self, answer: Answer) -> ImageError:
        error = status_error(answer.response, answer.where, quoted=not answer.foreign)
        if _LOST_UPLOAD in error.what:
            return RegistryUnavailableError(error.what, where=error.where, action="try again later")
        if isinstance(error, ForbiddenError):
            action = _IMMUTABLE if answer.response.status == _PRECONDITION else _LEAVE
            return ForbiddenError(error.what, where=error.where, action=action)
        return error


def _with_digest(url: str, digest: str) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode({"digest": digest}))))
    return urlunsplit(parts._replace(query=query))
