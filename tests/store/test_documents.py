"""Documents come back as they were written, or it is said what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.store import documents, open_store


def test_a_document_comes_back(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    documents.write(store, "a/b.json", {"x": [1, 2]})
    assert documents.read(store, "a/b.json", dict[str, list[int]]) == {"x": [1, 2]}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"<html>",
        b'{"x": 1}',
        b'{"x": ["\xff"]}',
        b'{"\xff": []}',
        b'{"x": ' + b"[" * 100_000,
    ],
)
def test_damage_is_named_with_its_place(tmp_path: Path, data: bytes) -> None:
    store = open_store(str(tmp_path))
    store.replace("a/b.json", data)
    with pytest.raises(CorruptObjectError, match=r"a document is damaged.*a/b\.json"):
        documents.read(store, "a/b.json", dict[str, list[str]])
