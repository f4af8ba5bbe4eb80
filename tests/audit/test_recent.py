from __future__ import annotations

from praxi_tasks.audit.recent import Recent


def test_what_was_asked_for_last_is_kept_as_long_as_it_is_light() -> None:
    reads: list[str] = []

    def read(key: str) -> str:
        reads.append(key)
        return key

    recent = Recent(read, len, 4)
    for key in ("aa", "bb", "aa", "cc", "aa", "bb", "dddddd", "dddddd", "aa"):
        assert recent(key) == key
    assert reads == ["aa", "bb", "cc", "bb", "dddddd", "aa"]
