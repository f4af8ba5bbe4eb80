from __future__ import annotations

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.support_dates import read_distro_info, read_support_ended


@pytest.mark.parametrize(
    "data",
    [
        b"version,eol\n1,tomorrow\n",
        b"\xff\xfe",
        b"eol\n2020-01-01\n",
        b"",
        b"Not Found\n",
        b'{"message": "rate limit exceeded"}',
        b"version,eol\n13,\n",
    ],
)
def test_what_is_no_distro_info_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        read_distro_info(data, "x")


@pytest.mark.parametrize("data", [b"a 1\n", b"( 1 2020-01-01\n", b"a 1 someday\n", b"\xff", b" \n"])
def test_what_is_no_list_of_ended_support_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        read_support_ended(data, "x")


def test_no_support_need_have_ended() -> None:
    assert read_support_ended(b"# nothing yet\n", "x") == ()
