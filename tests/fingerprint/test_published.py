"""Contents that are known by the SHA-256 of their publisher."""

from __future__ import annotations

import hashlib

import numpy as np

from praxi_tasks.fingerprint import Tagset, published_content, same_contents
from tests.support.layers import changeset, member

PROGRAM, SHARED = b"program" * 99, b"data" * 99


def column(*values: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(values, np.uint64)


def test_contents_are_compared_by_what_is_known_of_them() -> None:
    listed = published_content(hashlib.sha256(PROGRAM).digest())
    other = published_content(hashlib.sha256(SHARED).digest())
    same, comparable = same_contents(
        column(7, 7, 0, listed, listed, listed, listed), column(7, 8, 7, 9, 9, 9, 0),
        column(0, 0, 0, listed, other, 0, listed),
    )  # fmt: skip
    assert same.tolist() == [True, False, False, True, False, False, True]
    assert comparable.tolist() == [True, True, False, True, True, False, True]
    assert published_content(b"") == 0


def test_a_hash_that_ends_like_one_of_a_publisher_is_still_a_hash() -> None:
    """One in 65,536 does."""
    odd = (12 << 16) | (published_content(bytes(32)) & 0xFFFF)
    same, comparable = same_contents(column(odd, odd), column(odd, 7), column(0, 0))
    assert (same.tolist(), comparable.tolist()) == ([True, False], [True, False])


def test_a_tagset_has_those_of_its_files_and_stays_so_when_stored_or_selected() -> None:
    entries = [
        member("etc/redhat-release", b"x"),
        member("opt/tool", PROGRAM),
        member("usr/bin/tool", PROGRAM + b"2"),
        member("usr/share/tool/data", SHARED),
    ]
    tagset = Tagset.from_changeset(changeset(entries))
    expected = [published_content(hashlib.sha256(data).digest()) for data in (PROGRAM, PROGRAM + b"2")]
    assert tagset.published_column().tolist() == [0, *expected, 0]
    again = Tagset.from_bytes(tagset.to_bytes())
    assert again.published.tolist() == tagset.published.tolist()
    assert again.select(np.array([2, 0], np.intp)).published_column().tolist() == [expected[1], 0]


def test_a_tagset_without_them_says_so_for_every_file() -> None:
    tagset = Tagset.from_bytes(Tagset.from_paths("sha256:0", ["a", "b"]).to_bytes())
    assert len(tagset.published) == 0
    assert tagset.published_column().tolist() == [0, 0]
    assert tagset.select(np.array([1], np.intp)).published_column().tolist() == [0]
