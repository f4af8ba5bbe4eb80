"""Programs and libraries that lie elsewhere are named by their content, and only they."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery.content_index import ContentIndex
from praxi_tasks.discovery.decision_rule import DecisionRule
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.discovery.release import Release
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import BuildIds, Tagset, normalise_all, published_content
from praxi_tasks.learning.catalogue import build_catalogue, index_contents, index_without

BIG = 40_000
NO_IDS: dict[str, int] = {}


def release(
    name: str,
    version: str,
    files: Mapping[str, int],
    build_ids: Mapping[str, int] = NO_IDS,
    *,
    size: int = BIG,
    kind: str = "deb",
) -> Release:
    """Return a release of files by path, each with the hash of its content."""
    paths = list(files)
    return Release(
        kind,
        name,
        version,
        paths,
        normalise_all(paths),
        np.full(len(paths), size, np.uint64),
        np.array(list(files.values()), np.uint64),
        np.ones(len(paths), np.bool_),
        BuildIds.of(paths, build_ids),
    )


def model(*releases: Release) -> Model:
    return Model([build_catalogue(releases)], contents=[index_contents(releases)])


def found(known: Model, files: Mapping[str, int], *, size: int = BIG) -> LayerPrediction:
    return known.predict(layer_of(files, size=size))


def layer_of(files: Mapping[str, int], build_ids: Mapping[str, int] = NO_IDS, *, size: int = BIG) -> Tagset:
    layer = release("layer", "0", files, build_ids, size=size)
    columns = layer.normalised, layer.sizes, layer.hashes, layer.measured
    return Tagset("sha256:0", layer.paths, *columns, build_ids=layer.build_ids)


TOOL = release("tool", "1.6-2", {"usr/bin/tool": 11, "usr/lib/x86_64-linux-gnu/libtool.so.5": 12})


@pytest.mark.parametrize(
    "path", ["usr/local/bin/whatever", "app/bin/x", "opt/conda/bin/tool", "whatever", "home/me/bin/a/b/c"]
)
def test_a_program_is_named_wherever_it_lies(path: str) -> None:
    prediction = found(model(TOOL), {path: 11})
    (named,) = prediction.releases
    assert (named.ecosystem, named.name, named.versions) == ("deb", "tool", ("1.6-2",))
    assert (named.evidence, named.same_as, named.files) == ((path,), ("usr/bin/tool",), 1)
    assert named.confidence > 0.9
    assert prediction.unexplained.files == 0


BUILT = release("tool", "1.6-2", {"usr/bin/tool": 11}, {"usr/bin/tool": 501}, size=300)


def test_a_stripped_program_is_named_by_its_build() -> None:
    (named,) = model(BUILT).predict(layer_of({"app/x": 99}, {"app/x": 501}, size=290)).releases
    assert (named.name, named.versions, named.same_as) == ("tool", ("1.6-2",), ("usr/bin/tool",))
    assert model(BUILT).predict(layer_of({"app/x": 99}, {"app/x": 502}, size=290)).releases == ()


def test_the_same_build_and_size_with_another_content_may_be_another_version() -> None:
    stripped = layer_of({"app/x": 99}, {"app/x": 501}, size=299)
    patched = layer_of({"app/x": 99}, {"app/x": 501}, size=300)
    assert [each.versions for each in model(BUILT).predict(stripped).releases] == [("1.6-2",)]
    assert [each.versions for each in model(BUILT).predict(patched).releases] == [()]


def test_a_small_program_tells_the_version_and_a_small_script_does_not() -> None:
    program = layer_of({"app/x": 11}, {"app/x": 501}, size=300)
    assert [each.versions for each in model(BUILT).predict(program).releases] == [("1.6-2",)]
    assert [each.versions for each in found(model(BUILT), {"app/x": 11}, size=300).releases] == [()]


def test_a_file_of_other_content_names_nobody() -> None:
    assert found(model(TOOL), {"usr/local/bin/tool": 99, "app/x": 98}).releases == ()


def test_two_files_of_a_release_are_one_release() -> None:
    (named,) = found(model(TOOL), {"app/x": 11, "app/y": 12}).releases
    assert (named.files, named.same_as) == (2, ("usr/bin/tool", "usr/lib/x86_64-linux-gnu/libtool.so.5"))


def test_versions_that_share_a_file_tie_until_another_tells_them() -> None:
    newer = release("tool", "1.7-1", {"usr/bin/tool": 11, "usr/lib/x86_64-linux-gnu/libtool.so.5": 13})
    known = model(TOOL, newer)
    assert [each.versions for each in found(known, {"app/x": 11}).releases] == [("1.6-2", "1.7-1")]
    assert [each.versions for each in found(known, {"app/x": 11, "app/y": 13}).releases] == [("1.7-1",)]
    both = found(known, {"a/x": 11, "a/y": 12, "b/x": 11, "b/y": 13}).releases
    assert sorted(each.versions for each in both) == [("1.6-2",), ("1.7-1",)]


def test_packages_that_share_a_file_tie() -> None:
    other = release("tool-static", "1.6-2", {"usr/bin/tool-static": 11})
    (named,) = found(model(TOOL, other), {"app/x": 11}).releases
    assert (named.name, named.ties) == ("tool", ("deb/tool-static",))
    assert named.confidence <= 0.5


def test_what_many_packages_have_names_none_of_them() -> None:
    packages = [release(f"p{number}", "1", {"usr/bin/common": 7}) for number in range(4)]
    assert found(model(*packages), {"app/x": 7}).releases == ()


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/doc/tool/copyright",
        "usr/share/common-licenses/GPL-3",
        "usr/share/tool/data.bin",
        "usr/share/tool/README",
        "usr/lib/tool/LICENSE",
        "site-packages/numpy.libs/libgfortran-040039e1.so.5.0.0",
        "site-packages/torch/lib/libgomp-a34b3233.so.1",
        "site-packages/pip/_vendor/six.py",
        "site-packages/ray/thirdparty_files/multidict/_testcapi.cpython-311-x86_64-linux-gnu.so",
        "usr/share/zsh/functions/Completion/Unix/_twisted",
        "usr/share/zsh/vendor-completions/_tool",
        "usr/share/zoneinfo/Europe/Berlin",
        "usr/lib/locale/C.utf8/LC_CTYPE",
        "etc/tool.conf",
    ],
)
def test_documents_data_and_copies_of_others_name_nobody(path: str) -> None:
    assert found(model(release("tool", "1", {path: 11})), {"app/x": 11}).releases == ()


@pytest.mark.parametrize("size", [0, 30, 255])
def test_tiny_files_name_nobody(size: int) -> None:
    known = model(release("tool", "1", {"usr/bin/tool": 11}, size=size))
    assert found(known, {"app/x": 11}, size=size).releases == ()


def test_a_look_alike_is_named_by_what_it_is() -> None:
    other = release("other", "3", {"usr/bin/other": 21, "usr/bin/other-a": 22, "usr/bin/other-b": 23})
    prediction = found(model(TOOL, other), dict.fromkeys(other.paths, 11))
    assert [each.name for each in prediction.releases] == ["tool"]


def test_a_copy_of_what_is_named_anyway_is_not_named_again() -> None:
    prediction = found(model(TOOL), {**dict(zip(TOOL.paths, (11, 12), strict=True)), "app/x": 11})
    assert [each.name for each in prediction.releases] == ["tool"]
    assert prediction.unexplained.files == 0


@pytest.mark.parametrize(
    ("path", "ids", "suite", "named"),
    [
        ("usr/share/tool/2/part.pl", NO_IDS, "debian/new", []),
        ("usr/share/tool/2/part.pl", NO_IDS, "debian/old", ["tool-1"]),
        ("usr/local/share/part.pl", NO_IDS, "debian/new", ["tool-1"]),
        ("opt/app/part.pl", NO_IDS, "debian/new", ["tool-1"]),
        ("usr/bin/part", {"usr/bin/part": 77}, "debian/new", ["tool-1"]),
    ],
)
def test_what_is_not_compiled_is_of_the_layers_own_suite(
    path: str, ids: dict[str, int], suite: str, named: list[str]
) -> None:
    """A package's next version has most of its scripts as they were."""
    old = release("tool-1", "1", {"usr/share/tool/1/part.pl": 31})
    parts = []
    for pack, known in (("debian/old", old), ("debian/new", release("tool-2", "2", {"usr/bin/tool": 41}))):
        parts.append(
            (replace(build_catalogue([known]), pack=pack), replace(index_contents([known]), pack=pack))
        )
    both = Model([catalogue for catalogue, _ in parts], contents=[index for _, index in parts])
    prediction = both.predict(layer_of({path: 31}, ids), suite)
    assert [each.name for each in prediction.releases] == named


def test_the_decision_rule_holds_for_contents() -> None:
    known = Model(contents=[index_contents([TOOL])], decision_rule=DecisionRule("threshold", 0.99))
    assert found(known, {"app/x": 11}).releases == ()


def test_an_index_is_the_same_bytes_after_reading() -> None:
    index = index_contents([TOOL])
    assert ContentIndex.from_bytes(index.to_bytes()).to_bytes() == index.to_bytes()


def test_a_damaged_index_is_refused() -> None:
    data = index_contents([TOOL]).to_bytes()
    with pytest.raises(CorruptObjectError):
        ContentIndex.from_bytes(data[:-8])


def test_a_package_can_be_taken_out() -> None:
    other = release("other", "3", {"usr/bin/other": 21, "usr/bin/both": 11})
    index = index_contents([TOOL, other])
    left = index_without(index, {"deb/tool"})
    assert left.hashes.tolist() == [11, 21]
    assert {each.package for place in range(2) for each in left.holders_of(place)} == {"deb/other"}
    assert index_without(index, {"deb/nobody"}) is index


_FILES = st.dictionaries(
    st.integers(0, 30).map(lambda n: f"usr/bin/p{n}"), st.integers(1, 40), min_size=1, max_size=12
)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("12"), _FILES), max_size=8))
def test_every_content_has_the_releases_that_have_it(listed: list[tuple[str, str, dict[str, int]]]) -> None:
    releases = list(
        {(name, version): release(name, version, files) for name, version, files in listed}.values()
    )
    index = index_contents(releases)
    for content in range(1, 42):
        holders = {(each.package, each.version) for each in releases if content in each.hashes.tolist()}
        (place,) = index.places_of(np.array([content], np.uint64)).tolist()
        assert (set() if place < 0 else set(index.holders_of(place))) == holders
        if place >= 0:
            assert any(index.path_of(place) in each.paths for each in releases)


def test_a_program_is_named_by_the_sha_256_that_its_publisher_lists() -> None:
    """Of a release that was learned by its list of files nobody knows the other hash."""
    listed = published_content(bytes(range(32)))
    known = model(release("tool", "1.6-2", {"usr/bin/tool": listed}, kind="rpm"))
    layer = layer_of({"app/x": 7})
    assert known.predict(layer).releases == ()
    (named,) = known.predict(replace(layer, published=np.array([listed], np.uint64))).releases
    assert (named.name, named.versions, named.same_as) == ("tool", ("1.6-2",), ("usr/bin/tool",))
