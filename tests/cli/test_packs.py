"""``praxi packs build`` collects what a list, or the images of the last audit, name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.cli.pack_packages import pack_packages
from praxi_tasks.discovery import Model
from praxi_tasks.errors import DataError
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import Store, documents, keys, open_store
from tests.cli.conftest import Praxi
from tests.learning.run.test_pack_run import wheel
from tests.support.package_index import PackageIndex
from tests.support.site import site

NOWHERE = SimpleIndex("http://127.0.0.1:1/simple")


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    with site() as server:
        server.parts = True
        made = PackageIndex(server)
        for name in ("alpha", "beta"):
            made.publish(f"{name}-1.0-py3-none-any.whl", wheel(name, "1.0"))
        yield made


def test_a_pack_is_built_on_a_model_and_again_at_no_cost(
    praxi: Praxi, index: PackageIndex, tmp_path: Path
) -> None:
    (tmp_path / "list").write_text("Alpha  # the first\n\nbeta==1.0\nlost\n")
    store, out = (tmp_path / "store").as_uri(), (tmp_path / "model").as_uri()
    given = ("packs", "build", "pypi", "--store", store, "--list", str(tmp_path / "list"))
    done = praxi(*given, "--out", out, PRAXI_LEARN_PYPI_INDEX=index.url)
    assert done.returncode == 0, done.stderr
    assert "1 releases failed, 2 releases stored" in done.stdout
    assert "Collecting pypi: 3 of 3" in done.stderr
    model = Model.load(out)
    assert model.knows("pypi", "alpha", "1.0")
    assert model.knows("pypi", "beta", "1.0")
    asked = len(index.asked)
    assert praxi(*given, PRAXI_LEARN_PYPI_INDEX=index.url).returncode == 0
    assert len(index.asked) == asked


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


def named(store: Store, listed: str | None, popular: int | None = None) -> list[str]:
    return [package.name for package in pack_packages(store, NOWHERE, "pypi", listed, popular)]


def test_without_a_list_it_is_what_most_images_have(store: Store) -> None:
    def component(name: str, ecosystem: str = "pypi") -> Component:
        return Component(ecosystem, name, ("1",), f"pkg:{ecosystem}/{name}", ("inventory",))

    images = (
        AssessedImage("a:1", components=(component("flask"), component("six"), component("bash", "deb"))),
        AssessedImage("b:1", components=(component("six"),)),
    )
    audit = AssessedAudit("r", "2026-11-20T00:00:00+00:00", "", "", images)
    assert named(store, None) == []
    store.put(keys.run("r", "tables/software.parquet"), dict(parquet_tables(audit))["software"])
    documents.write(store, keys.history_entry("dag", audit.at, "r"), {})
    documents.write(store, keys.history_entry("dag", "2026-11-21", "without-tables"), {})
    assert named(store, None) == ["six", "flask"]
    assert named(store, None, 1) == ["six"]


def test_a_list_names_packages_in_its_order(store: Store) -> None:
    assert named(store, "Zope.Interface\n# none\nsix==1.0\n", 5) == ["zope-interface", "six"]


@pytest.mark.parametrize("line", ["two words", "six==", "six==1==2", "six>=1"])
def test_what_is_no_name_is_told_with_its_line(store: Store, line: str) -> None:
    with pytest.raises(DataError, match="line 2"):
        named(store, f"six\n{line}\n")
