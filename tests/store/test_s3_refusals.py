"""What an object store may answer instead of doing what it was asked, and what is made of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from praxi_tasks.errors import StoreError, StoreUnavailableError
from praxi_tasks.store import Store, documents, open_store, s3
from tests.support.hostile_s3 import Asked, HostileS3, Refusal, hostile_s3

OPERATIONS: dict[str, Callable[[Store], object]] = {
    "put": lambda store: store.put("key", b"1"),
    "replace": lambda store: store.replace("key", b"1"),
    "get": lambda store: store.get("key"),
    "exists": lambda store: store.exists("key"),
    "list": lambda store: list(store.list("")),
    "delete": lambda store: store.delete("key"),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileS3]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setattr(s3, "PAUSES", (0.001, 0.001))
    with hostile_s3() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running


@pytest.fixture
def store(server: HostileS3) -> Store:
    return open_store("s3://bucket/p")


def always(refusal: Refusal, _: Asked) -> Refusal:
    return refusal


@pytest.mark.parametrize(
    "page", [b"\n<html>Sign in", b"<?xml version='1.0'?><Error><Code>InternalError</Code>"]
)
def test_a_page_in_place_of_a_document_is_no_damage(store: Store, server: HostileS3, page: bytes) -> None:
    store.replace("a/b.json", page)
    with pytest.raises(
        StoreUnavailableError, match=r"in place of a document.*a/b\.json.*; see what is between"
    ):
        documents.read(store, "a/b.json", dict[str, list[str]])


REGION = "<Region>eu-west-1</Region>"
ELSEWHERE = {"Location": "http://elsewhere.invalid/bucket"}


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (Refusal(301, "PermanentRedirect"), "another region .*301 PermanentRedirect.*AWS_REGION"),
        (
            Refusal(400, "AuthorizationHeaderMalformed", REGION),
            "another region .*set AWS_REGION to eu-west-1",
        ),
        (Refusal(400, "IllegalLocationConstraintException"), "another region"),
        (Refusal(403, "InvalidObjectState"), "in an archive.*lifecycle rule"),
        (Refusal(403, "RequestTimeTooSkewed"), "clock.*too far apart .403 RequestTimeTooSkewed"),
        (
            Refusal(403, "AccessDenied"),
            "identity may not do this .403 AccessDenied.*AWS_ACCESS_KEY_ID",
        ),
        (Refusal(403, "InvalidAccessKeyId"), "refused the credentials .403 InvalidAccessKeyId"),
        (Refusal(403, "SignatureDoesNotMatch"), "refused the credentials .403 SignatureDoesNotMatch"),
        (Refusal(403), "refused the credentials .403"),
        (Refusal(507, "XMinioStorageFull"), "full.*507 XMinioStorageFull"),
        (Refusal(507), "full.*507"),
        (Refusal(403, "QuotaExceeded"), "quota is used up .403 QuotaExceeded"),
        (Refusal(400, "XMinioAdminBucketQuotaExceeded"), "quota is used up"),
        (Refusal(403, "StorageCapExceeded"), "quota is used up"),
        (Refusal(501, "NotImplemented"), "does not know .*501 NotImplemented"),
        (Refusal(405, "MethodNotAllowed"), "does not know .*405 MethodNotAllowed"),
        (Refusal(400, "InvalidBucketName"), "refused the request .400 InvalidBucketName"),
        (Refusal(400), "refused the request .400.*AWS_ENDPOINT_URL"),
    ],
    ids=lambda value: f"{value.status}-{value.code}" if isinstance(value, Refusal) else "",
)
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_refusal_for_good_is_said_with_its_code_and_not_repeated(
    server: HostileS3, store: Store, name: str, refusal: Refusal, message: str
) -> None:
    server.refuse = partial(always, refusal)
    with pytest.raises(StoreError, match=message) as caught:
        OPERATIONS[name](store)
    assert not caught.value.retryable
    assert server.asked[1:] == (["GET"] if name == "exists" else [])  # HEAD has no body that says why


@pytest.mark.parametrize("name", ["put", "replace", "get", "list"])
def test_a_bucket_that_is_not_there_is_named(server: HostileS3, store: Store, name: str) -> None:
    server.refuse = partial(always, Refusal(404, "NoSuchBucket"))
    with pytest.raises(StoreError, match="there is no such bucket") as caught:
        OPERATIONS[name](store)
    assert not caught.value.retryable


@pytest.mark.parametrize("status", [500, 502, 503, 429, 522])
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_server_that_is_busy_is_asked_again(
    server: HostileS3, store: Store, name: str, status: int
) -> None:
    server.refuse = partial(always, Refusal(status, "SlowDown"))
    with pytest.raises(StoreUnavailableError, match=f"can't answer now .{status} SlowDown.*try again later"):
        OPERATIONS[name](store)
    assert len(server.asked) == (6 if name == "exists" else 3)


def test_a_server_that_recovers(server: HostileS3, store: Store) -> None:
    left = [Refusal(503, "SlowDown")]
    server.refuse = lambda _: left.pop() if left else None
    assert store.put("key", b"1")
    assert store.get("key") == b"1"


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"])
def test_an_expired_session_is_left_to_the_next_start(server: HostileS3, store: Store, code: str) -> None:
    server.refuse = partial(always, Refusal(400, code))
    with pytest.raises(StoreError, match=f"session with the store has expired .400 {code}") as caught:
        store.put("key", b"1")
    assert caught.value.retryable
    assert server.asked == ["PUT"]


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "OperationAborted", ""])
def test_a_conflict_is_no_success(server: HostileS3, store: Store, code: str) -> None:
    left = [Refusal(409, code)]
    server.refuse = lambda asked: left.pop() if asked.conditional and left else None
    assert store.put("key", b"1")
    assert list(server.stored.values()) == [b"1"]


def test_a_conflict_that_does_not_end_is_an_error(server: HostileS3, store: Store) -> None:
    refusal = Refusal(409, "ConditionalRequestConflict")
    server.refuse = lambda asked: refusal if asked.conditional else None
    with pytest.raises(StoreUnavailableError, match="409 ConditionalRequestConflict"):
        store.put("key", b"1")
    assert not server.stored


def test_what_was_there_and_is_gone_is_stored_after_all(server: HostileS3, store: Store) -> None:
    left = [Refusal(409, "OperationAborted"), Refusal(412, "PreconditionFailed")]
    server.refuse = lambda asked: left.pop() if asked.conditional and left else None
    assert store.put("key", b"1")
    assert list(server.stored.values()) == [b"1"]


def test_a_key_that_is_taken_by_nothing_is_an_error(server: HostileS3, store: Store) -> None:
    server.refuse = lambda asked: Refusal(412, "PreconditionFailed") if asked.conditional else None
    with pytest.raises(StoreUnavailableError, match="has nothing under it"):
        store.put("key", b"1")


def test_who_may_write_and_not_look_believes_that_a_key_is_taken(server: HostileS3, store: Store) -> None:
    assert store.put("key", b"first")
    server.refuse = lambda asked: None if asked.method == "PUT" else Refusal(403, "AccessDenied")
    assert store.put("key", b"second") is False


def test_a_conflict_with_who_has_won_is_like_any_second_write(server: HostileS3, store: Store) -> None:
    assert store.put("key", b"first")
    server.refuse = lambda asked: Refusal(409) if asked.conditional else None
    assert store.put("key", b"second") is False
    assert store.get("key") == b"first"


def test_a_store_without_conditional_writes_is_named(server: HostileS3, store: Store) -> None:
    refusal = Refusal(501, "NotImplemented")
    server.refuse = lambda asked: refusal if asked.conditional else None
    with pytest.raises(StoreError, match=r"conditional writes \(If-None-Match\) \(501 NotImplemented\)"):
        store.put("key", b"1")
    store.replace("key", b"1")


def test_a_bucket_that_was_moved_away_is_not_followed(server: HostileS3, store: Store) -> None:
    server.refuse = partial(always, Refusal(307, "TemporaryRedirect", headers=ELSEWHERE))
    with pytest.raises(StoreError, match=r"another region \(307") as caught:
        store.put("key", b"1")
    assert not caught.value.retryable


@pytest.mark.parametrize("status", [400, 403, 405, 501])
def test_get_decides_where_head_is_refused(server: HostileS3, store: Store, status: int) -> None:
    assert store.put("key", b"1")
    server.refuse = lambda asked: Refusal(status) if asked.method == "HEAD" else None
    assert store.exists("key")
    assert not store.exists("other")


def test_what_is_no_object_store_is_said(server: HostileS3, store: Store) -> None:
    server.refuse = partial(always, Refusal(200, headers={"ETag": ""}))
    with pytest.raises(StoreError, match="no S3: the answer has no ETag"):
        store.replace("key", b"1")
