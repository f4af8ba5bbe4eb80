"""Unsafe models: what pickles would import is judged, and plain pickles are told once for each layer."""

from __future__ import annotations

from typing import Any

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.pickle_imports import Verdict, verdict
from praxi_tasks.findings.detectors.unsafe_model import UnsafeModel
from praxi_tasks.inventory import Claim, Model
from tests.findings.detectors.detect import detect
from tests.findings.images import layer


def claim(name: str, ecosystem: str = "ml-model", **said: Any) -> Claim:
    """Return the claim of a model with pickles."""
    model = Model(**{"format": "pickle", "pickles": 1, **said})
    path = f"srv/{name}.pkl"
    return Claim(ecosystem, name, "", path, files=(path,), model=model)


def found(*claims: Claim) -> list[Finding]:
    """Return the findings about an image with these models."""
    return detect(UnsafeModel, layer(1, [f"srv/{one.name}.pkl" for one in claims], claims=claims))


@pytest.mark.parametrize(
    ("said", "severity", "text"),
    [
        (
            {"imports": ("builtins.eval", "numpy.dtype")},
            "high",
            "churn imports builtins.eval as it is loaded",
        ),
        ({"imports": ("mine.Net",)}, "medium", "churn imports mine.Net as it is loaded, which is not known"),
        (
            {"code": ("a Lambda layer of Keras",)},
            "medium",
            "churn runs a Lambda layer of Keras as it is loaded",
        ),
        ({"faults": ("it is cut off",)}, "low", "churn holds a pickle that can't be followed: it is cut off"),
        ({"imports": ("sklearn.svm._classes.SVC",)}, "info", "churn holds a pickle"),
    ],
)
def test_the_gravest_reason_is_told(said: dict[str, Any], severity: str, text: str) -> None:
    (finding,) = found(claim("churn", **said))
    assert (finding.severity, finding.id, finding.package) == (
        severity,
        "PRAXI-UNSAFE-MODEL",
        "ml-model/churn",
    )
    assert finding.title.startswith(text)
    assert finding.purl == "pkg:generic/churn"
    assert finding.evidence == ("srv/churn.pkl",)


def test_plain_pickles_of_a_layer_are_one_finding() -> None:
    (finding,) = found(claim("a"), claim("b"), claim("c"), claim("d"), claim("e", pickles=0))
    assert finding.title.startswith("4 files (a, b, c and 1 more) hold pickles")
    assert finding.package_names == ("ml-model/a", "ml-model/b", "ml-model/c", "ml-model/d")
    assert found(claim("safe", pickles=0)) == []


def test_a_package_that_lists_a_pickle_does_not_hide_it() -> None:
    package = Claim("pypi", "tool", "1.0", "srv/tool.dist-info/METADATA", files=("srv/evil.pkl",))
    evil = claim("evil", imports=("os.system",))
    image = layer(1, ["srv/evil.pkl", package.database], claims=[package, evil])
    assert [finding.severity for finding in detect(UnsafeModel, image)] == ["high"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "posix.system",
            "nt.system",
            "subprocess.Popen",
            "builtins.exec",
            "__builtin__.getattr",
            "sys.exit",
        ),
        *("runpy._run_code", "webbrowser.open", "torch.hub.load", "numpy.testing._private.utils.runstring"),
        *("sklearn.utils.os.system", "torch.serialization.os.system", "operator.attrgetter", "pip.main"),
        *("torch.storage._load_from_bytes", "joblib.load", "pickle.loads", "pandas.eval", "_io.FileIO"),
    ],
)
def test_what_runs_code_is_unsafe(name: str) -> None:
    assert verdict(name) is Verdict.UNSAFE


@pytest.mark.parametrize(
    "name",
    [
        *("torch.FloatStorage", "torch._utils._rebuild_parameter", "torch.float16", "torch.Size"),
        *("collections.OrderedDict", "numpy._core.multiarray._reconstruct", "numpy.float64", "numpy.dtype"),
        *("sklearn.ensemble._forest.RandomForestClassifier", "sklearn.tree._tree.Tree", "builtins.set"),
        *("scipy.sparse._csr.csr_matrix", "sklearn.neighbors._kd_tree.newObj", "xgboost.core.Booster"),
        *("torch.nn.modules.linear.Linear", "copyreg._reconstructor", "_codecs.encode"),
    ],
)
def test_what_models_are_made_of_is_harmless(name: str) -> None:
    assert verdict(name) is Verdict.HARMLESS


@pytest.mark.parametrize(
    "name",
    [
        "__main__.Net",
        "mine.run",
        "sklearn.utils.anything",
        "torch.nn.functional.relu",
        "copyreg.extension 5",
        "x",
    ],
)
def test_all_else_is_not_known(name: str) -> None:
    assert verdict(name) is Verdict.UNKNOWN
