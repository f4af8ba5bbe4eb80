"""Tokens, certificates, and who may ask without."""

from __future__ import annotations

import shutil
import ssl
import urllib.request
from pathlib import Path

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.serving.authentication import TokenFiles
from praxi_tasks.serving.server import Options, serve
from tests.serving.conftest import TOKEN
from tests.serving.running import serving
from tests.support.certificates import Issuer
from tests.support.loop import LoopThread


@pytest.fixture
def loop() -> LoopThread:
    return LoopThread("tokens")


def test_a_token_says_who_asks_and_a_file_may_change(token_file: Path, loop: LoopThread) -> None:
    known = TokenFiles([token_file.parent])
    assert loop.do(known.client_of(TOKEN)) == "operator"
    assert loop.do(known.client_of(TOKEN[:-1])) is None
    assert loop.do(known.client_of("")) is None
    token_file.write_text("another-token-0123456789\nand-one-more-0123456789\n")
    assert loop.do(known.client_of(TOKEN)) is None
    assert loop.do(known.client_of("and-one-more-0123456789")) == "operator"
    loop.close()


@pytest.mark.parametrize("content", ["", "\n\n", "short\n"])
def test_a_file_without_a_proper_token_is_refused(token_file: Path, content: str) -> None:
    token_file.write_text(content)
    with pytest.raises(UsageError, match="token"):
        TokenFiles([token_file])


def test_without_tokens_only_this_machine_may_ask(tmp_path: Path) -> None:
    options = Options(
        model_uri="file:///nothing",
        store_uri=tmp_path.as_uri(),
        host="0.0.0.0",  # noqa: S104 - it is refused
        port=1,
        workers=1,
        reload_seconds=1,
    )
    with pytest.raises(UsageError, match="--anonymous"):
        serve(options)


@pytest.mark.slow
@pytest.mark.server
def test_over_tls_with_a_token_and_a_certificate_that_is_renewed(
    model_uri: str, token_file: Path, tmp_path: Path
) -> None:
    first, second = Issuer(tmp_path / "one"), Issuer(tmp_path / "two")
    certificate = tmp_path / "tls.pem"
    shutil.copy(first.issue(), certificate)
    options = ("--token-file", str(token_file), "--tls-cert", str(certificate), "--tls-key", str(certificate))

    def status(issuer: Issuer, path: str, token: str = "") -> int | str:
        context = ssl.create_default_context(cafile=str(issuer.certificate))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"https://{service.address}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError as error:
            return str(error.reason)

    with serving(tmp_path, model_uri, (tmp_path / "store").as_uri(), *options, issuer=first) as service:
        assert status(first, "/v2/health/live") == 200
        assert status(first, "/v2") == 401
        assert status(first, "/metrics", "wrong") == 401
        assert status(first, "/v2/models/praxi-layers", TOKEN) == 200
        shutil.copy(second.issue(), certificate)
        service.server.wait_until(lambda: status(second, "/v2", TOKEN) == 200, seconds=60)
        assert "certificate verify failed" in str(status(first, "/v2", TOKEN))
