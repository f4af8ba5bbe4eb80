"""What trainings are asked for, and how requests that meet are merged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import CorruptObjectError, DataError, KeyNotFoundError, UsageError
from praxi_tasks.learning.data.requests import (
    NewPackage,
    TrainingRequest,
    asked_for,
    mark_served,
    merge,
    open_requests,
    parse_label,
    read_list,
    read_request,
)
from praxi_tasks.store import ReadableRoots, Store, documents, keys, open_store

FARM = NewPackage("pkg:pypi/farm@1.0", "pypi", "farm", "1.0", ("sha256:1",))
NOWHERE = ReadableRoots([])
ZOO = NewPackage("pkg:deb/debian/zoo@2", "deb", "zoo", "2", ("sha256:2",))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


def ask(store: Store, request: str, *packages: NewPackage) -> str:
    documents.write(store, keys.training_request(request), TrainingRequest(request, packages))
    return f"{store.uri}/{keys.training_request(request)}"


def test_a_request_is_read_by_its_uri(store: Store) -> None:
    assert read_request(ask(store, "run", FARM)) == TrainingRequest("run", (FARM,))


@pytest.mark.parametrize(
    "uri", ["", "plain", "/no/scheme.json", "http://host/request.json", "file:///folder/", "s3://"]
)
def test_what_is_no_uri_of_a_request_is_refused(uri: str) -> None:
    with pytest.raises(UsageError):
        read_request(uri)


def test_a_request_that_is_not_there_or_damaged_is_refused(store: Store) -> None:
    with pytest.raises(KeyNotFoundError):
        read_request(f"{store.uri}/training/requests/none.json")
    store.put("training/requests/bad.json", b'{"packages": 3}')
    with pytest.raises(CorruptObjectError):
        read_request(f"{store.uri}/training/requests/bad.json")


def test_requests_are_open_until_a_training_served_them(store: Store) -> None:
    ask(store, "one", FARM)
    ask(store, "two", ZOO)
    assert set(open_requests(store)) == {"one", "two"}
    mark_served(store, ["one"], "run")
    mark_served(store, ["one"], "another")
    assert set(open_requests(store)) == {"two"}


def test_a_request_of_another_store_is_read_and_one_of_this_store_is_open_anyway(
    store: Store, tmp_path: Path
) -> None:
    other = open_store((tmp_path / "other").as_uri())
    assert asked_for(store, ask(other, "run", FARM), ReadableRoots([other.uri])) == (FARM,)
    assert asked_for(store, ask(store, "run", FARM), NOWHERE) == ()
    assert asked_for(store, None, NOWHERE) == ()


def test_a_release_that_several_ask_for_is_wanted_once_with_all_its_layers() -> None:
    again = NewPackage(FARM.purl, "pypi", "farm", "1.0", ("sha256:0", "sha256:1"))
    assert merge([FARM, ZOO, again]) == (ZOO, again)


@pytest.mark.parametrize(
    ("label", "identity"),
    [
        ("requests==2.32.0", ("pypi", "requests", "2.32.0")),
        ("  Zope.Interface==5.0 ", ("pypi", "zope-interface", "5.0")),
        ("npm/left-pad@1.3.0", ("npm", "left-pad", "1.3.0")),
        ("pkg:npm/@scope/name@1.0.0", ("npm", "@scope/name", "1.0.0")),
        ("deb/libc6@2.36-9+deb12u4", ("deb", "libc6", "2.36-9+deb12u4")),
        ("deb/bash@1:5.2", ("deb", "bash", "1:5.2")),
    ],
)
def test_a_release_is_named_as_people_write_it(label: str, identity: tuple[str, str, str]) -> None:
    assert parse_label(label).identity == identity


@pytest.mark.parametrize("label", ["", "requests", "requests==", "==1.0", "a b==1", "npm/@1"])
def test_what_names_no_release_is_refused(label: str) -> None:
    with pytest.raises(DataError):
        parse_label(label)


def test_every_label_of_the_published_study_is_one(praxi_data: Path) -> None:
    labels = (praxi_data / "praxi-study-labels.txt").read_text().split()
    assert len({parse_label(label).identity for label in labels}) == len(labels) == 3000


def test_a_list_is_pasted_or_named(praxi_data: Path, tmp_path: Path) -> None:
    text = (praxi_data / "praxi-study-labels.txt").read_text()
    (tmp_path / "labels.txt").write_text(text)
    pasted = read_list(text, NOWHERE)
    named = read_list((tmp_path / "labels.txt").as_uri(), ReadableRoots([str(tmp_path)]))
    assert len({each.identity for each in pasted}) == 3000
    assert pasted == named


def test_a_list_may_have_comments_and_no_lines_at_all() -> None:
    found = read_list("# ours\n\nshop==1.0  # the old one\r\n  npm/left-pad@1.3.0\n", NOWHERE)
    assert [each.identity for each in found] == [("pypi", "shop", "1.0"), ("npm", "left-pad", "1.3.0")]
    assert read_list(None, NOWHERE) == read_list(" \n", NOWHERE) == ()


def test_a_line_that_names_no_release_is_told_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_list("shop==1.0\nwhatever\n", NOWHERE)
    assert caught.value.where == "line 2"
    with pytest.raises(DataError, match=r"\(lines 2, 4\)"):
        read_list("shop==1.0\n-e git+https://git.example/shop\nshop==1.1\nshop>=2\n", NOWHERE)
    with pytest.raises(DataError, match="10 and 89 more"):
        read_list("whatever\n" * 99, NOWHERE)
    with pytest.raises(KeyNotFoundError):
        read_list((tmp_path / "none.txt").as_uri(), ReadableRoots([str(tmp_path)]))
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="no text"):
        read_list((tmp_path / "bad.txt").as_uri(), ReadableRoots([str(tmp_path)]))


def test_a_refused_list_shows_nothing_of_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "environ").write_text("AWS_SECRET_ACCESS_KEY=hunter2\0HOME=/root")
    for roots in (NOWHERE, ReadableRoots([str(tmp_path)])):
        with pytest.raises((UsageError, DataError)) as caught:
            read_list((tmp_path / "environ").as_uri(), roots)
        assert "AWS" not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "uri", ["file:///proc/self/environ", "file:/proc/self/environ", "\x01file:///etc/passwd"]
)
def test_lists_and_requests_outside_the_readable_places_are_refused(store: Store, uri: str) -> None:
    with pytest.raises(UsageError, match="may not read"):
        read_list(uri, ReadableRoots([store.uri]))
    with pytest.raises(UsageError, match="may not read"):
        asked_for(store, uri, ReadableRoots([store.uri]))


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), unique=True, max_size=20))
def test_different_releases_have_different_keys(identities: list[tuple[str, str, str]]) -> None:
    from praxi_tasks.store import check_key

    found = {check_key(keys.release(*identity)) for identity in identities}
    assert len(found) == len(identities)
