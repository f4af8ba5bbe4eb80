"""The model on layers of a small world: names, versions, damage, unknown software, storage."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.discovery.release import Release
from praxi_tasks.errors import ModelError
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.synthesis import Files, compile_python, install_wheel
from praxi_tasks.oci.layer import NO_SOURCE, version_number
from tests.support import world

SITE = "usr/local/lib/python3.11/site-packages"


def names(prediction: LayerPrediction) -> dict[str, tuple[str, ...]]:
    return {release.name: release.versions for release in prediction.releases}


def installed(name: str, version: str, root: str = SITE) -> Files:
    return install_wheel(Files.of(world.find(name, version)), root)


def without_metadata(files: Files) -> Files:
    return files.keep(np.array(["-info/" not in path for path in files.paths]))


@pytest.mark.parametrize("version", world.VERSIONS)
def test_release_is_named_with_its_version(version: str) -> None:
    files = without_metadata(installed("packagec", version))
    assert names(world.model().predict(world.layer(files))) == {"packagec": (version,)}


@pytest.mark.parametrize(
    "root", ["opt/venv/lib/python3.9/site-packages", "usr/local/lib/python3.11/dist-packages", "app/vendor"]
)
def test_prefix_does_not_matter(root: str) -> None:
    files = without_metadata(installed("packaged", "1.1", root))
    assert names(world.model().predict(world.layer(files))) == {"packaged": ("1.1",)}


def test_what_lies_in_the_distributions_own_folder_is_the_distributions() -> None:
    files = without_metadata(installed("packaged", "1.1", "usr/lib/python3/dist-packages"))
    assert names(world.model().predict(world.layer(files))) == {}
    both = world.layer(files, without_metadata(installed("packaged", "1.0")))
    assert names(world.model().predict(both)) == {"packaged": ("1.0",)}


def test_pips_copy_does_not_hide_the_distributions() -> None:
    debian = without_metadata(installed("packagec", "1.0", "usr/lib/python3/dist-packages"))
    native = Release(
        "deb", "python3-packagec", "1.0-1", debian.paths, normalise_all(debian.paths),
        debian.sizes, debian.hashes, debian.measured,
    )  # fmt: skip
    pip = without_metadata(installed("packagec", "2.0", "usr/local/lib/python3.11/dist-packages"))
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), native])])
    told = {"python3-packagec": ("1.0-1",), "packagec": ("2.0",)}
    prediction = model.predict(world.layer(debian, pip))
    assert names(prediction) == told
    assert {release.name: release.root for release in prediction.releases} == {
        "python3-packagec": "usr/lib/python3/dist-packages",
        "packagec": "usr/local/lib/python3.11/dist-packages",
    }
    assert names(model.predict(world.layer(debian))) == {"python3-packagec": ("1.0-1",)}


def test_byte_code_alone_shows_the_package_and_no_version() -> None:
    files = compile_python(without_metadata(installed("packagef", "1.0")))
    compiled = files.keep(np.array([path.endswith(".pyc") for path in files.paths]))
    assert names(world.model().predict(world.layer(compiled))) == {"packagef": ()}


def compiled(size: int, files: int, stated: str = "") -> Tagset:
    """Return a layer with byte code of a package's modules, whose sources had some size each."""
    paths = [f"{SITE}/big/__init__.pyc", *(f"{SITE}/big/m{number}.pyc" for number in range(1, files))]
    sizes, hashes = np.full(files, size, np.uint64), np.zeros(files, np.uint64)
    hashes[0] = version_number(stated) if stated else 0
    return Tagset("sha256:0", paths, normalise_all(paths), sizes, hashes, np.ones(files, np.bool_))


def released(version: str, size: int, files: int, content: int = 0) -> Release:
    names = ["__init__", *(f"m{number}" for number in range(1, files))]
    lines = [
        ReleaseFile(f"big/{name}.py", size, f"{number + 1 + content:x}") for number, name in enumerate(names)
    ]
    return make_release(ReleaseLine("big", version, lines))


@pytest.mark.parametrize(
    ("size", "files", "stated", "told"),
    [
        (500, 8, "", ("1.0", "1.1")),  # nothing tells these from each other
        (500, 8, "1.1", ("1.1",)),
        (500, 8, "1.1.0", ("1.1",)),
        (500, 8, "1.2", ()),  # nobody taught it, though all sizes agree
        (600, 8, "", ("2.0",)),
        (600, 8, "1.0", ()),  # its sources had other sizes
        (700, 8, "", ()),
        (600, 3, "", ()),  # too little
        (600, 3, "2.0", ("2.0",)),
    ],
)
def test_byte_code_tells_the_version_by_its_sources(
    size: int, files: int, stated: str, told: tuple[str, ...]
) -> None:
    known = [released("1.0", 500, 8), released("1.1", 500, 8, 50), released("2.0", 600, 8, 90)]
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known])])
    assert names(model.predict(compiled(size, files, stated))) == {"big": told}


def test_one_module_of_another_size_denies_the_version() -> None:
    model = world.model().replaced(
        catalogues=[build_catalogue([*world.releases(), released("1.0", 500, 60)])]
    )
    layer = compiled(500, 60)
    layer.sizes[7] = 501
    assert names(model.predict(layer)) == {"big": ()}


@pytest.mark.parametrize(("name", "told"), [("py.typed", ()), ("_fast.so", ("1.0",))])
def test_beside_byte_code_a_file_that_seldom_changes_shows_no_version(
    name: str, told: tuple[str, ...]
) -> None:
    lines = [ReleaseFile(f"big/m{number}.py", 10, f"{number + 1:x}") for number in range(12)]
    release = make_release(ReleaseLine("big", "1.0", [*lines, ReleaseFile(f"big/{name}", 90, "aa")]))
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), release])])
    files = compile_python(install_wheel(Files.of(release), SITE))
    compiled = files.keep(np.array([not path.endswith(".py") for path in files.paths]))
    assert names(model.predict(world.layer(compiled))) == {"big": told}


def changed(name: str, by: int) -> tuple[Model, Tagset]:
    """Return a model of a package, and a layer with it in which one file has another size or content."""
    lines = [ReleaseFile(f"big/m{number}.py", 10, f"{number + 1:x}") for number in range(60)]
    names = (
        *("_fast.so", "style.css", "package.xml", "cmake/bigConfigVersion.cmake", "app.js", "galaxy.yml"),
        *("cmake/big-version.cmake", "include/version.hpp", "etc/big.json", "VERSION.ini"),
    )
    others = [ReleaseFile(f"big/{one}", 900, "aa") for one in names]
    release = make_release(ReleaseLine("big", "1.0", [*lines, *others]))
    files = install_wheel(Files.of(release), SITE)
    row = next(row for row, path in enumerate(files.paths) if path.endswith(name))
    sizes, hashes = files.sizes.astype(np.int64), files.hashes.copy()
    sizes[row] += by
    hashes[row] ^= np.uint64(1 << 40)
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), release])])
    return model, world.layer(Files(files.paths, sizes.astype(np.uint64), hashes, files.measured))


@pytest.mark.parametrize(
    ("name", "by", "told"),
    [
        ("/m7.py", 0, ()),
        ("/m7.py", 3, ()),
        ("/_fast.so", 0, ()),
        ("/_fast.so", 8, ()),
        ("/_fast.so", -200, ("1.0",)),  # stripped
        ("/_fast.so", -900, ()),  # emptied
        ("/style.css", 5, ("1.0",)),  # edited
        ("/app.js", 5, ()),
        ("/package.xml", 0, ()),
        ("/bigConfigVersion.cmake", 0, ()),
        ("/big-version.cmake", 0, ()),
        ("/version.hpp", 0, ()),
        ("/VERSION.ini", 0, ()),
        ("/galaxy.yml", 2, ("1.0",)),  # edited, since VERSION.ini shows the version
        ("/etc/big.json", 2, ("1.0",)),
    ],
)
def test_code_that_differs_is_of_another_version(name: str, by: int, told: tuple[str, ...]) -> None:
    model, layer = changed(name, by)
    assert names(model.predict(layer)) == {"big": told}
    (release,) = model.predict(layer).releases
    assert release.denied == (() if told else ("1.0",))


@pytest.mark.parametrize(("proof", "told"), [("VERSION", ("1.0",)), ("other.txt", ())])
def test_a_file_that_differs_may_be_edited_where_another_shows_the_version(
    proof: str, told: tuple[str, ...]
) -> None:
    lines = [ReleaseFile(f"big/m{number}.py", 10, f"{number + 1:x}") for number in range(60)]
    others = [ReleaseFile(f"big/{name}", 900, "aa") for name in (proof, "galaxy.yml")]
    release = make_release(ReleaseLine("big", "1.0", [*lines, *others]))
    files = install_wheel(Files.of(release), SITE)
    differs = np.array([path.endswith("galaxy.yml") for path in files.paths]).astype(np.uint64)
    layer = world.layer(Files(files.paths, files.sizes + differs, files.hashes, files.measured))
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), release])])
    assert names(model.predict(layer)) == {"big": told}


@pytest.mark.parametrize("name", ["RECORD", "WHEEL"])
def test_what_differs_in_each_installation_does_not_cost_the_version(name: str) -> None:
    """An installer writes its own RECORD, and WHEEL names the interpreter that it was built for."""
    lines = [ReleaseFile(f"big/m{number}.py", 10, f"{number + 1:x}") for number in range(4)]
    record = ReleaseFile(f"big-1.0.dist-info/{name}", 90, "aa")
    release = make_release(ReleaseLine("big", "1.0", [*lines, record]))
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), release])])
    files = install_wheel(Files.of(release), SITE)
    written = np.array([path.endswith(name) for path in files.paths]).astype(np.uint64)
    other = Files(files.paths, files.sizes + written, files.hashes ^ written, files.measured)
    assert names(model.predict(world.layer(other))) == {"big": ("1.0",)}


def test_two_environments_hold_a_version_each() -> None:
    old = without_metadata(installed("packagec", "1.0", "opt/a/lib/python3.11/site-packages"))
    new = without_metadata(installed("packagec", "2.0", "opt/b/lib/python3.12/site-packages"))
    prediction = world.model().predict(world.layer(new, old))
    assert {(release.versions, release.root) for release in prediction.releases} == {
        (("1.0",), "opt/a/lib/python3.11/site-packages"),
        (("2.0",), "opt/b/lib/python3.12/site-packages"),
    }
    for release in prediction.releases:
        assert all(path.startswith(f"{release.root}/") for path in (*release.evidence, *release.sample))


def test_two_environments_with_one_version_hold_one_release() -> None:
    roots = ("opt/a/lib/python3.11/site-packages", "opt/b/lib/python3.11/site-packages")
    files = [without_metadata(installed("packagec", "1.0", root)) for root in roots]
    (release,) = world.model().predict(world.layer(*files)).releases
    assert release.versions == ("1.0",)


def test_an_environment_of_byte_code_is_a_copy_beside_one_of_sources_or_of_byte_code() -> None:
    known = [released("1.0", 500, 8), released("2.0", 600, 8, 90)]
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known])])

    def environment(root: str, size: int) -> Files:
        tagset = compiled(size, 8)
        paths = [path.replace("usr/local", root) for path in tagset.paths]
        return Files(paths, tagset.sizes, tagset.hashes, tagset.measured)

    sources = install_wheel(Files.of(known[0]), "opt/a/lib/python3.11/site-packages")
    for old in (sources, environment("opt/a", 500)):
        prediction = model.predict(world.layer(old, environment("opt/b", 600)))
        assert {(each.versions, each.root.split("/")[1]) for each in prediction.releases} == {
            (("1.0",), "a"),
            (("2.0",), "b"),
        }


def test_a_leftover_is_no_copy() -> None:
    whole = without_metadata(installed("packagec", "2.0"))
    rest = without_metadata(installed("packagec", "1.0", "opt/b/lib/python3.11/site-packages"))
    few = rest.keep(np.arange(len(rest.paths)) < 2)
    assert names(world.model().predict(world.layer(whole, few))) == {"packagec": ("2.0",)}


def test_a_version_of_few_files_is_a_copy_beside_one_of_many() -> None:
    known = [released("1.0", 500, 3, 70), released("2.0", 600, 12)]
    roots = ("opt/a/site-packages", "opt/b/site-packages")
    files = [install_wheel(Files.of(release), root) for release, root in zip(known, roots, strict=True)]
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known])])
    prediction = model.predict(world.layer(*files))
    told = {(release.versions, release.root) for release in prediction.releases}
    assert told == {(("1.0",), "opt/a/site-packages"), (("2.0",), "opt/b/site-packages")}
    (release,) = model.predict(world.layer(files[0].keep(np.arange(3) < 1), files[1])).releases
    assert release.versions == ("2.0",)


def test_what_is_called_byte_code_and_is_none_only_looks_like_the_package() -> None:
    known = [released("1.0", 500, 8), released("2.0", 600, 8, 90)]
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known])])
    prediction = model.predict(compiled(NO_SOURCE, 8))
    assert [each.name for each in prediction.look_alikes] == ["big"]
    assert names(prediction) == {}
    assert names(model.predict(compiled(550, 8))) == {"big": ()}


def test_metadata_alone_names_nobody() -> None:
    files = installed("packagec", "1.0")
    left = files.keep(np.array(["-info/" in path for path in files.paths]))
    assert len(left.paths)
    prediction = world.model().predict(world.layer(left))
    assert (prediction.releases, prediction.look_alikes) == ((), ())


def test_versions_that_nothing_tells_apart_are_a_tie() -> None:
    files = without_metadata(installed("packageg", "1.0"))
    same = files.keep(np.array([not path.endswith("module0.py") for path in files.paths]))
    assert names(world.model().predict(world.layer(same))) == {"packageg": ("1.0", "1.1")}


def test_a_version_never_seen_has_no_version() -> None:
    files = without_metadata(installed("packageh", "1.0"))
    changed = np.arange(len(files.paths)) > 0
    new = Files(files.paths, files.sizes + 5 * changed.astype(np.uint64), files.hashes, files.measured)
    assert names(world.model().predict(world.layer(new))) == {"packageh": ()}


def test_known_paths_without_any_known_content_only_look_like_the_package() -> None:
    files = without_metadata(installed("packageh", "1.0"))
    decoy = Files(files.paths, files.sizes + np.uint64(5), files.hashes ^ np.uint64(1), files.measured)
    prediction = world.model().predict(world.layer(decoy))
    assert prediction.releases == ()
    assert [(each.ecosystem, each.name, each.files) for each in prediction.look_alikes] == [
        ("pypi", "packageh", len(files.paths))
    ]
    assert prediction.unexplained.files == 0


def test_a_size_that_agrees_by_chance_makes_no_package_of_a_decoy() -> None:
    lines = [ReleaseFile(f"big/m{number}.py", 1000 + number, "0") for number in range(80)]
    release = make_release(ReleaseLine("big", "1.0", lines))
    model = world.model().replaced(catalogues=[build_catalogue([*world.releases(), release])])
    files = install_wheel(Files.of(release), SITE)
    other = np.arange(len(files.paths)) > 0
    decoy = Files(files.paths, files.sizes + np.uint64(7) * other, files.hashes, files.measured)
    prediction = model.predict(world.layer(decoy))
    assert prediction.releases == ()
    assert [each.name for each in prediction.look_alikes] == ["big"]


def test_a_folder_that_only_one_known_package_uses_names_nobody() -> None:
    root = f"{SITE}/packagex"
    unknown = world.plain(*(f"{root}/other{number}.py" for number in range(9)))
    assert names(world.model().predict(world.layer(unknown))) == {}


def test_a_decoy_beside_the_package_is_told_apart() -> None:
    files = without_metadata(installed("packageh", "1.0"))
    fake = without_metadata(installed("packageh", "1.0", "opt/b/lib/python3.11/site-packages"))
    decoy = Files(fake.paths, fake.sizes + np.uint64(5), fake.hashes ^ np.uint64(1), fake.measured)
    prediction = world.model().predict(world.layer(decoy, files))
    assert names(prediction) == {"packageh": ("1.0",)}
    assert [each.root for each in prediction.look_alikes] == ["opt/b/lib/python3.11/site-packages"]


@pytest.mark.parametrize("name", ["__init__.py", "_version.py", "core/VERSION", "package.json"])
def test_a_file_that_states_another_version_is_never_tolerated(name: str) -> None:
    paths = [f"big/m{number}.py" for number in range(99)]
    lines = [ReleaseFile(path, 10, f"{number:x}") for number, path in enumerate([*paths, f"big/{name}"], 1)]
    releases = [*world.releases(), make_release(ReleaseLine("big", "1.0", lines))]
    model = world.model().replaced(catalogues=[build_catalogue(releases)])
    files = install_wheel(Files.of(releases[-1]), SITE)
    stated = np.array([path.endswith(name) for path in files.paths])
    assert names(model.predict(world.layer(files))) == {"big": ("1.0",)}
    other = Files(files.paths, files.sizes, files.hashes ^ stated.astype(np.uint64), files.measured)
    assert names(model.predict(world.layer(other))) == {"big": ()}


def test_unknown_software_is_unexplained_and_never_forced() -> None:
    tool = world.plain(*(f"opt/tool/lib/part{number}.bin" for number in range(214)))
    prediction = world.model().predict(world.layer(tool, installed("packagea", "1.0")))
    assert set(names(prediction)) == {"packagea"}
    assert [(root.path, root.files) for root in prediction.unexplained.roots] == [("/opt/tool", 214)]


def test_evidence_is_in_the_layer() -> None:
    tagset = world.layer(installed("packageb", "2.0"))
    (release,) = world.model().predict(tagset).releases
    assert 0 < len(release.evidence) <= 5
    assert set(release.evidence) <= set(tagset.paths)
    assert 0.5 < release.confidence <= 1


def test_empty_layer_holds_nothing() -> None:
    prediction = world.model().predict(Tagset.from_paths("sha256:00", []))
    assert prediction.releases == ()
    assert prediction.unexplained.files == 0


def test_a_path_of_a_thousand_folders_is_read() -> None:
    deep = "/".join("d" * 1 for _ in range(2_400)) + "/file"
    assert world.model().predict(Tagset.from_paths("sha256:00", [deep])).unexplained.files == 1


def test_threads_share_a_model() -> None:
    layers = [world.layer(installed(f"package{letter}", "1.0")) for letter in "abcdefgh"]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(world.model().predict, layers))
    assert together == [world.model().predict(tagset) for tagset in layers]


def test_round_trip_through_the_store(tmp_path: Path) -> None:
    identity = world.model().save(tmp_path.as_uri())
    loaded = Model.load(tmp_path.as_uri())
    tagset = world.layer(installed("packagek", "1.1"), world.plain("opt/x/y"))
    assert loaded.id == identity == world.model().id
    assert loaded.predict(tagset) == world.model().predict(tagset)


def test_knows_releases_and_not_others() -> None:
    model = world.model()
    assert model.knows("pypi", "packagea", "1.0")
    assert not model.knows("pypi", "packagea", "9.9")
    assert not model.knows("deb", "packagea", "1.0")


def test_every_damage_to_a_stored_model_is_refused(tmp_path: Path) -> None:
    world.model().save(tmp_path.as_uri())
    for part in [path for path in (tmp_path / "parts").iterdir() if not path.suffix]:
        whole = part.read_bytes()
        for bad in (whole[:-1], whole[: len(whole) // 2], b"", whole[:-1] + bytes([whole[-1] ^ 1])):
            part.write_bytes(bad)
            with pytest.raises(ModelError, match="truncated or altered"):
                Model.load(tmp_path.as_uri())
        part.unlink()
        with pytest.raises(ModelError, match="not the whole"):
            Model.load(tmp_path.as_uri())
        part.write_bytes(whole)


@pytest.mark.parametrize(
    "manifest", [b"", b"{", b"[]", b'{"protocol": 1}', b'{"protocol": 1, "parts": []}', b"\xff"]
)
def test_damaged_manifest_is_refused(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "model.json").write_bytes(manifest)
    with pytest.raises(ModelError):
        Model.load(tmp_path.as_uri())


def test_another_protocol_is_refused(tmp_path: Path) -> None:
    world.model().save(tmp_path.as_uri())
    manifest = json.loads((tmp_path / "model.json").read_text())
    manifest["protocol"] = 99
    (tmp_path / "model.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="protocol 99"):
        Model.load(tmp_path.as_uri())


def test_no_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        Model.load(tmp_path.as_uri())
