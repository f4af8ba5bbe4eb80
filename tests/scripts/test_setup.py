"""`make setup` with a site's own CA, proxy and index, and what it says when one of them is wrong."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts.machine import WHEEL, Machine, publish, wheel
from tests.support.certificates import Authority, authority
from tests.support.forward_proxy import forward_proxy
from tests.support.package_index import PackageIndex, package_index

pytestmark = [pytest.mark.server, pytest.mark.needs("unshare")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.fixture(scope="module")
def site_ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def index(site_ca: Authority) -> Iterator[PackageIndex]:
    """Return an index over TLS, with a certificate of the site's own authority, that has the package."""
    with package_index(site_ca.server) as running:
        publish(running)
        yield running


@pytest.fixture
def nobody() -> str:
    """Return an address where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def _succeeds(machine: Machine) -> None:
    done = machine.setup()
    assert done.returncode == 0, done.stdout
    assert machine.has_package(".venv")
    assert machine.has_package(".venv-tasks")


def _fails(machine: Machine, *said: str) -> None:
    done = machine.setup()
    assert done.returncode != 0
    for text in said:
        assert text in done.stdout, done.stdout
    assert "sesame" not in done.stdout
    assert not machine.has_package()


def test_the_systems_certificates_are_trusted(
    machine: Machine, site_ca: Authority, index: PackageIndex
) -> None:
    machine.configure_pip(f"[global]\nindex-url = {index.url}\n")
    machine.trust(site_ca.certificate)
    _succeeds(machine)


def test_a_certificate_of_pips_configuration_is_trusted(
    machine: Machine, site_ca: Authority, index: PackageIndex
) -> None:
    machine.configure_pip(f"[install]\nindex-url = {index.url}\ncert = {site_ca.certificate}\n")
    _succeeds(machine)


def test_a_trusted_host_needs_no_certificate(machine: Machine, index: PackageIndex) -> None:
    machine.configure_pip(f"[global]\nindex-url = {index.url}\ntrusted-host = 127.0.0.1\n")
    _succeeds(machine)


def test_the_section_of_install_goes_before_the_global_one_and_a_variable_before_both(
    machine: Machine, site_ca: Authority, index: PackageIndex, nobody: str
) -> None:
    machine.trust(site_ca.certificate)
    wrong = f"https://{nobody}/simple"
    machine.configure_pip(f"[global]\nindex-url = {wrong}\n[install]\nindex-url = {index.url}\n")
    _succeeds(machine)


def test_a_variable_goes_before_pips_files(
    machine: Machine, site_ca: Authority, index: PackageIndex, nobody: str
) -> None:
    machine.trust(site_ca.certificate)
    machine.configure_pip(f"[install]\nindex-url = https://{nobody}/simple\n")
    machine.variables["PIP_INDEX_URL"] = index.url
    _succeeds(machine)


def test_what_the_first_index_lacks_is_found_in_another(
    machine: Machine, site_ca: Authority, index: PackageIndex
) -> None:
    machine.trust(site_ca.certificate)
    with package_index(site_ca.server) as empty, package_index(site_ca.server) as other:
        empty.publish("tiny_thing-0.9-py3-none-any.whl", b"another version")
        machine.configure_pip(
            f"[global]\nindex-url = {empty.url}\nextra-index-url =\n    {other.url}\n    {index.url}\n"
        )
        _succeeds(machine)


def test_packages_come_from_a_folder(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes(wheel())
    machine.configure_pip(f"[global]\nno-index = true\nfind-links = {tmp_path}\n")
    _succeeds(machine)


@pytest.mark.parametrize("by", ["pip", "variable"])
def test_a_proxy_that_asks_for_a_password_is_used(
    machine: Machine, site_ca: Authority, index: PackageIndex, by: str
) -> None:
    machine.trust(site_ca.certificate)
    with forward_proxy(credentials="user:sesame") as proxy:
        address = f"http://user:sesame@{proxy.address}"
        setting = f"proxy = {address}\n" if by == "pip" else ""
        machine.configure_pip(f"[global]\nindex-url = {index.url}\n{setting}")
        if by == "variable":
            machine.variables["https_proxy"] = address
        _succeeds(machine)
        assert proxy.asked


def test_a_certificate_that_nobody_trusts_is_named(machine: Machine, index: PackageIndex) -> None:
    machine.configure_pip(f"[global]\nindex-url = {index.url}\n")
    _fails(machine, "a proxy before it is not trusted", "SSL_CERT_FILE", index.url)


def test_a_proxy_that_is_not_there_is_named(machine: Machine, index: PackageIndex, nobody: str) -> None:
    machine.configure_pip(f"[global]\nindex-url = {index.url}\nproxy = http://user:sesame@{nobody}\n")
    _fails(machine, "the proxy can't be reached", f"http://***@{nobody}")


def test_a_proxy_that_refuses_is_named(machine: Machine, index: PackageIndex) -> None:
    with forward_proxy(refuses=True) as proxy:
        machine.configure_pip(f"[global]\nindex-url = {index.url}\nproxy = http://{proxy.address}\n")
        _fails(machine, "refuses to connect to the index")


def test_a_proxy_that_wants_a_password_is_named(machine: Machine, index: PackageIndex) -> None:
    with forward_proxy(credentials="user:other") as proxy:
        machine.configure_pip(
            f"[global]\nindex-url = {index.url}\nproxy = http://user:sesame@{proxy.address}\n"
        )
        _fails(machine, "the proxy wants a user and a password")


def test_an_index_that_is_not_there_is_named(machine: Machine, nobody: str) -> None:
    machine.configure_pip(f"[global]\nindex-url = https://user:sesame@{nobody}/simple\n")
    _fails(machine, "the index can't be reached", f"https://***@{nobody}/simple")


def test_an_index_without_the_package_is_named(machine: Machine, site_ca: Authority) -> None:
    machine.trust(site_ca.certificate)
    with package_index(site_ca.server) as empty:
        machine.configure_pip(f"[global]\nindex-url = {empty.url}\n")
        _fails(machine, "has not what is asked for", "index-url")


def test_an_index_that_wants_a_password_is_named(machine: Machine, site_ca: Authority) -> None:
    machine.trust(site_ca.certificate)
    with package_index(site_ca.server) as closed:
        closed.refuse("tiny-thing", 401)
        machine.configure_pip(f"[global]\nindex-url = {closed.url.replace('://', '://user:sesame@')}\n")
        _fails(machine, "the index wants a user and a password")


def test_a_file_that_is_not_the_locked_one_is_named(machine: Machine, site_ca: Authority) -> None:
    machine.trust(site_ca.certificate)
    with package_index(site_ca.server) as other:
        publish(other)
        for lock in ("requirements.txt", "images/task/requirements.txt"):
            (machine.root / lock).write_text(f"tiny-thing==1.0 --hash=sha256:{'0' * 64}\n")
        machine.configure_pip(f"[global]\nindex-url = {other.url}\n")
        _fails(machine, "not the one the lock names")


@pytest.fixture(scope="module")
def old_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python with the pip that this Python was released with, as a fresh machine has it."""
    environment = tmp_path_factory.mktemp("old-pip") / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True, timeout=120)
    return environment / "bin" / "python"


def _download(machine: Machine, python: Path) -> subprocess.CompletedProcess[str]:
    command = f". scripts/package_access.sh; run_pip images {python} -m pip -- download --quiet tiny-thing"
    return machine.run("bash", "-c", command)


def test_an_old_pip_trusts_the_systems_certificates(
    machine: Machine, site_ca: Authority, index: PackageIndex, old_pip: Path
) -> None:
    machine.trust(site_ca.certificate)
    machine.configure_pip(f"[global]\nindex-url = {index.url}\n")
    done = _download(machine, old_pip)
    assert done.returncode == 0, done.stdout
    assert (machine.root / WHEEL).is_file()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("certificate", "is not trusted"),
        ("proxy", "the proxy can't be reached"),
        ("refusal", "refuses to connect to the index"),
        ("index", "the index can't be reached"),
        ("package", "has not what is asked for"),
        ("login", "the index wants a user and a password"),
    ],
)
def test_what_pip_failed_at_is_named(
    machine: Machine, site_ca: Authority, old_pip: Path, nobody: str, fault: str, said: str
) -> None:
    if fault != "certificate":
        machine.trust(site_ca.certificate)
    with package_index(site_ca.server) as index, forward_proxy(refuses=True) as proxy:
        if fault == "login":
            index.refuse("tiny-thing", 401)
        proxies = {"proxy": nobody, "refusal": proxy.address}
        url = f"https://user:sesame@{nobody}/simple" if fault == "index" else index.url
        setting = f"proxy = http://user:sesame@{proxies[fault]}\n" if fault in proxies else ""
        machine.configure_pip(f"[global]\nindex-url = {url}\n{setting}")
        done = _download(machine, old_pip)
    assert done.returncode != 0
    assert said in done.stdout, done.stdout
    assert "sesame" not in done.stdout


def test_environments_that_are_current_are_left_alone(
    machine: Machine, site_ca: Authority, index: PackageIndex
) -> None:
    machine.trust(site_ca.certificate)
    machine.configure_pip(f"[global]\nindex-url = {index.url}\n")
    _succeeds(machine)
    asked = len(index.asked)
    done = machine.setup()
    assert (done.returncode, done.stdout) == (0, "")
    assert len(index.asked) == asked
