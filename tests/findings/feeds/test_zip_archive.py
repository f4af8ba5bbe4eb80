from __future__ import annotations

import io
import zipfile

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.osv import read_records
from praxi_tasks.findings.feeds import open_archive


def archive(members: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for number in range(members):
            made.writestr(f"X-{number}.json", f'{{"id":"X-{number}"}}')
    return file.getvalue()


def test_members_are_counted_before_they_take_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive(4)
    monkeypatch.setenv("PRAXI_FEED_MAX_MEMBERS", "3")
    monkeypatch.setattr(zipfile.ZipFile, "__init__", pytest.fail)
    with pytest.raises(DataError, match=r"4 members.*PRAXI_FEED_MAX_MEMBERS"):
        open_archive(data, "osv/PyPI")
    with pytest.raises(DataError, match="PRAXI_FEED_MAX_MEMBERS"):
        list(read_records(data, "osv/PyPI"))


def test_within_the_limit_all_is_read() -> None:
    assert len([*read_records(archive(4), "osv/PyPI")]) == 4
