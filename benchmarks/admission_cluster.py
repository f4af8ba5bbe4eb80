"""How long a real API server waits for the admission webhook, by its own clock.

The webhook is the chart's own, asked at an address instead of by a Service, which needs a cluster's network::

    PYTHONPATH=. .venv/bin/python -m benchmarks.admission_cluster --kube-apiserver FILE --pods 1000

Any kube-apiserver from 1.20 on will do, with etcd beside it (``--etcd``, by default Debian's).
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import ssl
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.report import Table, write_results
from praxi_tasks.findings import Finding
from praxi_tasks.store import open_store
from tests.admission.reviews import audit, pod
from tests.events.bodies import digest
from tests.serving.running import Service, serving
from tests.support import chart, world
from tests.support.certificates import Issuer
from tests.support.process import free_port, running, start_server

ACCOUNT: Final = "of-the-benchmark"
GOOD, BAD = "registry.example/shop/good:1", "registry.example/shop/bad:1"
_GRAVE: Final = Finding("vulnerable", "CVE-2026-2", "grave", "critical")
_PODS: Final = "/api/v1/namespaces/shop/pods?dryRun=All"
_WEBHOOKS: Final = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
_METRIC: Final = "apiserver_admission_webhook_admission_duration_seconds"
_LARGE: Final = 1_000_000  # bytes of a pod's argument
_BOUND: Final = "0.025"  # a bucket of the server's
_NOTE: Final = "Mean and share of answers within 25 ms are by the API server's own clock."


class ApiServer:
    """A kube-apiserver, spoken to by an account that may do anything."""

    def __init__(self, port: int, issuer: Issuer) -> None:
        context = ssl.create_default_context(cafile=str(issuer.certificate))
        self._connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=60)

    def ask(self, method: str, path: str, document: Any = None) -> tuple[int, bytes]:
        """Send a request; return status and body."""
        headers = {"Authorization": f"Bearer {ACCOUNT}", "Content-Type": "application/json"}
        body = None if document is None else json.dumps(document)
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def is_ready(self) -> bool:
        """Return whether it answers."""
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            self._connection.close()
            return False

    def make(self, path: str, document: Any) -> None:
        """Create an object."""
        status, body = self.ask("POST", path, document)
        if status != 201:
            raise AssertionError(body)

    def durations(self) -> Mapping[str, float]:
        """Return what it counted of the webhook: calls within the bound, all, and the sum of seconds."""
        found = dict.fromkeys((_BOUND, "count", "sum"), 0.0)
        for line in self.ask("GET", "/metrics")[1].decode().splitlines():
            if line.startswith(_METRIC) and 'name="pods.praxi.internal"' in line:
                series, value = line.rsplit(" ", 1)
                bound = re.search(r'le="([^"]+)"', series)
                name = bound[1] if bound else series.partition("{")[0].rpartition("_")[2]
                if name in found:
                    found[name] += float(value)
        return found


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kube-apiserver", type=Path, required=True)
    parser.add_argument("--etcd", type=Path, default=Path("/usr/bin/etcd"))
    parser.add_argument("--pods", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        release, table = measure(wanted.kube_apiserver, wanted.etcd, Path(name), wanted.pods)
    load = f"{os.cpu_count()} processors whose load was {os.getloadavg()[0]:.0f}; kube-apiserver {release}."
    write_results("admission_cluster", "What an admission costs a real API server", table, f"{load} {_NOTE}")


def measure(program: Path, etcd: Path, folder: Path, pods: int) -> tuple[str, Table]:
    """Create pods without and with the webhook; return the API server's release and the table."""
    table = Table("created", "without it, median ms", "with it", "ratio", "asked, mean ms", "within 25 ms")
    loads = {"pods of five images": (pods, 0), "pods of 1 MB": (max(pods // 10, 10), _LARGE)}
    issuer = Issuer(folder / "pki")
    with api_server(program, etcd, folder, issuer) as server, service(folder, issuer) as serve:
        alone = {kind: statistics.median(create(server, *load)) for kind, load in loads.items()}
        server.make(_WEBHOOKS, webhook(serve, issuer))
        wait_for_webhook(server)
        for kind, load in loads.items():
            table.add(kind, *compared(server, load, alone[kind]))
        return json.loads(server.ask("GET", "/version")[1])["gitVersion"], table


def compared(server: ApiServer, load: tuple[int, int], alone: float) -> tuple[str, ...]:
    """Return the cells of a row: with the webhook, beside what it took without."""
    before = server.durations()
    together = statistics.median(create(server, *load, refused=True))
    after = server.durations()
    count = after["count"] - before["count"]
    mean = 1_000 * (after["sum"] - before["sum"]) / count
    within = (after[_BOUND] - before[_BOUND]) / count
    return f"{alone:.1f}", f"{together:.1f}", f"{together / alone:.2f}", f"{mean:.2f}", f"{within:.1%}"


def create(server: ApiServer, count: int, padding: int, *, refused: bool = False) -> list[float]:
    """Create pods in a dry run, every third of an image with a grave finding; return milliseconds of each."""
    times = []
    for number in range(count):
        image = GOOD if number % 3 else BAD
        document = pod(*[image] * 5)
        document["spec"]["containers"][0]["args"] = ["x" * padding]
        for container in document["spec"]["containers"]:
            del container["volumeMounts"]
        begun = time.perf_counter()
        status, body = server.ask("POST", _PODS, document)
        times.append(1_000 * (time.perf_counter() - begun))
        if status != (403 if refused and image == BAD else 201):
            raise AssertionError(body)
    return times


def wait_for_webhook(server: ApiServer) -> None:
    """Wait until a new configuration is in force."""
    refused: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"}}
    refused["spec"] = {"containers": [{"name": "c", "image": BAD}]}
    while server.ask("POST", _PODS, refused)[0] != 403:
        time.sleep(0.1)


def webhook(serve: Service, issuer: Issuer) -> Any:
    """Return the chart's configuration, which asks the service where it is."""
    bundle = base64.b64encode(issuer.certificate.read_bytes()).decode()
    rendered = chart.render({"admission": {"enabled": True, "caBundle": bundle}})
    (found,) = chart.of_kind(rendered, "ValidatingWebhookConfiguration").values()
    (only,) = found["webhooks"]
    only["clientConfig"] = {"url": f"https://{serve.address}/v1/admission", "caBundle": bundle}
    return found


@contextmanager
def service(folder: Path, issuer: Issuer) -> Iterator[Service]:
    """Run the service with what an audit found."""
    place = folder / "serve"
    place.mkdir()
    world.model().save((place / "model").as_uri())
    store = open_store((place / "store").as_uri())
    images = {GOOD: (digest("a"), list[Finding]()), BAD: (digest("b"), [_GRAVE])}
    audit(store, "scheduled__2026-11-28", "2026-11-28T00:00:00+00:00", images)
    policy = place / "policy.yaml"
    policy.write_text("fail: [{severity: critical}]")
    pair = str(issuer.issue())
    tls = ("--tls-cert", pair, "--tls-key", pair)
    told, model = {"PRAXI_ADMISSION_POLICY": str(policy)}, (place / "model").as_uri()
    with serving(place, model, store.uri, *tls, variables=told, issuer=issuer) as found:
        yield found


@contextmanager
def api_server(program: Path, etcd: Path, folder: Path, issuer: Issuer) -> Iterator[ApiServer]:
    """Run etcd and an API server with a namespace."""
    address, peers = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    keeper = [
        *(str(etcd), "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync", "--listen-peer-urls", peers),
        *("--listen-client-urls", address, "--advertise-client-urls", address),
    ]
    with running(start_server("etcd", keeper, folder)):
        pair, signing, tokens = str(issuer.issue()), _signing_key(folder), folder / "tokens.csv"
        tokens.write_text(f'{ACCOUNT},admin,admin,"system:masters"\n')
        port = free_port()
        command = [
            *(str(program), "--secure-port", str(port), "--bind-address", "127.0.0.1"),
            *("--etcd-servers", address, "--tls-cert-file", pair, "--tls-private-key-file", pair),
            *("--token-auth-file", str(tokens), "--authorization-mode", "RBAC", "--cert-dir", str(folder)),
            *("--service-account-issuer", "https://kubernetes.default.svc"),
            *("--service-account-signing-key-file", str(signing), "--service-account-key-file", str(signing)),
            *("--service-cluster-ip-range", "10.96.0.0/16", "--disable-admission-plugins", "ServiceAccount"),
        ]
        with running(start_server("kube-apiserver", command, folder)) as process:
            server = ApiServer(port, issuer)
            process.wait_until(server.is_ready, seconds=120)
            server.make("/api/v1/namespaces", {"metadata": {"name": "shop"}})
            yield server


def _signing_key(folder: Path) -> Path:
    """Write the key of service accounts' tokens."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    file = folder / "accounts.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return file


if __name__ == "__main__":
    main()
