"""The service as a user of a real object store that may do what `praxi rights serve` says alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.cli.rights import s3_policy
from praxi_tasks.errors import StoreError
from praxi_tasks.store import keys, open_store
from tests.serving.running import serving
from tests.support.hostile_registry import HostileRegistry
from tests.support.images import image
from tests.support.packages import BELL, SHOP
from tests.support.s3 import run_object_store

pytestmark = [pytest.mark.server, pytest.mark.slow]
STORE = "s3://rights/a/store"
SECRET = "a-secret-of-the-registries"
PATIENCE = 300


def until(condition: Callable[[], Any]) -> None:
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert time.monotonic() < end
        pause.wait(0.5)


def test_it_audits_and_takes_pushes_in_with_its_own_rights(
    hostile: HostileRegistry, model_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "objects").mkdir()
    shop, bell = (
        hostile.serve(f"rights/{name}", "1", image([package.layer()]))
        for name, package in (("shop", SHOP), ("bell", BELL))
    )
    with run_object_store(tmp_path / "objects", policies={"serve": s3_policy("serve", STORE)}) as objects:
        objects.create_bucket("rights")
        variables = {
            **objects.as_user("serve").environment,
            "PRAXI_EVENT_SECRET_FILE": str(tmp_path / "secret"),
            "PRAXI_EVENT_WINDOW": "1",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        store = open_store(STORE)
        with serving(
            tmp_path, model_uri, STORE, "--registry", "127.0.0.1:*", "--workers", "1", variables=variables
        ) as service:
            told = service.ask("/v1/events/images", {"images": [bell]}, authorization=f"Bearer {SECRET}")
            audits = [service.ask("/v1/audits", {"image": shop}).document["id"], *told.document["audits"]]
            until(lambda: not list(store.list("serving")))
            states = [service.ask(f"/v1/audits/{audit}").document for audit in audits]
            assert [each["state"] for each in states] == ["done", "done"], states
            service.ask("/v1/audits/serve-20260101T000000-0123456789abcdef", method="DELETE")
        for key in (keys.model("x"), "releases/x", "risks/x", "registry/x", "training/requests/x.json"):
            with pytest.raises(StoreError, match="praxi rights"):
                store.put(key, b"forged")
