"""Headers, layers and members by the thousand: refused by a named limit, or passed over at no cost."""

from __future__ import annotations

import dataclasses
import json
import tarfile

import pytest

from praxi_tasks.errors import LimitExceededError, ManifestError
from praxi_tasks.oci.image.manifest import parse_manifest
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.oci.tar.pax_records import Overrides, read_records
from tests.support.images import image, layer
from tests.support.layers import archive, member, read


def record(keyword: str, value: str) -> bytes:
    body = f" {keyword}={value}\n".encode()
    length = len(body)
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def header(kind: bytes, records: bytes) -> bytes:
    info = tarfile.TarInfo("pax")
    info.type, info.size = kind, len(records)
    return info.tobuf(tarfile.USTAR_FORMAT) + records + bytes(-len(records) % 512)


@pytest.mark.parametrize("is_global", [True, False])
def test_sparse_records_that_nobody_reads_are_not_kept(is_global: bool) -> None:
    found: Overrides = {}
    for number in range(3):
        records = b"".join(record(f"GNU.sparse.{number}_{at}", "1") for at in range(1000))
        read_records(records + record("path", "a"), found, is_global=is_global)
    assert found == {b"path": b"a"}


def test_a_map_for_all_members_is_passed_over() -> None:
    found: Overrides = {}
    pairs = {"offset": "0", "numbytes": "1", "map": "0,1"}
    records = b"".join(record(f"GNU.sparse.{name}", value) for name, value in pairs.items())
    read_records(records, found, is_global=True)
    assert not found


@pytest.mark.parametrize("kind", [tarfile.XGLTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_all_extended_headers_together_have_a_limit(kind: bytes) -> None:
    data = b"name" * 100 if kind == tarfile.GNUTYPE_LONGNAME else record("path", "n" * 400)
    whole = (header(kind, data) * 10) + archive([member("x", b"content")])
    assert len(read(whole, limits=LayerLimits(max_extended_bytes=10 * len(data))).types) == 1
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_EXTENDED_BYTES"):
        read(whole, limits=LayerLimits(max_extended_bytes=10 * len(data) - 1))


def test_layers_of_an_image_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = image([layer({"a": b""})] * 4)
    parse_manifest(made.data, made.media_type, "x")
    monkeypatch.setenv("PRAXI_IMAGE_MAX_LAYERS", "3")
    with pytest.raises(LimitExceededError, match="PRAXI_IMAGE_MAX_LAYERS"):
        parse_manifest(made.data, made.media_type, "x")


def test_more_layers_than_a_runtime_stacks_are_refused() -> None:
    made = image([layer({"a": b""})] * 501)
    with pytest.raises(LimitExceededError, match="501 layers"):
        parse_manifest(made.data, made.media_type, "x")


def test_a_manifest_nested_deep_is_refused() -> None:
    made = image([layer({"a": b""})])
    deep = json.dumps(json.loads(made.data))[:-1].encode() + b',"x":' + b"[" * 60_000 + b"]" * 60_000 + b"}"
    made = dataclasses.replace(made, data=deep)
    with pytest.raises(ManifestError, match="malformed"):
        parse_manifest(made.data, made.media_type, "x")
