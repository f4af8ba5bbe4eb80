"""One client for everybody who reads with the same settings."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from praxi_tasks.oci.image.model import Platform
from praxi_tasks.oci.registry.client import RegistryClient, client_for
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.faults import Kind, ScriptedFaults
from tests.support.faulty_proxy import faulty_proxy
from tests.support.hostile_registry import HostileRegistry


def test_threads_that_come_together_share_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    others = threading.Barrier(8)
    real = RegistryClient.__init__

    def make(client: RegistryClient, settings: RegistrySettings) -> None:
        made.append(client)
        threading.Event().wait(0.05)  # long enough for every other thread to want one too
        real(client, settings)

    def get(_: int) -> RegistryClient:
        others.wait()
        return client_for(settings)

    made: list[RegistryClient] = []
    monkeypatch.setattr(RegistryClient, "__init__", make)
    settings = RegistrySettings(max_wait=12.34)  # nobody else's
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(get, range(8)))
    assert made == [clients[0]]
    assert {id(client) for client in clients} == {id(made[0])}


@pytest.mark.server
def test_a_plain_registry_that_hangs_up_at_first_is_not_taken_for_one_of_tls(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    hostile.serve("shop", "1", shop)
    faults = ScriptedFaults(Kind.RESET, Kind.RESET)
    with faulty_proxy(f"http://{hostile.host}", faults) as proxy:
        reference = f"{proxy.url.removeprefix('http://')}/shop:1"
        assert open_source(reference, settings).resolve(Platform()).digest == shop.digest
    assert [asked.path for asked in hostile.asked].count("/v2/") == 1
    assert faults.left == []
