"""What stands between a store and its client: proxies. Certificates are in tests/test_trust.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.errors import KeyNotFoundError, StoreUnavailableError
from praxi_tasks.store import open_store
from praxi_tasks.store import s3 as s3_module
from tests.support.certificates import Issuer
from tests.support.forward_proxy import forward_proxy
from tests.support.process import free_port
from tests.support.site import site


def variables(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "NO_PROXY": "", "no_proxy": ""}
    for name, value in {**keys, **given}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("no_proxy", "asked"), [("", True), ("other.example", True), ("127.0.0.0/8", False), ("127.0.0.1", False)]
)
def test_a_store_is_asked_through_the_proxy_of_the_environment(
    no_proxy: str, asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = Issuer(tmp_path)
    with site(issuer.issue()) as server, forward_proxy() as proxy:
        variables(
            monkeypatch,
            PRAXI_CA_BUNDLE=str(issuer.certificate),
            AWS_ENDPOINT_URL=server.url,
            HTTPS_PROXY=f"http://{proxy.address}",
            NO_PROXY=no_proxy,
        )
        with pytest.raises(KeyNotFoundError):
            open_store("s3://bucket").get("key")
        assert bool(proxy.asked) == asked


def test_where_nobody_answers_the_proxy_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_module, "PAUSES", ())
    proxy = f"http://127.0.0.1:{free_port()}"
    variables(monkeypatch, AWS_ENDPOINT_URL="https://s3.example", HTTPS_PROXY=proxy)
    with pytest.raises(StoreUnavailableError, match=r"AWS_ENDPOINT_URL, or the proxy.*HTTPS_PROXY"):
        open_store("s3://bucket").get("key")
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    variables(monkeypatch, AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnavailableError, match=r"check AWS_ENDPOINT_URL$"):
        open_store("s3://bucket").get("key")


@pytest.mark.parametrize("options", [{"credentials": "me:sesame"}, {"refuses": True}])
def test_a_proxy_that_refuses_is_told(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_module, "PAUSES", ())
    with forward_proxy(**options) as proxy:
        variables(monkeypatch, AWS_ENDPOINT_URL="https://s3.example", HTTPS_PROXY=f"http://{proxy.address}")
        with pytest.raises(StoreUnavailableError, match=r"the proxy gives no way to the store.*HTTPS_PROXY"):
            open_store("s3://bucket").get("key")
