"""Tokens that a cluster's API vouches for, over HTTP as it speaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from praxi_tasks.errors import UsageError
from praxi_tasks.serving.refusals import NotAllowedError, UnavailableError
from praxi_tasks.serving.token_review import PATH, Cluster, TokenReview
from tests.support import loop as loops

SHOP = "system:serviceaccount:shop:web"


class Api:
    """Answers TokenReviews as a cluster's API does: 201, and whose a token is."""

    def __init__(self, folder: Path) -> None:
        self.loop = loops.LoopThread("api")
        self.asked = 0
        self.users = {"good": SHOP, "other": "system:serviceaccount:other:x"}
        self._runner, port = self.loop.do(loops.serve(self._answer, "127.0.0.1"))
        token = folder / "token"
        token.write_text("the-service's-own\n")
        self.cluster = Cluster(f"http://127.0.0.1:{port}", token, folder / "ca.crt")

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        if request.headers["Authorization"] != "Bearer the-service's-own":
            return web.json_response({"kind": "Status", "code": 403}, status=403)
        review = await request.json()
        assert (request.method, request.path, review["kind"]) == ("POST", PATH, "TokenReview")
        user = self.users.get(review["spec"]["token"])
        audiences = [each for each in review["spec"].get("audiences", []) if each == "praxi"]
        status = {"authenticated": True, "user": {"username": user}, "audiences": audiences}
        return web.json_response({**review, "status": status if user else {"user": {}}}, status=201)

    def close(self) -> None:
        self.loop.do(self._runner.cleanup())
        self.loop.close()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    made = Api(tmp_path)
    yield made
    made.close()


def test_the_api_says_whose_a_token_is_and_is_asked_once(api: Api) -> None:
    review = TokenReview(api.cluster, ["system:serviceaccount:shop:*"])
    assert [api.loop.do(review.client_of("good")) for _ in range(3)] == [SHOP] * 3
    assert api.asked == 1
    assert api.loop.do(review.client_of("bad")) is None
    for nothing in ("", "ü", "x" * 20_000):
        assert api.loop.do(review.client_of(nothing)) is None
    assert api.asked == 2


def test_an_account_that_is_not_named_may_not_ask(api: Api) -> None:
    review = TokenReview(api.cluster, ["system:serviceaccount:shop:*"])
    with pytest.raises(NotAllowedError, match="other:x"):
        api.loop.do(review.client_of("other"))
    with pytest.raises(UsageError, match="--subject"):
        TokenReview(api.cluster, [])


def test_a_token_must_be_meant_for_this_service(api: Api) -> None:
    assert api.loop.do(TokenReview(api.cluster, ["*"], ["praxi"]).client_of("good")) == SHOP
    assert api.loop.do(TokenReview(api.cluster, ["*"], ["vault"]).client_of("good")) is None


def test_what_the_api_does_not_answer_lets_nobody_in(api: Api, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(json.dumps("another"))
    with pytest.raises(UnavailableError, match="auth-delegator"):
        api.loop.do(TokenReview(api.cluster, ["*"]).client_of("good"))
    gone = Cluster("http://127.0.0.1:9", tmp_path / "token", tmp_path / "ca.crt")
    with pytest.raises(UnavailableError):
        api.loop.do(TokenReview(gone, ["*"]).client_of("good"))


def test_outside_a_cluster_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(UsageError, match="no pod"):
        Cluster.of_pod()
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    assert Cluster.of_pod().url == "https://[fd00::1]:443"
