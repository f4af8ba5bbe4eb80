"""One setting names the authorities that every client trusts, and a certificate's fault is said as such."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from praxi_tasks.doctor.remote import ask_prometheus
from praxi_tasks.environment import variables
from praxi_tasks.errors import (
    NotifyError,
    PraxiError,
    StoreError,
    UsageError,
)
from praxi_tasks.http import open_url
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.notify import Alertmanager, send_message
from praxi_tasks.oci.image.model import Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from praxi_tasks.store import open_store
from praxi_tasks.trust import all_authorities, certificate_problem, library_variables, own_authorities
from tests.support.certificates import Issuer, self_signed
from tests.support.site import Site, site

LIBRARIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep files in the test's folder, and what MLflow's client sets for the process in the test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with variables(dict.fromkeys(LIBRARIES, "")):
        for name in LIBRARIES:
            del os.environ[name]
        yield


@pytest.fixture(params=["trusted", "unknown", "anew", "names", "expired", "early", "self-signed"])
def served(
    request: pytest.FixtureRequest, issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Site, str]]:
    """Serve over TLS with a certificate of some kind; return what is wrong with it too."""
    certificates: dict[str, Callable[[], Path]] = {
        "trusted": issuer.issue,
        "unknown": Issuer(tmp_path / "other", "another authority").issue,
        "anew": Issuer(tmp_path / "anew").issue,
        "names": lambda: issuer.issue("other.example"),
        "expired": lambda: issuer.issue(days=(-9, -2)),
        "early": lambda: issuer.issue(days=(2, 9)),
        "self-signed": lambda: self_signed(tmp_path / "self.pem"),
    }
    said = {
        "trusted": "",
        "unknown": "not trusted: it is of an authority that is not known here",
        "anew": "not trusted: it is of an authority that is not known here",
        "names": "for other names than the one that was asked",
        "expired": "has expired",
        "early": "not valid yet",
        "self-signed": "not trusted",
    }
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(issuer.certificate))
    with site(certificates[request.param]()) as server:
        yield server, said[request.param]


def ask_store(url: str) -> None:
    open_store("s3://bucket").get("key")


def ask_site(url: str) -> None:
    with open_url(f"{url}/page", limit=10) as response:
        response.read()


def ask_registry(url: str) -> None:
    source = open_source(f"{url.removeprefix('https://')}/shop:1", RegistrySettings.from_environment())
    source.resolve(Platform())


def ask_doctor(url: str) -> None:
    ask_prometheus(url)("up")


def ask_alertmanager(url: str) -> None:
    Alertmanager(url).active("x")


def ask_receiver(url: str) -> None:
    send_message("title", "text", urls=url.replace("https://", "jsons://"))


def ask_mlflow(url: str) -> None:
    MlflowRegistry(url).versions()


CLIENTS: dict[Callable[[str], None], str] = {
    ask_store: "nothing is stored",
    ask_site: "404",
    ask_registry: "404",
    ask_doctor: "404",
    ask_alertmanager: "404",
    ask_receiver: "a message did not reach its receiver",  # who takes none
    ask_mlflow: "404",
}


@pytest.mark.parametrize("ask", CLIENTS, ids=lambda ask: ask.__name__)
def test_each_client_trusts_the_authority_and_says_what_is_wrong(
    ask: Callable[[str], None], served: tuple[Site, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, said = served
    for name, value in {"ENDPOINT_URL": server.url, "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with pytest.raises(PraxiError, match=said or CLIENTS[ask]) as caught:
        ask(server.url)
    error = caught.value
    assert bool(said) == ("certificate" in error.what)
    if said:
        assert "AWS_ENDPOINT_URL" not in str(error)
        assert ("PRAXI_CA_BUNDLE" in error.action) == ("trusted" in said)
        assert not error.retryable or isinstance(error, NotifyError)  # which are all tried again


def test_a_store_without_tls_is_told_from_one_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with site() as server:
        url = server.url.replace("http://", "https://")
        for name, value in {"ENDPOINT_URL": url, "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        with pytest.raises(StoreError, match=r"does not speak TLS.*use http in AWS_ENDPOINT_URL"):
            open_store("s3://bucket").get("key")


def test_libraries_are_given_the_systems_authorities_and_the_own(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert library_variables() == {}
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(issuer.certificate))
    file = Path(library_variables()["REQUESTS_CA_BUNDLE"])
    assert own_authorities() in file.read_bytes()
    known = ssl.create_default_context(cafile=str(file)).get_ca_certs()
    assert len(known) > 10
    assert all_authorities() == str(file)  # the same again
    with variables(library_variables()):
        assert set(library_variables()) == set(LIBRARIES)
    other = Issuer(tmp_path / "rotated").certificate
    assert all_authorities(str(other)) != str(file)


def test_a_file_that_somebody_else_left_there_is_not_trusted(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(issuer.certificate))
    file = Path(all_authorities())
    right = file.read_bytes()
    file.write_bytes(b"evil")
    assert Path(all_authorities()).read_bytes() == right
    file.unlink()
    file.mkdir()  # stands for one that can't be replaced
    (file / "x").touch()
    assert Path(all_authorities()).read_bytes() == right


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_that_is_none_is_named(
    content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(file))
    for ask in (own_authorities, library_variables, lambda: open_store("s3://bucket")):
        with pytest.raises(UsageError, match=r"CA bundle can't be used.*PRAXI_CA_BUNDLE") as caught:
            ask()
        assert caught.value.where == str(file)


def test_another_fault_of_a_certificate_is_quoted_and_no_other_is_one() -> None:
    assert certificate_problem(OSError("connection refused")) is None
    openssl = certificate_problem("certificate verify failed: CA cert does not include key usage (_ssl.c:1)")
    rustls = certificate_problem("InvalidCertificate(\n Other(\n OtherError(\n CaUsedAsEndEntity,")
    assert openssl is not None
    assert rustls is not None
    assert openssl.what.endswith("not trusted: CA cert does not include key usage")
    assert rustls.what.endswith("not trusted: CaUsedAsEndEntity")
