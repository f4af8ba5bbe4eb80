"""Where a distribution came from that no index had."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.language.direct_url import Origin, read_direct_url


@pytest.mark.parametrize(
    ("data", "origin"),
    [
        (
            b"""{"url": "https://me:secret@git.example.org/x.git",
            "vcs_info": {"vcs": "git", "commit_id": "c0"}}""",
            Origin("git+https://git.example.org/x.git@c0"),
        ),
        (
            b"""{"url": "ssh://git@example.org/x", "subdirectory": "a",
            "vcs_info": {"vcs": "hg", "commit_id": "c0"}}""",
            Origin("hg+ssh://example.org/x@c0#a"),
        ),
        (
            b'{"url": "https://example.org/x-1.whl?token=secret", "archive_info": {"hash": "sha256=0"}}',
            Origin("https://example.org/x-1.whl"),
        ),
        (b'{"url": "file:///home/me/x", "dir_info": {"editable": true}}', Origin(is_editable=True)),
        (b'{"url": "file:///home/me/x", "dir_info": {}}', Origin()),
        (b'{"url": "no address"}', Origin()),
    ],
)
def test_an_origin_has_no_credentials_and_no_folder(data: bytes, origin: Origin) -> None:
    assert read_direct_url(data) == origin


def test_one_that_is_damaged_is_told() -> None:
    with pytest.raises(DataError, match="no description of an origin"):
        read_direct_url(b"[]")
