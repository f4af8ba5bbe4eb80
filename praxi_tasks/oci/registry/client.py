"""A client for registries whose users share connections and authorizations."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from urllib3.exceptions import ProtocolError, SSLError

from praxi_tasks.errors import ImageError, RegistryUnavailableError
from praxi_tasks.http import hostname
from praxi_tasks.oci.image.reference import DOCKER_HUB, Reference
from praxi_tasks.oci.registry.authorizer import PULL, PUSH, Authorizer
from praxi_tasks.oci.registry.challenge import parse_challenges
from praxi_tasks.oci.registry.retry import retrying
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.small_bodies import check_status, read_document
from praxi_tasks.oci.registry.transport import Answer, Transport, discard
from praxi_tasks.oci.registry.upload import Upload

_HUB_HOST: Final = "registry-1.docker.io"
_LOCK: Final = threading.Lock()


class RegistryClient:
    """Read from registries and write to them; safe to share between threads."""

    def __init__(self, settings: RegistrySettings) -> None:
        self.settings = settings
        self._transport = Transport(settings)
        self._authorizer = Authorizer(self._transport, settings)
        self._bases: dict[str, str] = {}

    def document(self, reference: Reference, path: str, accept: str) -> tuple[Mapping[str, str], bytes]:
        """Return headers and body of a small document below the repository: ``manifests/latest``.

        Raises
        ------
        ImageError
            Of the kind that the registry's refusal means.
        """

        def attempt() -> tuple[Mapping[str, str], bytes]:
            answer = self._ask("GET", reference, path, {"Accept": accept})
            return answer.response.headers, read_document(answer, self.settings.max_manifest_bytes)

        return retrying(attempt, self.settings)

    def headers(self, reference: Reference, path: str, accept: str) -> Mapping[str, str]:
        """Return the headers of a document without its body, asked for once; raises as :meth:`document` does.

        A refusal says nothing of the document: registries and proxies that know no HEAD, or forbid it, answer
        with any status.
        """
        answer = check_status(self._ask("HEAD", reference, path, {"Accept": accept}))
        discard(answer.response)
        return answer.response.headers

    def stream(self, reference: Reference, path: str, headers: Mapping[str, str]) -> Answer:
        """Return the successful answer that has the bytes of a blob; raises as :meth:`document` does."""
        return retrying(lambda: check_status(self._ask("GET", reference, path, headers)), self.settings)

    def stream_url(self, url: str, headers: Mapping[str, str], reference: Reference) -> Answer:
        """Return the successful answer of a URL that a manifest of ``reference`` names.

        No credentials are sent there, and it leads to no internal address but the registry's own, at its own
        port: whoever built the image wrote the URL, and other services may run on the registry's host.
        """
        named = self._transport.place(self._base(reference.registry))

        def attempt() -> Answer:
            return check_status(self._transport.exchange("GET", url, headers, named=named))

        return retrying(attempt, self.settings)

    def url(self, reference: Reference, path: str) -> str:
        """Return the URL of something below a repository."""
        return f"{self._base(reference.registry)}/v2/{reference.repository}/{path}"

    def write(
        self,
        method: str,
        reference: Reference,
        url: str,
        headers: Mapping[str, str],
        body: Upload | None = None,
    ) -> Answer:
        """Send a request that writes to a repository, once; whatever status it ends with is returned.

        Parameters
        ----------
        url
            Of the repository, or where the registry wants an upload to go. Only a URL of the registry
            itself gets credentials.
        """
        named = hostname(_host(reference.registry))
        if not url.startswith(f"{self._base(reference.registry)}/"):
            return self._transport.exchange(method, url, headers, body, named=named)
        return self._authorized(method, url, reference, headers, body, PUSH)

    def _ask(self, method: str, reference: Reference, path: str, headers: Mapping[str, str]) -> Answer:
        return self._authorized(method, self.url(reference, path), reference, headers, None, PULL)

    def _authorized(
        self,
        method: str,
        url: str,
        reference: Reference,
        headers: Mapping[str, str],
        body: Upload | None,
        actions: str,
    ) -> Answer:
        sent = self._authorizer.current(reference, actions)
        answer = self._transport.exchange(method, url, _with(headers, sent), body)
        if answer.response.status != 401 or answer.moved:
            return answer
        challenges = parse_challenges(answer.response.headers.get("WWW-Authenticate", ""))
        discard(answer.response)
        renewed = self._authorizer.renew(reference, challenges, sent, answer.where, actions)
        return self._transport.exchange(method, url, _with(headers, renewed), body)

    def _base(self, registry: str) -> str:
        """Return scheme and host; a host that may be spoken to plainly is asked which it speaks."""
        host = _host(registry)
        if not self.settings.allows_plain(host):
            return f"https://{host}"
        if host not in self._bases:
            scheme = "http" if self._speaks_plain(host) else "https"
            self._bases[host] = f"{scheme}://{host}"
        return self._bases[host]

    def _speaks_plain(self, host: str) -> bool:
        """Return whether the host answers plain HTTP; servers of TLS say 400 to it, or hang up.

        A connection may break for any reason, so one that hung up is asked by TLS before that is believed:
        the answer holds for as long as this process lives.
        """
        try:
            answer = self._transport.exchange("GET", f"http://{host}/v2/", {})
        except RegistryUnavailableError as error:
            if isinstance(error.__cause__, ProtocolError) and self._speaks_tls(host):
                return False
            raise
        discard(answer.response)
        return answer.response.status != 400

    def _speaks_tls(self, host: str) -> bool:
        """Return whether the host answers TLS, whatever its certificate; raises if it does not answer."""
        try:
            answer = self._transport.exchange("GET", f"https://{host}/v2/", {})
        except RegistryUnavailableError:
            raise
        except ImageError as error:
            return not (
                isinstance(error.__cause__, SSLError) and "WRONG_VERSION_NUMBER" in str(error.__cause__)
            )
        discard(answer.response)
        return True


def _host(registry: str) -> str:
    return _HUB_HOST if registry == DOCKER_HUB else registry


def _with(headers: Mapping[str, str], authorization: str) -> Mapping[str, str]:
    return {**headers, "Authorization": authorization} if authorization else headers


def client_for(settings: RegistrySettings) -> RegistryClient:
    """Return the process's client with these settings: threads that come together get the same."""
    with _LOCK:
        return _client(settings)


@lru_cache(maxsize=8)
def _client(settings: RegistrySettings) -> RegistryClient:
    return RegistryClient(settings)
