"""The model registry: which versions of the model there are, and which one is in use.

MLflow keeps it: one registered model, ``praxi``, whose versions point at models in the store, and two
aliases. Moving an alias is one transaction, so the champion is the old version or the new one, never
something between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import msgspec

from praxi_tasks.environment import read_text, set_defaults
from praxi_tasks.errors import ModelError, RegistryDownError, UsageError
from praxi_tasks.learning.model_registry.embedded_database import database_file, database_uri, make_database

if TYPE_CHECKING:
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

MODEL_NAME: Final = "praxi"
CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
ALIASED: Final = "models:/praxi@"
"""What stands before an alias in a model's URI, as MLflow writes it."""

_OURS: Final = "praxi-"
"""Stands before the URI of a model in a folder: a server takes no ``file:`` from its clients."""
ORIGIN_TAG: Final = "praxi.origin"
_MODEL_TAG: Final = "praxi.model"
_REPLACED_TAG: Final = "praxi.replaced"
LOGGED_MODEL: Final = "model"
"""The artifact of a training's run that is the model itself."""
_LIBRARY_SETTINGS: Final = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


class ModelVersion(msgspec.Struct, frozen=True):
    """A registered version: ``uri`` is where the model lies, ``model`` its identity."""

    version: str
    uri: str
    model: str
    aliases: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    run: str = ""

    @property
    def origin(self) -> str:
        """The training that made it, or ``starter``."""
        return self.tags.get(ORIGIN_TAG, "")

    @property
    def replaced(self) -> str:
        """The version that was champion before it; nothing if there was none."""
        return self.tags.get(_REPLACED_TAG, "")


class ModelRegistry:
    """The versions of the model, and their aliases.

    Parameters
    ----------
    uri
        MLflow's tracking URI: ``sqlite:///FILE`` or a server's address.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with _mlflow(uri):
            if file := database_file(uri):
                make_database(file)
            self.client = _client(uri)

    def answering(self) -> AbstractContextManager[None]:
        """Turn what MLflow and its database raise inside into :class:`RegistryDownError`."""
        return _mlflow(self.uri)

    def versions(self) -> list[ModelVersion]:
        """Return all versions, the oldest first."""
        with self.answering():
            found = self.client.search_model_versions(f"name='{MODEL_NAME}'")
            aliases = self.client.get_registered_model(MODEL_NAME).aliases if found else {}
        versions = [_version(each, aliases) for each in found]
        return sorted(versions, key=lambda version: int(version.version))

    def register(self, uri: str, model: str, tags: Mapping[str, str], run: str = "") -> ModelVersion:
        """Return the version of a model, which is made unless the model is registered already."""
        known = next((version for version in self.versions() if version.model == model), None)
        if known is not None:
            return known
        with self.answering():
            self._make_model()
            made = self.client.create_model_version(
                MODEL_NAME, source=_source(uri), run_id=run or None, tags={_MODEL_TAG: model, **tags}
            )
        return _version(made, {})

    def get(self, version: str) -> ModelVersion:
        """Return a version by its number or an alias.

        Raises
        ------
        ModelError
            If there is none.
        """
        found = self.find(version)
        if found is None:
            raise ModelError(
                f"the registry has no version {version!r}", where=self.uri, action="see praxi models list"
            )
        return found

    def find(self, version: str) -> ModelVersion | None:
        """Return a version by its number or an alias, or nothing."""
        return next((v for v in self.versions() if version == v.version or version in v.aliases), None)

    def challenge(self, version: ModelVersion) -> None:
        """Make a version the challenger."""
        with self.answering():
            self.client.set_registered_model_alias(MODEL_NAME, CHALLENGER, version.version)

    def promote(self, version: ModelVersion) -> ModelVersion:
        """Make a version the champion; return it as it is then.

        What it replaces is written down first: a promotion that is broken off can be repeated, and the
        champion is whole at every moment.
        """
        champion = self.find(CHAMPION)
        if champion is not None and champion.version == version.version:
            return champion
        with self.answering():
            if champion is not None:
                self.client.set_model_version_tag(
                    MODEL_NAME, version.version, _REPLACED_TAG, champion.version
                )
            self.client.set_registered_model_alias(MODEL_NAME, CHAMPION, version.version)
        return self.get(version.version)

    def roll_back(self) -> ModelVersion:
        """Make the version champion that the present champion replaced.

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
        return self.get(before)

    def delete(self, version: ModelVersion) -> None:
        """Delete a version, and the copy of the model that its training logged; the rest of its run stays."""
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


def is_empty(uri: str) -> bool:
    """Return whether nobody ever registered a version: the file that would know of it is not there."""
    file = database_file(uri)
    return file is not None and not file.exists()


def tracking_uri(store_uri: str, *, needed: bool = True) -> str:
    """Return where MLflow keeps its records: ``PRAXI_MLFLOW_URI``, or a file in a local store.

    Nothing, where neither is the case and no registry is ``needed``.

    Raises
    ------
    UsageError
        If one is needed.
    """
    given = read_text("PRAXI_MLFLOW_URI")
    parts = urlsplit(store_uri)
    if given or (parts.scheme not in {"", "file"} and not needed):
        return given
    if parts.scheme not in {"", "file"}:
        raise UsageError(
            "no model registry is named",
            where="PRAXI_MLFLOW_URI",
            action="give the address of an MLflow server",
        )
    return database_uri(Path(unquote(parts.path)) / "mlflow" / "mlflow.db")


@contextmanager
def _mlflow(uri: str) -> Iterator[None]:
    """Turn what MLflow and its database raise into typed errors."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    where = urlsplit(uri)._replace(netloc=urlsplit(uri).netloc.rpartition("@")[2]).geturl()
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        message = str(error).splitlines()[0][:300]
        if isinstance(error, MlflowException) and _is_final(error):
            raise ModelError(
                f"the model registry refuses: {message}",
                where=where,
                action="see its log and its permissions",
            ) from error
        raise RegistryDownError(
            f"the model registry does not answer: {message}",
            where=where,
            action="try again when it is back; the champion is the one of before",
        ) from error


def _is_final(error: MlflowException) -> bool:
    """Return whether asking again can't help: the fault is in what was asked, or who asked."""
    status = int(error.get_http_status_code())  # type: ignore[no-untyped-call]
    return 400 <= status < 500 and status not in {408, 429}


def _client(uri: str) -> MlflowClient:
    set_defaults(_LIBRARY_SETTINGS)
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _source(uri: str) -> str:
    return f"{_OURS}{uri}" if uri.startswith("file:") else uri


def _version(found: Any, aliases: Mapping[str, Any]) -> ModelVersion:
    return ModelVersion(
        version=str(found.version),
        uri=str(found.source).removeprefix(_OURS),
        model=str(found.tags.get(_MODEL_TAG, "")),
        aliases=tuple(
            sorted(alias for alias, version in aliases.items() if str(version) == str(found.version))
        ),
        tags=dict(found.tags),
        run=str(found.run_id or ""),
    )
