from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_airflow.image_id import ImageId, is_image_id, parse_image_id, repository_part

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    "image_id",
    [
        f"docker-pullable://nginx@{DIGEST}",
        f"docker-pullable://registry.example:5000/team/app@{DIGEST}",
        f"docker.io/library/nginx@{DIGEST}",
        f"image-registry.openshift-image-registry.svc:5000/shop/web@{DIGEST}",
        f"containerd://docker.io/library/nginx@{DIGEST}",
        f"repo:tag@{DIGEST}",
        f"  repo@{DIGEST}\n",
        f"repo@sha256:{HEX.upper()}",
    ],
)
def test_a_digest_after_a_repository_is_a_manifests(image_id: str) -> None:
    assert parse_image_id(image_id) == ImageId(DIGEST, "manifest")


@pytest.mark.parametrize(
    "image_id", [DIGEST, f"docker://{DIGEST}", f"containerd://{DIGEST}", HEX, HEX.upper()]
)
def test_a_digest_alone_is_a_configurations(image_id: str) -> None:
    assert parse_image_id(image_id) == ImageId(DIGEST, "config")
    assert is_image_id(image_id)


@pytest.mark.parametrize(
    "image_id",
    ["", "  ", "nginx", "nginx:1.27", f"repo@sha256:{HEX[:63]}", f"repo@sha256:{HEX}0", f"repo@md5:{HEX}",
     f"@{DIGEST}", HEX[:12],
     f"import-2026-03-01@{DIGEST}", f"docker.io/library/import-2026-03-01@{DIGEST}",
     "docker-pullable://", f"repo@{DIGEST}@", f"sha512:{HEX}", "sha256:" + "g" * 64],
)  # fmt: skip
def test_what_holds_no_digest_gives_none(image_id: str) -> None:
    assert parse_image_id(image_id) == ImageId("", "")
    assert not is_image_id(image_id)


def test_a_text_of_any_length_is_read_once() -> None:
    name = "x" * 300_000
    assert parse_image_id(name) == ImageId()
    assert repository_part(name) == name


def test_longer_hashes_are_understood() -> None:
    assert parse_image_id(f"repo@sha512:{HEX}{HEX}") == ImageId(f"sha512:{HEX}{HEX}", "manifest")


@given(st.text(max_size=200))
def test_any_text_gives_a_well_formed_digest_or_none(text: str) -> None:
    digest, kind = parse_image_id(text)
    assert (digest, kind) == ("", "") or (digest.partition(":")[0].startswith("sha") and kind)


@given(
    st.sampled_from(["", "docker://", "docker-pullable://", "cri-o://"]), st.binary(min_size=32, max_size=32)
)
def test_the_scheme_does_not_matter(scheme: str, raw: bytes) -> None:
    assert parse_image_id(f"{scheme}sha256:{raw.hex()}") == ImageId(f"sha256:{raw.hex()}", "config")
    assert parse_image_id(f"{scheme}a/b@sha256:{raw.hex()}") == ImageId(f"sha256:{raw.hex()}", "manifest")
