"""Reads images from registries."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from praxi_tasks.errors import ImageError, NotFoundError
from praxi_tasks.oci.image.digest import check_digest, digest_of, is_digest, verify
from praxi_tasks.oci.image.manifest import ACCEPT, Entry
from praxi_tasks.oci.image.model import Blob, Descriptor, Image, Platform
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.image.resolver import Resolver, ServedManifest
from praxi_tasks.oci.image.verified_blob import VerifiedBlob
from praxi_tasks.oci.registry.client import RegistryClient
from praxi_tasks.oci.registry.download import Download
from praxi_tasks.oci.registry.http_errors import error_served
from praxi_tasks.oci.registry.transport import Answer
from praxi_tasks.oci.registry.web_pages import check_blob

log = logging.getLogger(__name__)

_MOST_URLS: Final = 8
"""Places of a layer that are asked: whoever wrote the manifest could name any number."""


class RegistrySource:
    """One image of a registry's repository; see :class:`~praxi_tasks.oci.image.model.ImageSource`.

    Parameters
    ----------
    reference
        The image, by tag or by the digest of its manifest or index.
    client
        The client to ask with; its settings' mirrors decide which registry is asked.
    """

    def __init__(self, reference: Reference, client: RegistryClient) -> None:
        self._reference = reference
        self._client = client
        self._asked = client.settings.mirrors.rewrite(reference)

    def resolve(self, platform: Platform) -> Image:
        """Find the image for a platform, following indexes.

        Raises
        ------
        ImageError
            If the registry refuses, has no such image, or has one that can't be read.
        """
        root = self.served()
        return Resolver(self, str(self._reference), platform).resolve(root)

    def find(self, config_digest: str, platform: Platform) -> Image | None:
        """Find the image with a configuration, whatever its platform; None if the reference leads to none.

        Some runtimes give a manifest's digest where others give the configuration's, so a manifest of that
        digest is looked for as well.

        Parameters
        ----------
        platform
            Whose images an index is searched for first.

        Raises
        ------
        ImageError
            If the registry refuses or can't answer.
        """
        resolver = Resolver(self, str(self._reference), platform)
        try:
            found = resolver.find(self.served(), config_digest)
        except NotFoundError:  # the tag may be gone
            found = None
        if found is not None:
            return found
        try:
            return resolver.resolve(self.served(config_digest))
        except NotFoundError:
            return None

    def digest(self) -> str:
        """Return the digest that the reference has now; asks for no more than headers if it can.

        Raises
        ------
        ImageError
            If the registry refuses or has no such image.
        """
        if self._asked.digest:
            return self._asked.digest
        try:
            headers = self._client.headers(self._asked, f"manifests/{self._asked.tag}", ACCEPT)
        except ImageError as error:
            log.debug("HEAD was not answered, GET decides: %s", error)
            headers = {}
        digest = headers.get("Docker-Content-Digest", "")
        return digest if is_digest(digest) else self.served(self._asked.tag).digest

    def served(self, identifier: str = "") -> ServedManifest:
        """Return a manifest as it is served: by a tag or digest, by default the reference's.

        Raises
        ------
        ImageError
            If the registry refuses, has none, or serves one with another digest.
        """
        identifier = identifier or self._asked.identifier
        headers, data = self._client.document(self._asked, f"manifests/{identifier}", ACCEPT)
        if error := error_served(data, str(self._reference)):
            raise error
        if is_digest(identifier):
            verify(data, identifier, str(self._reference))
        digest = identifier if is_digest(identifier) else digest_of(data)
        return ServedManifest(data, headers.get("Content-Type", ""), digest)

    def manifest(self, entry: Entry) -> ServedManifest:
        """Return the verified manifest or index of an index's entry."""
        return self.served(entry.digest)

    def config(self, entry: Entry) -> bytes:
        """Return an image's verified configuration."""
        _, data = self._client.document(self._asked, f"blobs/{entry.digest}", "*/*")
        return verify(data, entry.digest, str(self._reference))

    @contextmanager
    def open_blob(self, descriptor: Descriptor) -> Iterator[Blob]:
        """Open a layer's bytes for one reading from the start.

        Raises
        ------
        ImageError
            If the registry, and for a foreign layer every other place, does not have it.
        """
        check_digest(descriptor.digest, str(self._reference))
        if descriptor.data:
            yield VerifiedBlob.inline(descriptor, str(self._reference))
            return
        download = Download(self._opener(descriptor), descriptor.size, self._client.settings)
        blob = VerifiedBlob(download.read, descriptor, str(self._reference))
        try:
            yield blob
        finally:
            download.close(reusable=blob.complete)

    def _opener(self, descriptor: Descriptor) -> Callable[[Mapping[str, str]], Answer]:
        def ask(headers: Mapping[str, str]) -> Answer:
            try:
                answer = self._client.stream(self._asked, f"blobs/{descriptor.digest}", headers)
            except NotFoundError as error:
                answer = self._elsewhere(descriptor, headers, error)
            check_blob(answer.response, descriptor.size, answer.where)
            return answer

        return ask

    def _elsewhere(self, descriptor: Descriptor, headers: Mapping[str, str], error: NotFoundError) -> Answer:
        """Ask the other places of a layer that registries may not distribute, one after another."""
        refusals = []
        for url in descriptor.urls[:_MOST_URLS]:
            try:
                return self._client.stream_url(url, headers, self._asked)
            except NotFoundError:
                continue
            except ImageError as refusal:
                log.info("%s is not at one of its URLs: %s", descriptor.digest, refusal)
                refusals.append(refusal)
        if refusals:
            raise next((refusal for refusal in refusals if refusal.retryable), refusals[0])
        if "foreign" in descriptor.media_type or "nondistributable" in descriptor.media_type:
            error = NotFoundError(
                "a foreign layer that neither the registry nor the URLs in the manifest have",
                where=error.where,
                action="push the image with its non-distributable layers",
            )
        raise error
