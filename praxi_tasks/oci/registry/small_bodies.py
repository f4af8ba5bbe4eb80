"""Reads small response bodies (manifests, configurations, tokens) whole, up to a cap."""

from __future__ import annotations

from typing import Final

from urllib3.exceptions import HTTPError

from praxi_tasks.errors import ManifestError, RegistryUnavailableError
from praxi_tasks.oci.registry.http_errors import network_error, status_error
from praxi_tasks.oci.registry.transport import Answer
from praxi_tasks.oci.registry.web_pages import is_page, page_error

_SUCCESS: Final = frozenset({200, 203, 206})  # 203 is a proxy's: what it changed, digests tell


def check_status(answer: Answer) -> Answer:
    """Return the answer if it is a success.

    Raises
    ------
    ImageError
        The kind that the status means.
    """
    if answer.response.status not in _SUCCESS:
        raise status_error(answer.response, answer.where, quoted=not answer.foreign, moved=answer.moved)
    return answer


def read_document(answer: Answer, limit: int) -> bytes:
    """Return the body of a successful answer; proxies may have compressed it though nobody asked.

    Raises
    ------
    ManifestError
        If it is longer than ``limit`` bytes.
    NotARegistryError
        If it is a web page.
    RegistryUnavailableError
        If it is empty.
        If the connection breaks before its end.
    """
    response = check_status(answer).response
    try:
        body = response.read(limit + 1, decode_content=True)
        while len(body) <= limit and (more := response.read(limit + 1 - len(body), decode_content=True)):
            body += more
        if len(body) > limit:
            response.close()
            raise ManifestError(
                f"larger than {limit} bytes",
                where=answer.where,
                action="raise PRAXI_REGISTRY_MAX_MANIFEST_BYTES if this is a real manifest",
            )
        response.release_conn()
    except HTTPError as error:
        response.close()
        raise network_error(error, answer.where) from error
    if is_page(body):
        raise page_error(answer.where)
    if not body:
        raise RegistryUnavailableError(
            "the registry answered with nothing", where=answer.where, action="try again later"
        )
    return body
