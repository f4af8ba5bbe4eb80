"""The record of trainings in MLflow: one run for each, with parameters, metrics, curves and artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from praxi_tasks.discovery import MANIFEST, manifest_elsewhere
from praxi_tasks.learning.evaluation import Evaluation, Scores
from praxi_tasks.learning.model_registry import LOGGED_MODEL, MlflowRegistry, ModelRegistry
from praxi_tasks.learning.run.documents import Judged, Trained
from praxi_tasks.learning.run.plan import TrainingSettings

EXPERIMENT: Final = "praxi"
_RUN_TAG: Final = "praxi.run"


class Tracker:
    """Records one training; a retry continues the record of the first try.

    Parameters
    ----------
    registry
        Whose MLflow to use.
    run_id
        The training's.
    artifacts
        URI of a folder for artifacts; empty where the MLflow server chooses one.
    """

    def __init__(self, registry: MlflowRegistry, run_id: str, artifacts: str = "") -> None:
        self._client = registry.client
        self._registry = registry
        self._name = run_id
        self._artifacts = artifacts

    def start(self, settings: TrainingSettings) -> str:
        """Return MLflow's id of the run, which is created the first time."""
        with self._registry.answering():
            experiment = self._experiment()
            known = self._client.search_runs(
                [experiment], f"tags.`{_RUN_TAG}` = '{self._name}'", max_results=1
            )
            if known:
                return str(known[0].info.run_id)
            run = self._client.create_run(experiment, run_name=self._name, tags={_RUN_TAG: self._name})
            for name, value in _parameters(settings).items():
                self._client.log_param(run.info.run_id, name, value)
            return str(run.info.run_id)

    def finish(
        self, run: str, trained: Trained, evaluation: Evaluation | None, judged: Judged, page: str
    ) -> None:
        """Log metrics, documents, report and model, and end the run."""
        with self._registry.answering():
            for name, value in _metrics(trained, evaluation, judged).items():
                self._client.log_metric(run, name, value, step=0)
            for number, (confidence, accuracy, _) in enumerate(_curve(evaluation)):
                self._client.log_metric(run, "reliability", accuracy, step=round(100 * confidence) or number)
            self._client.log_dict(run, {"learned": [list(each) for each in trained.learned]}, "learned.json")
            self._client.log_dict(run, msgspec.to_builtins(trained), "model.json")
            self._client.log_text(run, page, "report.html")
            if trained.changed:
                self._log_model(run, trained.uri)
            self._client.set_terminated(run)

    def _log_model(self, run: str, uri: str) -> None:
        """Log the model: its manifest, which names the parts in the store, so that none is stored twice."""
        self._client.log_text(run, manifest_elsewhere(uri).decode(), f"{LOGGED_MODEL}/{MANIFEST}")

    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        return str(self._client.create_experiment(EXPERIMENT, artifact_location=self._artifacts or None))


def tracker(registry: ModelRegistry, run_id: str, store_uri: str) -> Tracker | None:
    """Return what records a training in the registry's MLflow; ``None`` where the registry is none.

    Artifacts lie in the store beside a database; a server chooses where.
    """
    if not isinstance(registry, MlflowRegistry):
        return None
    return Tracker(registry, run_id, f"{store_uri}/mlflow/artifacts" if registry.is_file else "")


def _parameters(settings: TrainingSettings) -> Mapping[str, Any]:
    flat = msgspec.to_builtins(settings)
    bars = {f"bar.{name}": bound for name, bound in flat.pop("bars").items()}
    return {
        **{name: value for name, value in flat.items() if name not in {"request", "packages", "list"}},
        **bars,
    }


def _metrics(trained: Trained, evaluation: Evaluation | None, judged: Judged) -> dict[str, float]:
    metrics: dict[str, float] = {
        "learned": len(trained.learned),
        "repaired": len(trained.repaired),
        "parts": trained.parts,
        "model_bytes": trained.size,
        "training_cpu_seconds": trained.seconds,
        "score": judged.score,
    }
    if evaluation is None:
        return metrics
    metrics["false_positives"] = evaluation.false_positives
    for name in ("champion_old", "challenger_old", "challenger_new"):
        scores: Scores | None = getattr(evaluation, name)
        for kind in ("f1", "precision", "recall", "exact", "calibration", "overconfidence") if scores else ():
            metrics[f"{name}.{kind}"] = getattr(scores, kind)
        for ecosystem, f1 in scores.ecosystems.items() if scores else ():
            metrics[f"{name}.f1.{ecosystem}"] = f1
    return metrics


def _curve(evaluation: Evaluation | None) -> tuple[tuple[float, float, int], ...]:
    scores = evaluation and (evaluation.challenger_new or evaluation.challenger_old)
    return scores.curve if scores else ()
