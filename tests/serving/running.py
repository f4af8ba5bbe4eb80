"""The service as it runs: a process in the task environment."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import ROOT
from tests.support.certificates import Issuer
from tests.support.process import Server, free_port, running, start_server

PYTHON = ROOT / ".venv-tasks" / "bin" / "python"


class Reply(NamedTuple):
    """What the service answered."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class Service(NamedTuple):
    """A service that runs: where it is, and its process."""

    address: str
    server: Server
    issuer: Issuer | None = None
    name: str = ""

    def ask(self, path: str, document: Any = None, method: str = "", **headers: str) -> Reply:
        """Send a request; a document is posted as JSON, bytes as they are."""
        data = document if isinstance(document, bytes | None) else json.dumps(document).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            f"http{'s' if self.issuer else ''}://{self.address}{path}", data, names, method=method or None
        )
        context = ssl.create_default_context(cafile=str(self.issuer.certificate)) if self.issuer else None
        if context and self.name:
            context.check_hostname = False  # the test looks at it, as the other side does
        try:
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:
                return Reply(answer.status, answer.read(), _lower(answer.headers))
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.read(), _lower(error.headers))

    def is_ready(self) -> bool:
        try:
            return self.ask("/v2/health/ready").status == 200
        except OSError:
            return False


@contextmanager
def serving(
    folder: Path,
    model: str,
    store: str,
    *options: str,
    variables: Mapping[str, str] | None = None,
    issuer: Issuer | None = None,
    python: Path = PYTHON,
    name: str = "",
) -> Iterator[Service]:
    """Run the service on a free port until the block ends; over TLS where an issuer vouches for it.

    Parameters
    ----------
    name
        That for which the issuer vouches, if not for 127.0.0.1.
    """
    port = free_port()
    command = [
        *(str(python), "-m", "praxi_tasks", "serve", "--model", model, "--store", store),
        *("--port", str(port), "--workers", "2", "--reload-seconds", "0.2", *options),
    ]
    server = start_server(
        "serve", command, folder, env={"PYTHONPATH": str(ROOT), **(variables or {})}, cwd=folder
    )
    service = Service(f"127.0.0.1:{port}", server, issuer, name)
    with running(server):
        server.wait_until(service.is_ready, seconds=120)
        yield service


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
