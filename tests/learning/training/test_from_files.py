"""``praxi train`` and ``praxi predict --changesets``, from files to answers."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from praxi_tasks.cli.app import app
from praxi_tasks.discovery import Model
from praxi_tasks.errors import DataError
from praxi_tasks.learning.data.bundled_releases import read_bundled
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.learning.training.from_files import learn_files
from tests.learning.recordings import impostor, recording, singles
from tests.support import world


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, Path]:
    files = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    everything = singles(4)
    for path, part in zip(files, (everything[:14], everything[14:]), strict=True):
        path.write_bytes(b"\n".join(map(msgspec.json.encode, part)))
    return files


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "releases.jsonl"
    lines = [
        {
            "name": release.name,
            "version": release.version,
            "files": [
                [file.removeprefix("site-packages/"), size, f"{digest:x}"]
                for file, size, digest in zip(
                    release.paths, release.sizes.tolist(), release.hashes.tolist(), strict=True
                )
            ],
        }
        for release in world.releases()
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_changesets_from_two_files_to_labels(tmp_path: Path, recorded: tuple[Path, Path]) -> None:
    run("train", "--changesets", *recorded, "--out", tmp_path / "model")
    asked = [recording(["zsh", "tree"], 901), recording(["gpm"], 902), recording(["stranger"], 903)]
    (tmp_path / "ask.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, asked)))
    out = tmp_path / "out.json"
    run(
        "predict",
        "--changesets",
        tmp_path / "ask.jsonl",
        "--model",
        tmp_path / "model",
        "--format",
        "json",
        "--output",
        out,
    )
    answers = json.loads(out.read_text())
    assert [answer["id"] for answer in answers] == [one.id for one in asked]
    assert [set(answer["labels"]) for answer in answers] == [{"zsh", "tree"}, {"gpm"}, set()]
    assert all(len(answer["labels"]) == len(answer["confidence"]) for answer in answers)


def test_releases_to_a_model_that_names_them(tmp_path: Path, listed: Path) -> None:
    run("train", "--releases", listed, "--out", tmp_path / "model")
    model = Model.load(str(tmp_path / "model"))
    (found,) = model.predict(world.layer(Files.of(world.find("packageb", "2.0")))).releases
    assert (found.ecosystem, found.name, found.versions) == ("pypi", "packageb", ("2.0",))


def test_a_release_of_metadata_alone_is_left_out(tmp_path: Path, listed: Path) -> None:
    meta = tmp_path / "meta.jsonl"
    meta.write_text('{"name": "meta", "version": "1", "files": [["meta-1.dist-info/METADATA", 100, "aa"]]}\n')
    told = run("train", "--releases", listed, meta, "--out", tmp_path / "model")
    assert "left out pypi/meta 1" in told
    model = Model.load(str(tmp_path / "model"))
    assert model.knows_package("pypi", "packageb")
    assert not model.knows_package("pypi", "meta")
    with pytest.raises(DataError, match="nothing to learn"):
        learn_files([meta])


def test_a_model_carries_what_it_was_trained_on(tmp_path: Path, listed: Path) -> None:
    index = tmp_path / "Contents"
    tools = [f"tool{number}" for number in range(20)]
    index.write_text("".join(f"usr/bin/{t} utils/{t}\nusr/share/{t}/data utils/{t}\n" for t in tools))
    run("train", "--releases", listed, index, "--out", tmp_path / "model")
    names = {release.identity for release in read_bundled(str(tmp_path / "model"))}
    assert {("deb", tool, "") for tool in tools} <= names
    assert {("pypi", one.name, one.version) for one in world.releases()} <= names
    (tmp_path / "new.jsonl").write_text('{"name": "new", "version": "1", "files": [["new/a.py", 1, "1"]]}')
    new = ("--base", tmp_path / "model", "--releases", tmp_path / "new.jsonl")
    run("train", *new, "--out", tmp_path / "grown")
    assert {release.identity for release in read_bundled(str(tmp_path / "grown"))} == names | {
        ("pypi", "new", "1")
    }


def test_a_base_is_taken_over_byte_for_byte(
    tmp_path: Path, listed: Path, recorded: tuple[Path, Path]
) -> None:
    run("train", "--releases", listed, "--out", tmp_path / "base")
    run("train", "--base", tmp_path / "base", "--changesets", *recorded, "--out", tmp_path / "grown")
    parts = {path.name for path in (tmp_path / "base" / "parts").iterdir()}
    assert parts <= {path.name for path in (tmp_path / "grown" / "parts").iterdir()}
    grown = Model.load(str(tmp_path / "grown"))
    assert grown.knows("pypi", "packageb", "2.0")
    assert set(grown.name_changes([recording(["nmap"], 5).changes])[0]) == {"nmap"}


def test_experts_that_fire_on_the_new_are_named_and_nothing_else_changes(
    tmp_path: Path, recorded: tuple[Path, Path]
) -> None:
    alone = ("--routing", "random", "--labels-per-expert", "1")
    run("train", "--changesets", *recorded, "--out", tmp_path / "base", *alone)
    (tmp_path / "new.jsonl").write_bytes(b"\n".join(msgspec.json.encode(impostor(n)) for n in range(6)))
    new = ("--changesets", tmp_path / "new.jsonl", "--out", tmp_path / "grown")
    told = run("train", "--base", tmp_path / "base", *new, *alone)
    assert "repaired tree: it fired on what is new" in told
    before, after = (experts_of(tmp_path / name) for name in ("base", "grown"))
    assert {label for label in before if before[label] != after[label]} == {("tree",)}
    assert set(after) - set(before) == {("eza",)}


def experts_of(folder: Path) -> dict[tuple[str, ...], bytes]:
    return {expert.labels: expert.to_bytes() for expert in Model.load(str(folder)).recorded.experts}


def test_releases_are_routed_too(tmp_path: Path, listed: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(listed.read_text().splitlines()[:12]))
    options = ("--routing", "random", "--labels-per-expert", "6")
    run("train", "--releases", few, "--out", tmp_path / "model", *options)
    model = Model.load(str(tmp_path / "model"))
    assert len(model.released.experts) == 2
    owned = {label for label in model.released.labels if "==" in label}
    assert owned == {f"{one.package}=={one.version}" for one in world.releases()[:12]}
    (found,) = model.predict(world.layer(Files.of(world.find("packageb", "2.0")))).releases
    assert (found.name, found.versions) == ("packageb", ("2.0",))


def test_training_twice_gives_one_identity(listed: Path) -> None:
    assert learn_files([listed]).model.id == learn_files([listed]).model.id


def test_nothing_to_learn_is_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(DataError, match="nothing to learn"):
        learn_files([empty])
