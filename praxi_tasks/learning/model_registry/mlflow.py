"""The model registry in MLflow: one registered model, ``praxi``, its versions, and two aliases.

An alias is moved in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from praxi_tasks.learning.model_registry.base import CHALLENGER, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.connection import connect, typed_errors
from praxi_tasks.learning.model_registry.embedded_database import database_file, make_database
from praxi_tasks.learning.model_registry.mlflow_promotions import MODEL_NAME, MlflowPromotions
from praxi_tasks.learning.model_registry.version import (
    LAST_CHAMPION_TAG,
    MODEL_TAG,
    ModelVersion,
    source_of,
)

LOGGED_MODEL: Final = "model"
"""The artifact of a training's run that is the model itself."""


class MlflowRegistry(MlflowPromotions, ModelRegistry):
    """The registry in MLflow.

    Parameters
    ----------
    uri
        MLflow's tracking URI: ``sqlite:///FILE`` or a server's address.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with typed_errors(uri):
            if file := database_file(uri):
                make_database(file)
            self.client = connect(uri)

    @property
    def is_file(self) -> bool:
        """Whether MLflow's records are a database in a file, not a server's."""
        return database_file(self.uri) is not None

    def answering(self) -> AbstractContextManager[None]:
        """Turn what MLflow and its database raise inside into :class:`RegistryDownError`."""
        return typed_errors(self.uri)

    def register(self, uri: str, model: str, tags: Mapping[str, str], run: str = "") -> ModelVersion:
        """Return the version of a model, which is created the first time."""
        known = next((version for version in self.versions() if version.model == model), None)
        if known is not None:
            return known
        with self.answering():
            self._make_model()
            made = self.client.create_model_version(
                MODEL_NAME,
                source=source_of(uri),
                run_id=run or None,
                tags={MODEL_TAG: model, **tags},
                await_creation_for=0,  # a manifest is there at once, and MLflow would say that it waits
            )
        return ModelVersion.of(made, {})

    def why_missing(self, alias: str) -> str:
        """Return why no version has an alias that one had; empty if none is known to have had it."""
        from mlflow.exceptions import MlflowException

        with self.answering():
            try:
                model = self.client.get_registered_model(MODEL_NAME)
            except MlflowException as error:
                if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                    return ""
                raise
        if alias in model.aliases:
            return f"the {alias} is version {model.aliases[alias]}, which the registry no longer has"
        if alias == CHAMPION and LAST_CHAMPION_TAG in model.tags:
            return f"version {model.tags[LAST_CHAMPION_TAG]} was the {alias}, and in the registry none is now"
        return ""

    def challenge(self, version: ModelVersion) -> None:
        """Make a version the challenger."""
        with self.answering():
            self.client.set_registered_model_alias(MODEL_NAME, CHALLENGER, version.version)

    def delete(self, version: ModelVersion) -> None:
        """Delete a version and its copy among the artifacts of its run; the rest of the run stays."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        with self.answering():
            if version.run:
                where = self.client.get_run(version.run).info.artifact_uri
                artifacts: Any = get_artifact_repository(str(where), self.uri, self.uri)
                artifacts.delete_artifacts(LOGGED_MODEL)
            self.client.delete_model_version(MODEL_NAME, version.version)

    def _make_model(self) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self.client.create_registered_model(MODEL_NAME)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
