"""Why there is no TLS with a server, where no other try can help."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from praxi_tasks.http import Connections, HttpSettings, explain
from tests.support.certificates import Issuer
from tests.support.forward_proxy import forward_proxy


class PatientServer(ThreadingHTTPServer):
    """Closes a connection when its client has: what was said last may be lost where bytes are left unread."""

    def shutdown_request(self, request: Any) -> None:
        """Wait for the client's end."""
        with socket.socket(fileno=request.detach()) as connection, suppress(OSError):
            connection.settimeout(10)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                continue


@contextmanager
def site(certificate: Path, adjust: Callable[[ssl.SSLContext], object]) -> Iterator[str]:
    """Run a site by TLS; what it wants of clients is adjusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    adjust(context)
    server = PatientServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
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


@pytest.mark.parametrize(
    ("options", "what", "action"),
    [
        ({"credentials": "me:sesame"}, r"the proxy does not know who asks \(407\)", "HTTPS_PROXY"),
        ({"refuses": True}, r"the proxy lets nobody to the registry \(403\)", "NO_PROXY"),
    ],
)
def test_a_proxy_that_refuses_is_no_network_that_is_down(
    options: dict[str, Any], what: str, action: str
) -> None:
    with forward_proxy(**options) as proxy:
        pool = Connections(HttpSettings(), {"https": proxy.address}).pool("https", "registry.example")
        with pytest.raises(urllib3.exceptions.HTTPError) as caught:
            pool.request("GET", "https://registry.example/v2/", retries=False)
    failure = explain(caught.value, "registry")
    assert re.fullmatch(what, failure.what)
    assert action in failure.action
    assert not failure.retryable


def test_a_proxy_that_does_not_get_there_may_do_so_later() -> None:
    error = urllib3.exceptions.ProxyError("no tunnel", OSError("Tunnel connection failed: 502 Bad Gateway"))
    failure = explain(error, "registry")
    assert failure.what == "the proxy does not reach the registry (502)"
    assert failure.retryable
    away = explain(urllib3.exceptions.ProxyError("no proxy", OSError("refused")), "registry")
    assert away.what == "the proxy can't be reached"
