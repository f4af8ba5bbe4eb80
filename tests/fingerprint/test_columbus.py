"""The Columbus tags: equal to the published ones, and to a plain trie's on anything."""

from __future__ import annotations

import lzma
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.columbus_trie import dictionary_tags, trie_tags
from praxi_tasks.errors import UsageError
from praxi_tasks.fingerprint import columbus
from praxi_tasks.fingerprint.columbus import columbus_tags


class Record(msgspec.Struct):
    changes: list[str]
    tags: dict[str, int]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["praxi-single-label.jsonl.xz", "praxi-multi-label.jsonl.xz"])
def test_equals_the_published_tags_and_their_order(praxi_data: Path, name: str) -> None:
    stop_tags = frozenset((praxi_data / "columbus-stop-tags.txt").read_text().splitlines())
    decoder = msgspec.json.Decoder(Record)
    with lzma.open(praxi_data / name) as lines:
        different = [
            number
            for number, record in enumerate(map(decoder.decode, lines), start=1)
            if list(columbus_tags(record.changes, stop_tags=stop_tags).items()) != list(record.tags.items())
        ]
    assert number_of(different) == (0, [])


def number_of(items: list[int]) -> tuple[int, list[int]]:
    return len(items), items[:5]


def tokens(alphabet: str, longest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=longest)


# Few letters make many shared prefixes; NUL, blanks, astral characters and lone surrogates are letters too.
changes = st.lists(
    st.lists(tokens("ab", 8) | tokens("a:|\0 .\udcff\U0001f600", 6) | st.sampled_from(["usr", "u:sr"]))
    .map("/".join)
    .flatmap(lambda path: st.sampled_from([path, f"/{path}", f"644 /{path}"])),
    max_size=40,
)


@given(changes, st.integers(1, 4))
@example(["abc", "abc\0d"], 1)
@example(["a" * 200, "a" * 199 + "b", "a" * 199, "a" * 70 + "c"], 2)
@example(["abc", "abcd", "abce", "abc"], 2)
@example(["abc", "abcd"], 2)
def test_equals_the_trie(paths: list[str], threshold: int) -> None:
    ours = list(columbus_tags(paths, frequency_threshold=threshold).items())
    assert ours == list(trie_tags(paths, threshold).items())
    assert ours == list(dictionary_tags(paths, threshold).items())


@given(changes)
def test_equals_the_trie_across_blocks(paths: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columbus, "_BLOCK", 3)
        assert columbus_tags(paths) == trie_tags(paths, 2)


def test_stop_tags_are_left_out_and_change_nothing_else() -> None:
    paths = ["/usr/lib/libpq.so", "/usr/lib/libpq.a", "/opt/tool-a", "/opt/tool-b"]
    assert columbus_tags(paths) == {"libpq.": 2, "tool-": 2}
    assert columbus_tags(paths, stop_tags={"libpq."}) == {"tool-": 2}


def test_the_mode_counts_as_the_published_tags_count_it() -> None:
    assert columbus_tags(["644 /opt/644x", "644 /opt/644y"]) == {"644": 4}


def test_nothing_gives_nothing() -> None:
    assert columbus_tags([]) == {}
    assert columbus_tags(["", "/", "/a/b"]) == {}


def test_a_threshold_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        columbus_tags(["/a"], frequency_threshold=0)


def test_one_enormous_token_among_many_costs_what_its_length_does() -> None:
    many = [f"/lib/{number:06d}" for number in range(50_000)]
    tags = columbus_tags([*many, "/" + "0" * 2_000_000])
    assert tags["000"] == 1001
