from __future__ import annotations

from importlib import resources

from praxi_tasks.inventory.paths.import_names import owners_of
from praxi_tasks.inventory.paths.own_imports import is_project, names_itself
from praxi_tasks.inventory.paths.shared_imports import SHARED_IMPORTS, shared_with
from scripts.shared_imports import shared_imports
from tests.inventory.paths.named import found

SITE = "usr/local/lib/python3.11/site-packages"
FORKED = "botasaurus"  # botasaurus2 installs it, too


def test_of_projects_that_share_an_import_that_of_its_name_is_named_and_the_others_tie() -> None:
    (forked,) = found([f"{SITE}/{FORKED}/__init__.py"])
    assert (forked.ecosystem, forked.name, forked.relation) == ("pypi", FORKED, "")
    assert forked.ties == ("pypi/botasaurus2",)
    assert 0.9 < forked.confidence < 0.99
    (debians,) = found(["usr/lib/python3/dist-packages/botasaurus/__init__.py"])
    assert debians.relation == "import"


def test_an_import_that_another_project_installs_is_not_named_after_the_one_of_its_name() -> None:
    (other,) = found([f"{SITE}/notas_musicais/__init__.py"])  # music-notas has it; there is a notas-musicais
    assert (other.name, other.relation) == ("notas_musicais", "import")


def test_an_import_whose_share_of_use_is_small_tells_no_project() -> None:
    owners = owners_of("cluster")
    assert owners is not None
    assert sum(owners.shares.values()) < 0.7
    (cluster,) = found([f"{SITE}/cluster/__init__.py"])
    assert cluster.relation == "import"


def test_rows_are_sorted_and_no_other_file_has_them() -> None:
    text = (resources.files("praxi_tasks.inventory.paths") / SHARED_IMPORTS).read_text("utf-8")
    rows = [line.split() for line in text.splitlines()]
    names = [name for name, *_ in rows]
    assert len(names) > 10_000
    assert names == sorted(set(names))
    assert {len(row) for row in rows} == {1, 2, 3, 4}
    for name in names[::97]:
        assert not names_itself(name)
        assert owners_of(name) is None
    assert shared_with("nobody_knows_this_import") is None
    assert shared_with("notas_musicais") == ()


def test_what_the_script_makes() -> None:
    index = {
        "chimerax_mcp": {"chimerax-mcp", "a-fork", "z-fork"},
        "cowtreedict": {"cowtreedict"},
        "deqagram": {"somebody-elses"},
        "hsimtrack": {"hsimtrack", "a", "b", "c", "d"},
        "numpy": {"numpy", "numpy-fork"},
    }
    assert all(map(is_project, ("chimerax-mcp", "cowtreedict", "deqagram", "hsimtrack")))
    assert dict(shared_imports(index)) == {
        "chimerax_mcp": ["a-fork", "z-fork"],
        "deqagram": [],
        "hsimtrack": [],
    }
