"""Which entry of an index is for a platform."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import PlatformError
from praxi_tasks.oci.image.manifest import OCI_INDEX, OCI_MANIFEST, Entry, EntryPlatform
from praxi_tasks.oci.image.model import Platform
from praxi_tasks.oci.image.platforms import candidates, runs_on


def entry(name: str, media_type: str = OCI_MANIFEST, **notes: str) -> Entry:
    parts = name.split("/") if name else []
    platform = EntryPlatform(*parts) if parts else None
    return Entry(name, 1, media_type, platform=platform, annotations=dict(notes) or None)


@pytest.mark.parametrize(
    ("offered", "wanted", "fits"),
    [
        ("linux/amd64", "linux/amd64", True),
        ("linux/x86_64", "linux/amd64", True),
        ("linux/amd64/v1", "linux/amd64", True),
        ("linux/amd64/v2", "linux/amd64", False),
        ("linux/amd64", "linux/amd64/v3", True),
        ("linux/amd64/v2", "linux/amd64/v3", True),
        ("linux/amd64/v4", "linux/amd64/v3", False),
        ("linux/arm64", "linux/arm64/v8", True),
        ("linux/aarch64", "linux/arm64", True),
        ("linux/arm64/8", "linux/arm64", True),
        ("linux/arm/v6", "linux/arm", True),
        ("linux/arm/v5", "linux/arm/v7", True),
        ("linux/arm/v7", "linux/arm/v6", False),
        ("linux/arm/odd", "linux/arm/v7", False),
        ("linux/arm", "linux/arm64", False),
        ("windows/amd64", "linux/amd64", False),
        ("linux/ppc64le", "linux/ppc64le", True),
    ],
)
def test_what_runs_where(offered: str, wanted: str, fits: bool) -> None:
    assert runs_on(Platform.parse(offered), Platform.parse(wanted)) is fits


def test_the_nearest_variant_comes_first() -> None:
    names = ["linux/arm/v5", "linux/arm/v7", "linux/arm/v6", "linux/arm64/v8"]
    found = candidates(tuple(map(entry, names)), Platform.parse("linux/arm/v7"), "x")
    assert [one.digest for one in found] == ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]


def test_what_names_no_platform_comes_last_and_indexes_after_that() -> None:
    entries = (entry("", OCI_INDEX), entry(""), entry("linux/amd64"))
    assert candidates(entries, Platform(), "x") == list(reversed(entries))


def test_what_only_describes_images_is_no_candidate() -> None:
    beside = (
        entry("unknown/unknown"),
        entry("linux/amd64", **{"vnd.docker.reference.type": "attestation-manifest"}),
    )
    with pytest.raises(PlatformError, match="lists no images"):
        candidates(beside[1:], Platform.parse("linux/s390x"), "x")
    with pytest.raises(PlatformError):
        candidates(beside, Platform(), "x")
