from __future__ import annotations

from praxi_airflow.bundle import PraxiDagBundle
from tests.support.airflow_home import ROOT


def test_in_a_checkout_the_bundle_is_the_dags_folder() -> None:
    bundle = PraxiDagBundle(name="praxi")
    assert bundle.path == ROOT / "dags"
    assert {file.stem for file in bundle.path.glob("*.py")} == {
        "praxi_audit",
        "praxi_doctor",
        "praxi_feeds",
        "praxi_on_push",
        "praxi_packs",
        "praxi_store",
        "praxi_train",
    }
