"""What a build tells is data from outside: only a listing of the release that was asked for is taken."""

from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import DataError, PraxiError, ReleaseRefusedError
from praxi_tasks.learning.builds.build_result import BuildResult
from praxi_tasks.learning.data import ReleaseLimits
from praxi_tasks.learning.data.requests import parse_label

SHOP = parse_label("shop==1.0")
WHEEL = "shop-1.0-py3-none-any.whl"
GOOD = BuildResult(WHEEL, ["site-packages/shop/a.py"], [3], [7])


def changed(**fields: object) -> BuildResult:
    return msgspec.structs.replace(GOOD, **fields)


def test_it_survives_the_way() -> None:
    release = BuildResult.from_bytes(GOOD.to_bytes()).release(SHOP)
    assert release.identity == SHOP.identity
    assert (release.paths, release.sizes.tolist(), release.hashes.tolist()) == (GOOD.paths, [3], [7])
    assert release.source == f"built {WHEEL}"


@pytest.mark.parametrize(
    "wheel",
    [
        "farm-1.0-py3-none-any.whl",
        "shop-2.0-py3-none-any.whl",
        "shop.whl",
        "",
        "../shop-1.0-py3-none-any.whl",
    ],
)
def test_another_releases_wheel_is_refused(wheel: str) -> None:
    with pytest.raises(ReleaseRefusedError):
        changed(wheel=wheel).release(SHOP)


def test_a_version_may_be_spelled_in_another_way() -> None:
    assert changed(wheel="Shop-1.0.0-py3-none-any.whl").release(SHOP).version == "1.0"


@pytest.mark.parametrize("path", ["/etc/passwd", "../etc/passwd", "a/../../b", "a//b", "", "a\0b"])
def test_a_path_outside_is_refused(path: str) -> None:
    with pytest.raises(ReleaseRefusedError):
        changed(paths=[path]).release(SHOP)


@pytest.mark.parametrize(
    "fields",
    [{"sizes": []}, {"hashes": [1, 2]}, {"sizes": [-1]}, {"hashes": [1 << 64]}, {"paths": ["a", "b"]}],
)
def test_columns_that_can_not_be_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(DataError):
        changed(**fields).release(SHOP)


def test_more_files_than_any_release_has_are_refused() -> None:
    many = ReleaseLimits().max_files + 1
    with pytest.raises(ReleaseRefusedError, match="files"):
        BuildResult(WHEEL, ["a"] * many, [1] * many, [1] * many).release(SHOP)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(DataError, match="size is impossible"):
        BuildResult.from_bytes(zstandard.compress(b" " * (65 << 20)))


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(DataError, match="not a build result"):
        BuildResult.from_bytes(zstandard.compress(b'{"x": ' + b"[" * 100_000))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_listing_or_an_error(data: bytes) -> None:
    for given_bytes in (data, zstandard.compress(data)):
        with pytest.raises(PraxiError):
            BuildResult.from_bytes(given_bytes).release(SHOP)
