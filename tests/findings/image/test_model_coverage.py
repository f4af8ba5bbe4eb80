"""What is said about a model that does not know an image's packages."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.audit.predict import PredictionOutcome
from praxi_tasks.discovery import ReleasePrediction
from praxi_tasks.findings.coverage import Aspect, Coverage, CoverageState
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.findings.image.model_coverage import ModelKnowledge, knowledge_coverage
from praxi_tasks.findings.image.unexplained_files import find_unexplained_files
from praxi_tasks.inventory import Distribution
from tests.findings.images import deb, layer, pypi, seen

JAMMY = Distribution("ubuntu", "22.04", "jammy")
FLASK = pypi("flask", "1.0", "flask/app.py")
RICH = pypi("rich", "13.0", "rich/live.py")
SSL = deb("libssl3", "3.0-1", "usr/lib/libssl.so.3")
IMAGE = layer(1, [*FLASK.files, *RICH.files, *SSL.files], claims=[FLASK, RICH, SSL], distribution=JAMMY)
ALL = ModelKnowledge({"pypi": 2, "deb": 1})


def coverage(known: ModelKnowledge | None, *layers: LayerFacts) -> dict[str, Coverage]:
    image = fuse(layers or [IMAGE])
    found = [*knowledge_coverage(image, known, find_unexplained_files(image))]
    assert {one.aspect for one in found} <= {Aspect.KNOWLEDGE}
    assert all(bool(one.action) == one.is_gap for one in found)
    return {one.subject: one for one in found}


def test_a_model_that_knows_everything_has_checked() -> None:
    found = coverage(ALL)
    assert {subject: one.state for subject, one in found.items()} == {
        "ubuntu-22.04": CoverageState.CHECKED,
        "pypi": CoverageState.CHECKED,
    }
    assert found["pypi"].reason == "2 packages, 0 of them known in other versions only"


def test_an_ecosystem_that_is_not_in_the_model_is_told_apart_from_one_that_is_in_part() -> None:
    known = ModelKnowledge({"pypi": 1}, unknown={"deb": frozenset({"libssl3"}), "pypi": frozenset({"rich"})})
    found = coverage(known)
    assert found["ubuntu-22.04"].state is CoverageState.NOT_CHECKED
    assert found["ubuntu-22.04"].reason == "1 packages: the model knows none of them"
    assert found["pypi"].state is CoverageState.PARTIAL
    assert found["pypi"].reason == "1 of 2 packages: the model does not know them"


def test_what_has_no_files_of_its_own_is_nothing_to_know() -> None:
    owned = pypi("yaml", "6.0", "yaml/loader.py")
    owner = deb("python3-yaml", "6.0-3", *owned.files)
    image = layer(1, [*FLASK.files, *owned.files], claims=[FLASK, owner, owned], distribution=JAMMY)
    known = ModelKnowledge({"deb": 1}, inside={"pypi": frozenset({"flask"})})
    assert {*coverage(known, image)} == {"ubuntu-22.04"}


def test_names_that_nothing_was_compared_for_are_told() -> None:
    files = ["usr/bin/jq", "usr/bin/tree", "usr/bin/less"]
    releases = [
        seen("deb", "jq", (), files[0]),
        seen("deb", "tree", ("2.1.0-1",), files[1]),
        msgspec.structs.replace(seen("deb", "less", (), files[2]), denied=("590-2",)),
    ]
    found = coverage(ALL, layer(1, files, releases=releases, distribution=JAMMY))["contents"]
    assert (found.state, found.packages) == (CoverageState.PARTIAL, ("deb/jq",))
    assert found.reason.startswith("1 packages: named by the paths of files")
    assert "contents" not in coverage(ALL)


def test_another_release_of_a_distribution_is_known_by_name_only() -> None:
    found = coverage(
        ModelKnowledge({"deb": 9, "pypi": 2}, other_versions={"deb": frozenset({"libssl3 3.0-1"})})
    )
    assert found["ubuntu-22.04"].state is CoverageState.PARTIAL
    assert "other versions only" in found["ubuntu-22.04"].reason
    assert found["pypi"].state is CoverageState.CHECKED


def test_a_run_that_did_not_record_it_and_layers_without_a_prediction_are_told() -> None:
    assert coverage(None)["all"].state is CoverageState.NOT_CHECKED
    silent = layer(2, ["opt/a"], model=False)
    found = coverage(ALL, IMAGE, silent)
    assert found["layers"].reason == "1 of 2 layers: the model was not asked about them"


@pytest.mark.parametrize(
    ("releases", "roots", "state"),
    [
        ([], {"opt": 2}, CoverageState.NOT_CHECKED),
        ([seen("pypi", "rich", ["13.0"], "opt/rich/a.py")], {"opt/own": 1}, CoverageState.PARTIAL),
        ([seen("pypi", "rich", ["13.0"], "opt/rich/a.py", "opt/own/b.py")], {}, CoverageState.CHECKED),
    ],
)
def test_without_a_database_the_files_alone_tell(
    releases: list[ReleasePrediction], roots: dict[str, int], state: CoverageState
) -> None:
    found = coverage(ALL, layer(1, ["opt/rich/a.py", "opt/own/b.py"], releases=releases, roots=roots))
    assert found["files"].state is state
    assert coverage(ALL, layer(1)) == {}  # no file, nothing to know


def test_older_predictions_stay_readable_and_new_ones_come_back() -> None:
    old = msgspec.json.decode(b'{"model":"m","failures":{},"version":"3"}', type=PredictionOutcome)
    assert (old.version, old.knowledge) == ("3", None)
    known = ModelKnowledge({"pypi": 1}, {"deb": frozenset({"a", "b"})})
    again = msgspec.json.decode(
        msgspec.json.encode(PredictionOutcome("m", {}, "", known)), type=PredictionOutcome
    )
    assert again.knowledge == known
