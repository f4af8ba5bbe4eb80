"""The model registry in MLflow: one registered model, ``praxi``, its versions, and two aliases.

An alias is moved in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from praxi_tasks.errors import ModelError
from praxi_tasks.learning.model_registry.base import CHALLENGER, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.connection import connect, typed_errors
from praxi_tasks.learning.model_registry.embedded_database import database_file, make_database
from praxi_tasks.learning.model_registry.version import (
    APPROVED_TAG,
    LAST_CHAMPION_TAG,
    MODEL_TAG,
    NOTE_TAG,
    OVERRULED_TAG,
    REPLACED_TAG,
    ModelVersion,
    source_of,
)

MODEL_NAME: Final = "praxi"
_LONGEST_TAG: Final = 4_000

LOGGED_MODEL: Final = "model"
"""The artifact of a training's run that is the model itself."""


class MlflowRegistry(ModelRegistry):
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

    def versions(self) -> list[ModelVersion]:
        """Return all versions, the oldest first."""
        with self.answering():
            found = self.client.search_model_versions(f"name='{MODEL_NAME}'")
            aliases = self.client.get_registered_model(MODEL_NAME).aliases if found else {}
        versions = [ModelVersion.of(each, aliases) for each in found]
        return sorted(versions, key=lambda version: int(version.version))

    def register(self, uri: str, model: str, tags: Mapping[str, str], run: str = "") -> ModelVersion:
        """Return the version of a model, which is created the first time."""
        known = next((version for version in self.versions() if version.model == model), None)
        if known is not None:
            return known
        with self.answering():
            self._make_model()
            made = self.client.create_model_version(
                MODEL_NAME, source=source_of(uri), run_id=run or None, tags={MODEL_TAG: model, **tags}
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

    def promote(self, version: ModelVersion) -> ModelVersion:
        """Make a version the champion, and return it with its new alias.

        The version it replaces is recorded first, so that an interrupted promotion can be repeated.
        """
        champion = self.find(CHAMPION)
        if champion is not None and champion.version == version.version:
            self._remember(version.version)
            return champion
        with self.answering():
            if champion is not None:
                self.client.set_model_version_tag(MODEL_NAME, version.version, REPLACED_TAG, champion.version)
            self.client.set_registered_model_alias(MODEL_NAME, CHAMPION, version.version)
        self._remember(version.version)
        return self.get(version.version)

    def annotate(self, version: ModelVersion, by: str, note: str, overruled: str) -> None:
        """Record with a version who promotes it and why, and what the gate had against it."""
        given = {APPROVED_TAG: by, NOTE_TAG: note, OVERRULED_TAG: overruled}
        with self.answering():
            for tag, value in given.items():
                if value:
                    self.client.set_model_version_tag(MODEL_NAME, version.version, tag, value[:_LONGEST_TAG])

    def roll_back(self) -> ModelVersion:
        """Make the version champion again that the present champion replaced.

        Raises
        ------
        ModelError
            If there is no champion, or it replaced none.
        """
        champion = self.get(CHAMPION)
        before = champion.replaced
        if not before:
            raise ModelError(f"version {champion.version} replaced no other", where=self.uri)
        with self.answering():
            self.client.set_registered_model_alias(MODEL_NAME, CHAMPION, before)
        self._remember(before)
        return self.get(before)

    def delete(self, version: ModelVersion) -> None:
        """Delete a version and its copy among the artifacts of its run; the rest of the run stays."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        with self.answering():
            if version.run:
                where = self.client.get_run(version.run).info.artifact_uri
                artifacts: Any = get_artifact_repository(str(where), self.uri, self.uri)
                artifacts.delete_artifacts(LOGGED_MODEL)
            self.client.delete_model_version(MODEL_NAME, version.version)

    def _remember(self, version: str) -> None:
        """Record which version is champion where it outlives the version and its alias."""
        with self.answering():
            self.client.set_registered_model_tag(MODEL_NAME, LAST_CHAMPION_TAG, version)

    def _make_model(self) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self.client.create_registered_model(MODEL_NAME)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
