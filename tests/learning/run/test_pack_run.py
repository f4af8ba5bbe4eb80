"""A pack's run collects the newest versions, goes on where it was ended, and becomes a model."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.errors import DataError, IndexUnavailableError, UsageError
from praxi_tasks.learning.data import NewPackage, ReleaseStore
from praxi_tasks.learning.model_registry import CHAMPION
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.learning.run import Outcome, PackRun, build_pack, register_pack
from praxi_tasks.learning.run.retention import unneeded_versions
from praxi_tasks.learning.sources import Collected
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.packs import read_pack, use_packs
from praxi_tasks.store import Store, keys
from tests.support.package_index import PackageIndex
from tests.support.site import Answer, Site, site

PACKAGES = ("alpha", "beta", "gamma")
VERSIONS = ("1.0", "1.1", "2.0")


def wheel(name: str, version: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number in range(6):
            archive.writestr(f"{name}/part{number}.py", f"{name} {version} {number}" * 40)
        archive.writestr(f"{name}-{version}.dist-info/METADATA", name)
    return data.getvalue()


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        yield running


@pytest.fixture
def index(server: Site) -> PackageIndex:
    made = PackageIndex(server)
    for name in PACKAGES:
        for version in VERSIONS:
            made.publish(f"{name}-{version}-py3-none-any.whl", wheel(name, version))
    return made


def package(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:pypi/{name}", "pypi", name, version)


def source(index: PackageIndex) -> SimpleIndex:
    return SimpleIndex(index.url, in_parts=True)


def planned(store: Store, *packages: NewPackage, versions: int = 2, batches: int = 1) -> PackRun:
    run = PackRun(store, "pack")
    run.plan("pypi", "", packages or tuple(map(package, PACKAGES)), versions, batches)
    return run


def stored(store: Store) -> set[str]:
    return {"/".join(key.split("/")[2:4]) for key in store.list("releases") if "fingerprint" in key}


def test_the_newest_versions_of_each_are_collected(store: Store, index: PackageIndex) -> None:
    run = planned(store, *map(package, PACKAGES), package("alpha", "1.0"), package("lost"))
    told: list[Collected] = []
    run.collect(source(index), 0, lambda outcome: told.extend(outcome.found))
    assert stored(store) == {f"{name}/{v}" for name in PACKAGES for v in ("1.1", "2.0")} | {"alpha/1.0"}
    assert [(each.state, each.package.name) for each in told[-2:]] == [
        ("stored", "alpha"),
        ("failed", "lost"),
    ]
    assert next(iter(run.outcomes())) == tuple(told[:2])


def test_batches_share_the_packages(store: Store, index: PackageIndex) -> None:
    run = planned(store, batches=5)
    assert run.planned().batches == 3
    for batch in range(3):
        run.collect(source(index), batch)
    assert len(stored(store)) == 6
    with pytest.raises(UsageError, match="no batch 3"):
        run.collect(source(index), 3)


def test_a_package_whose_list_of_versions_breaks_stops_no_other(store: Store, index: PackageIndex) -> None:
    class Breaks(SimpleIndex):
        def versions(self, wanted: NewPackage) -> Sequence[str]:
            if wanted.name == "beta":
                raise RecursionError("an odd page")
            return super().versions(wanted)

    told: list[Collected] = []
    planned(store).collect(Breaks(index.url, in_parts=True), 0, lambda each: told.extend(each.found))
    assert {each.reason for each in told if each.state == "failed"} == {"RecursionError: an odd page"}
    assert stored(store) == {f"{name}/{v}" for name in ("alpha", "gamma") for v in ("1.1", "2.0")}


def test_what_was_collected_is_not_asked_for_again(store: Store, index: PackageIndex) -> None:
    """Killed after the first release: its package's page is all that is read twice."""
    run = planned(store)

    class KilledError(BaseException):
        pass

    def kill(outcome: Outcome) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        run.collect(source(index), 0, kill)
    store.delete(next(iter(store.list(run.key("packages")))))
    before = list(index.asked)
    run.collect(source(index), 0)
    again = [path for path in index.asked[len(before) :] if path in before]
    assert set(again) <= {f"/simple/{name}/" for name in PACKAGES}
    assert len(stored(store)) == 6
    asked = len(index.asked)
    run.collect(source(index), 0)
    assert len(index.asked) == asked


def test_what_failed_is_asked_for_again_and_what_is_there_is_not(store: Store, index: PackageIndex) -> None:
    run = planned(store, package("alpha"), package("late"))
    run.collect(source(index), 0)
    index.publish("late-1.0-py3-none-any.whl", wheel("late", "1.0"))
    told: list[Outcome] = []
    run.collect(source(index), 0, told.append)
    assert [(each.is_new, each.found[0].state) for each in told] == [(False, "stored"), (True, "stored")]


def test_a_run_that_is_planned_anew_has_what_the_new_plan_wants(store: Store, index: PackageIndex) -> None:
    """The order of packages is another after the next audit, and a person may want more versions."""
    planned(store, package("alpha"), package("beta"), versions=1).collect(source(index), 0)
    run = planned(store, package("gamma"), package("alpha"), versions=2)
    run.collect(source(index), 0)
    found = [[(each.package.name, each.package.version) for each in outcome] for outcome in run.outcomes()]
    assert found == [[("gamma", "2.0"), ("gamma", "1.1")], [("alpha", "2.0"), ("alpha", "1.1")]]


def test_an_index_that_is_down_is_left_alone_and_asked_again(
    store: Store, index: PackageIndex, server: Site
) -> None:
    """Else the packages of the day it was down would count as tried."""
    many = [package(f"some{number}") for number in range(100)]
    server.answers |= {f"/simple/{each.name}/": Answer(b"", status=500) for each in many}
    run = planned(store, *many)
    with pytest.raises(IndexUnavailableError, match=r"none of the last \d\d packages: .* 500"):
        run.collect(source(index), 0)
    assert 24 <= len({path for path, _ in server.asked}) <= 24 + 8  # those that were on their way
    few = PackRun(store, "few")
    few.plan("pypi", "", many[:2], 2, 1)
    with pytest.raises(IndexUnavailableError, match="none of the last 2 packages"):
        few.collect(source(index), 0)
    for each in many[:2]:
        index.publish(f"{each.name}-1.0-py3-none-any.whl", wheel(each.name, "1.0"))
    few.collect(source(index), 0)
    assert stored(store) == {"some0/1.0", "some1/1.0"}


def test_files_that_are_refused_now_are_asked_for_again(
    store: Store, index: PackageIndex, server: Site
) -> None:
    """Pages may be of one server and files of another."""
    many = [package(f"some{number}") for number in range(100)]
    for each in many:
        name = f"{each.name}-1.0-py3-none-any.whl"
        index.publish(name, wheel(each.name, "1.0"))
        server.answers[f"/files/{name}"] = Answer(b"", status=502)
    run = planned(store, *many)
    with pytest.raises(IndexUnavailableError, match=r"none of the last \d\d packages: pypi: .* 502"):
        run.collect(source(index), 0)
    assert 24 <= len({path for path, _ in server.asked if "/files/" in path}) <= 24 + 8
    for each in many:
        name = f"{each.name}-1.0-py3-none-any.whl"
        server.answers[f"/files/{name}"] = Answer(wheel(each.name, "1.0"))
    run.collect(source(index), 0)
    assert len(stored(store)) == 100


def test_a_wheel_of_another_interpreter_that_is_refused_now_is_waited_for(
    store: Store, index: PackageIndex, server: Site
) -> None:
    """Were the release stored without it, nobody would ask for it again."""
    names = [f"native-1.0-cp3{n}-cp3{n}-manylinux_2_17_x86_64.whl" for n in (11, 12, 13)]
    for name in names:
        index.publish(name, wheel(name.split("-")[2], "1.0"))
    server.answers[f"/files/{names[0]}"] = Answer(b"", status=404)
    server.answers[f"/files/{names[1]}"] = Answer(b"", status=502)
    run = planned(store, package("native"), package("alpha"))
    run.collect(source(index), 0)
    assert [found.state for found in next(iter(run.outcomes()))] == ["failed"]
    server.answers[f"/files/{names[1]}"] = Answer(wheel("cp312", "1.0"))
    run.collect(source(index), 0)
    (found,) = next(iter(run.outcomes()))
    paths = ReleaseStore(store).get(found.package.identity).release().paths
    assert {path.split("/")[1] for path in paths if ".dist-info" not in path} == {"cp313", "cp312"}


def test_an_index_without_the_packages_has_answered(store: Store, index: PackageIndex) -> None:
    run = planned(store, *(package(f"lost{number}") for number in range(30)))
    run.collect(source(index), 0)
    assert {found.state for outcome in run.outcomes() for found in outcome} == {"failed"}


def test_no_package_is_no_pack(store: Store) -> None:
    with pytest.raises(UsageError, match="no package is named"):
        PackRun(store, "pack").plan("pypi", "", (), 5, 1)


def test_a_model_with_it_knows_its_releases_and_what_it_is_built_on(
    store: Store, index: PackageIndex, starter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, base = planned(store), Model.load(starter)
    with pytest.raises(DataError, match="nothing to learn"):
        build_pack(store, run, source(index))
    run.collect(source(index), 0)
    monkeypatch.setattr("praxi_tasks.learning.run.pack_version._FILES", 14)
    built = build_pack(store, run, source(index))
    assert read_pack(store, "pypi").pack == built.pack
    assert built.pack.annotations["io.praxi.pack.releases"] == "6"
    use_packs(starter, [built], (tmp_path / "made").as_uri())
    made = Model.load((tmp_path / "made").as_uri())
    assert all(made.knows("pypi", name, "2.0") and made.knows("pypi", name, "1.1") for name in PACKAGES)
    assert not made.knows("pypi", "alpha", "1.0")
    assert {part.pack for part in made.parts} - {part.pack for part in base.parts} == {"pypi"}
    assert len(made.parts) == len(base.parts) + 3  # fourteen files of a package and a part
    assert build_pack(store, run, source(index)).pack == built.pack


def test_it_becomes_a_challenger_that_pruning_leaves_alone(
    store: Store, index: PackageIndex, starter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = planned(store)
    run.collect(source(index), 0)
    registry = StoredRegistry(store)
    monkeypatch.setattr("praxi_tasks.learning.run.pack_version.open_registry", lambda _: registry)
    monkeypatch.setattr("praxi_tasks.learning.run.promotion.open_registry", lambda _: registry)
    made = register_pack(store, run, starter, source(index))
    assert made.releases == 6
    challenger = registry.get(made.version)
    assert (challenger.aliases, challenger.origin) == (("challenger",), "pack")
    assert registry.get(CHAMPION).origin == "starter"
    assert unneeded_versions(store, registry.versions(), 1) == []
    assert store.exists(keys.training_run("pack", "pack.json"))
    assert register_pack(store, run, starter, source(index)) == made
    assert read_pack(store, "pypi").pack.name == "pypi"
