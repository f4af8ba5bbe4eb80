from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.oci.layer.replaced_folders import ReplacedFolders

PATHS = st.lists(st.sampled_from([b"a", b"b", b"a.", b"ab"]), min_size=1, max_size=5).map(b"/".join)


def folders_above(path: bytes) -> list[bytes]:
    parts = path.split(b"/")
    return [b"/".join(parts[:depth]) for depth in range(1, len(parts))]


@given(st.dictionaries(PATHS, st.integers(0, 50), max_size=8), st.lists(PATHS, max_size=12))
def test_what_is_found_is_what_asking_for_every_folder_finds(
    rows: dict[bytes, int], paths: list[bytes]
) -> None:
    folders = ReplacedFolders(rows)
    for path in paths:
        assert folders.last_above(path) == max((rows.get(one, -1) for one in folders_above(path)), default=-1)
