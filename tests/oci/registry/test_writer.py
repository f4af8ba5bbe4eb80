"""Registries that answer what is written to them in ways of their own."""

from __future__ import annotations

import json

import msgspec
import pytest

from praxi_tasks.errors import ForbiddenError, ImageError, RegistryUnavailableError
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.client import client_for
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.writer import RegistryWriter
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, Reply

DATA = b"0123456789"
DIGEST = images.digest_of(DATA)
UPLOAD = Reply(202, headers={"Location": "/v2/shop/blobs/uploads/session?state=1"})


class Writable:
    """A registry that takes what it is sent, but for what was said of it before."""

    def __init__(self, hostile: HostileRegistry) -> None:
        self.registry = hostile
        hostile.fault("/uploads/session", Reply(201), forever=True)
        hostile.fault("/uploads/", UPLOAD, forever=True)

    @property
    def asked(self) -> list[str]:
        """The methods that were asked, and whether that was for a link."""
        told = [one for one in self.registry.asked if one.path != "/v2/"]
        return [f"{one.method}{' mount' if 'mount=' in one.path else ''}" for one in told]


@pytest.fixture
def writer(hostile: HostileRegistry, settings: RegistrySettings) -> RegistryWriter:
    return RegistryWriter(Reference.parse(f"{hostile.host}/shop:1"), client_for(settings))


def error(code: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": "no"}]}).encode()


def test_an_upload_is_begun_and_ended(hostile: HostileRegistry, writer: RegistryWriter) -> None:
    registry = Writable(hostile)
    assert writer.put_blob(DATA, DIGEST)
    assert registry.asked == ["HEAD", "POST", "PUT"]
    assert hostile.asked[-1].path.endswith(f"?state=1&digest=sha256%3A{DIGEST.removeprefix('sha256:')}")
    assert hostile.asked[-1].body == DATA


def test_a_slow_way_to_the_registry_is_no_silence_of_it(
    hostile: HostileRegistry, settings: RegistrySettings
) -> None:
    """The time that a connection may be silent is for each piece, and not for a whole blob."""
    hostile.delay = 0.06
    Writable(hostile)
    data, told = bytes(24 << 20), list[int]()
    quick = msgspec.structs.replace(settings, attempts=1, connect_timeout=0.4)
    writer = RegistryWriter(Reference.parse(f"{hostile.host}/shop:1"), client_for(quick))
    assert writer.put_blob(data, images.digest_of(data), sent=told.append)
    assert hostile.asked[-1].body == data
    assert told == sorted(told)
    assert (len(told) > 20, told[-1]) == (True, len(data))


def test_what_is_sent_once_more_is_counted_from_the_start(
    hostile: HostileRegistry, writer: RegistryWriter
) -> None:
    hostile.fault("/uploads/session", Reply(503), Reply(201))
    Writable(hostile)
    told: list[int] = []
    assert writer.put_blob(DATA, DIGEST, sent=told.append)
    assert told == [len(DATA), len(DATA)]


@pytest.mark.parametrize("status", [405, 501])
def test_who_knows_no_head_gets_the_bytes(
    hostile: HostileRegistry, writer: RegistryWriter, status: int
) -> None:
    hostile.fault("/blobs/sha256", Reply(status))
    registry = Writable(hostile)
    assert writer.put_blob(DATA, DIGEST)
    assert registry.asked == ["HEAD", "POST", "PUT"]


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_ends_an_upload(hostile: HostileRegistry, writer: RegistryWriter, status: int) -> None:
    hostile.fault("/uploads/session", Reply(status))
    Writable(hostile)
    assert writer.put_blob(DATA, DIGEST)
    hostile.fault("/manifests/", Reply(status))
    assert writer.put_manifest(DATA, images.OCI_MANIFEST) == DIGEST


@pytest.mark.parametrize("status", [201, 202, 400, 403, 404, 405, 500])
def test_a_link_that_is_refused_is_an_upload(
    hostile: HostileRegistry, writer: RegistryWriter, status: int
) -> None:
    hostile.fault("mount=", Reply(status, headers=UPLOAD.headers))
    registry = Writable(hostile)
    assert writer.put_blob(DATA, DIGEST, "other") is (status != 201)
    then = {201: [], 202: ["PUT"]}.get(status, ["POST", "PUT"])
    assert registry.asked == ["HEAD", "POST mount", *then]


@pytest.mark.parametrize("code", ["BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID"])
def test_an_upload_that_another_machine_does_not_know_is_begun_anew(
    hostile: HostileRegistry, writer: RegistryWriter, code: str
) -> None:
    hostile.fault("/uploads/session", Reply(404, error(code)))
    registry = Writable(hostile)
    assert writer.put_blob(DATA, DIGEST)
    assert registry.asked == ["HEAD", "POST", "PUT", "POST", "PUT"]


def test_an_upload_that_is_lost_again_and_again_is_left_for_later(
    hostile: HostileRegistry, writer: RegistryWriter
) -> None:
    hostile.fault("/uploads/session", Reply(404, error("BLOB_UPLOAD_UNKNOWN")), forever=True)
    Writable(hostile)
    with pytest.raises(RegistryUnavailableError, match="BLOB_UPLOAD_UNKNOWN"):
        writer.put_blob(DATA, DIGEST)


def test_an_upload_without_a_place_is_told(hostile: HostileRegistry, writer: RegistryWriter) -> None:
    hostile.fault("/uploads/", Reply(202))
    with pytest.raises(ImageError, match="names no place for the upload"):
        writer.put_blob(DATA, DIGEST)


@pytest.mark.parametrize(
    ("status", "kind", "action"),
    [
        (403, ForbiddenError, "leave to push"),
        (412, ForbiddenError, "keep the tag as it is"),
        (413, ImageError, "pass bodies of that size"),
        (400, ImageError, "ask whoever runs the registry"),
    ],
)
def test_a_refusal_says_what_to_do(
    hostile: HostileRegistry, writer: RegistryWriter, status: int, kind: type[ImageError], action: str
) -> None:
    hostile.fault("/manifests/", Reply(status, error("DENIED")))
    with pytest.raises(kind, match=f"answered {status} .DENIED: no..*{action}"):
        writer.put_manifest(DATA, images.OCI_MANIFEST)
