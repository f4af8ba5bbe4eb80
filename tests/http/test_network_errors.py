"""Why there is no TLS with a server, where no other try can help."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from praxi_tasks.http import Connections, HttpSettings, explain
from tests.support.certificates import Issuer


@contextmanager
def site(certificate: Path, adjust: Callable[[ssl.SSLContext], object]) -> Iterator[str]:
    """Run a site by TLS; what it wants of clients is adjusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    adjust(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def wants_certificates(context: ssl.SSLContext) -> None:
    context.verify_mode = ssl.CERT_REQUIRED


def is_old(context: ssl.SSLContext) -> None:
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1


@pytest.mark.parametrize(
    ("adjust", "what"),
    [
        (wants_certificates, "the registry wants a certificate of its clients"),
        (is_old, "the registry speaks no version of TLS that is safe"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_what_a_server_wants_is_told(
    tmp_path: Path, adjust: Callable[[ssl.SSLContext], object], what: str
) -> None:
    issuer = Issuer(tmp_path)
    pool = Connections(HttpSettings(ca_bundle=str(issuer.certificate)), {}).pool("https", "127.0.0.1")
    with site(issuer.issue(), adjust) as url, pytest.raises(urllib3.exceptions.HTTPError) as caught:
        pool.request("GET", url, retries=False)
    failure = explain(caught.value, "registry")
    assert failure.what == what
    assert not failure.retryable
