"""What the wheels give an Airflow, checked by the interpreter of a clean environment; see scripts/matrix.sh.

    python cell.py LAYOUT

Nothing of the checkout is on the path: all that is imported comes from the wheels and their requirements.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import sysconfig
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any, Final

HEAVY: Final = frozenset(
    {"xgboost", "xgboost-cpu", "scikit-learn", "scipy", "optuna", "altair", "mlflow-skinny"}
)
DAGS: Final = frozenset(
    {
        "praxi_audit",
        "praxi_doctor",
        "praxi_feeds",
        "praxi_on_push",
        "praxi_packs",
        "praxi_store",
        "praxi_train",
    }
)
TYPES: Final = frozenset({"praxi_prometheus", "praxi_webhook"})


def airflow(*arguments: str) -> str:
    """Run ``airflow ARGUMENT…`` and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "airflow", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"airflow {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def rows(*arguments: str) -> list[dict[str, Any]]:
    """Return what a listing command of Airflow prints as JSON; logs may stand before it."""
    printed = airflow(*arguments, "--output", "json")
    listed: list[dict[str, Any]] = json.loads(printed[printed.index("\n[") if "\n[" in printed else 0 :])
    return listed


def check_environment() -> None:
    """Airflow's environment stays light."""
    names = {str(each.metadata["Name"]).lower() for each in distributions()}
    assert not names & HEAVY, names & HEAVY


def check_imports() -> None:
    """Every module can be imported, and comes from the wheel."""
    package = importlib.import_module("praxi_airflow")
    site = Path(sysconfig.get_path("purelib")).resolve()
    found = [each.name for each in pkgutil.walk_packages(package.__path__, "praxi_airflow.")]
    assert len(found) > 40
    for name in found:
        file = importlib.import_module(name).__file__
        assert file, name
        assert Path(file).resolve().is_relative_to(site), file


def check_provider() -> None:
    """Airflow knows the provider, its connection types, its notifier and its settings."""
    manager: Any = importlib.import_module("airflow.providers_manager").ProvidersManager()
    provided = {row["package_name"]: row["version"] for row in rows("providers", "list")}
    assert provided["praxi-airflow"].strip() == version("praxi-airflow"), provided
    assert set(manager.hooks) >= TYPES
    for kind in TYPES:
        hook = manager.hooks[kind]
        assert hook, kind
        assert hook.connection_testable, kind
    assert "extra__praxi_prometheus__token_file" in manager.connection_form_widgets
    notifiers = {row["notification_class_name"] for row in rows("providers", "notifications")}
    assert "praxi_airflow.notifiers.operations.OperationsNotifier" in notifiers
    options = airflow("config", "list", "--section", "praxi", "--include-descriptions", "--include-examples")
    assert "# The task image, best by digest. The runner ``pod`` needs it." in options


def check_plugin() -> None:
    """The plugin is registered once, by its entry point."""
    (plugin,) = [row for row in rows("plugins") if row["name"] == "praxi"]
    assert plugin["source"].startswith(f"praxi-airflow=={version('praxi-airflow')}"), plugin["source"]


def check_audit(layout: Path) -> None:
    """The bundle's Dags are parsed, and ``dag.test()`` runs the audit's every step as a process."""
    from airflow.dag_processing.dagbag import DagBag

    manager: Any = importlib.import_module("airflow.dag_processing.bundles.manager").DagBundlesManager()
    bundle = manager.get_bundle("praxi")
    bag = DagBag(str(bundle.path), bundle_path=bundle.path, bundle_name=bundle.name)
    assert bag.import_errors == {}
    assert set(bag.dags) == DAGS
    dag: Any = bag.dags["praxi_audit"]
    dag.deadline = None  # dag.test() looks deadlines up under ids that only the scheduler gives them
    ended = dag.test(run_conf={"images": [f"oci:{layout}:shop"]})
    states = {instance.task_id: str(instance.state) for instance in ended.get_task_instances()}
    assert str(ended.state) == "success", states
    (report,) = (Path(os.environ["AIRFLOW_HOME"]) / ".praxi" / "store" / "audits").glob("*/report.json")
    (image,) = json.loads(report.read_text())["images"]
    assert image["state"] == "audited", image
    assert "shop" in json.dumps(image), image


def main(layout: Path) -> None:
    """Check all, and say so."""
    check_environment()
    check_imports()
    airflow("db", "migrate")
    airflow("pools", "set", "praxi", "8", "Praxi's tasks")
    check_provider()
    check_plugin()
    check_audit(layout)
    told = [f"{name} {version(name)}" for name in ("apache-airflow", "praxi-airflow")]
    print(f"Python {sys.version.split()[0]}: {', '.join(told)}: all is well")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
