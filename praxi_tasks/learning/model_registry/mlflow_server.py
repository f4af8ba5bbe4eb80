"""An MLflow server's versions over its REST API, for processes that have no MLflow.

Airflow's API server shows the versions and puts one in use; that needs six requests of MLflow's documented
API, version 2.0, and no library of a hundred megabytes.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, TypeVar
from urllib.parse import SplitResult, unquote, urlencode, urlsplit, urlunsplit

import msgspec
import urllib3

from praxi_tasks.environment import read_text
from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.http import PASSING, BoundedRetry, Connections, HttpSettings, explain
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.model_registry.advice import advice
from praxi_tasks.learning.model_registry.mlflow_promotions import MlflowPromotions
from praxi_tasks.printable import one_line

_API: Final = "api/2.0/mlflow"
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=20)
_PAGE: Final = 200
_MOST_PAGES: Final = 100
T = TypeVar("T")


class _Tag(msgspec.Struct):
    key: str
    value: str = ""


class _Alias(msgspec.Struct):
    alias: str
    version: str | int


class _Version(msgspec.Struct):
    version: str | int
    source: str = ""
    run_id: str = ""
    tag_list: list[_Tag] = msgspec.field(name="tags", default_factory=list)

    @property
    def tags(self) -> dict[str, str]:
        return {tag.key: tag.value for tag in self.tag_list}


class _Model(msgspec.Struct):
    alias_list: list[_Alias] = msgspec.field(name="aliases", default_factory=list)

    @property
    def aliases(self) -> dict[str, str]:
        return {each.alias: str(each.version) for each in self.alias_list}


class _Found(msgspec.Struct):
    registered_model: _Model


class _Page(msgspec.Struct):
    model_versions: list[_Version] = []
    next_page_token: str = ""


class ServerRegistry(MlflowPromotions):
    """The versions that an MLflow server keeps.

    Parameters
    ----------
    uri
        The server's address. Credentials are those of ``MLFLOW_TRACKING_TOKEN``, or of
        ``MLFLOW_TRACKING_USERNAME`` and ``MLFLOW_TRACKING_PASSWORD``, or else what the address holds.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")
        self.client = _Client(self.uri)

    def answering(self) -> AbstractContextManager[None]:
        """Return a context that does nothing: the client's errors are typed."""
        return nullcontext()


class _Client:
    """The methods of MLflow's client that promotions need, under its names."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._where = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._headers = {"Content-Type": "application/json", **_authorization(parts)}
        connections = Connections(HttpSettings.from_environment())
        self._pool = connections.pool(parts.scheme, parts.hostname or "", parts.port)

    def search_model_versions(self, wanted: str) -> list[_Version]:
        """Return all versions that a filter names."""
        found: list[_Version] = []
        asked: dict[str, Any] = {"filter": wanted, "max_results": _PAGE}
        for _ in range(_MOST_PAGES):
            page = self._ask("GET", "model-versions/search", _Page, asked)
            found += page.model_versions
            if not page.next_page_token:
                return found
            asked = {**asked, "page_token": page.next_page_token}
        raise self._no_mlflow("it has more versions than anybody keeps")

    def get_registered_model(self, name: str) -> _Model:
        """Return the registered model with its aliases."""
        return self._ask("GET", "registered-models/get", _Found, {"name": name}).registered_model

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Give a version an alias, which another loses."""
        self._change("registered-models/alias", name=name, alias=alias, version=version)

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        """Set a tag of the registered model."""
        self._change("registered-models/set-tag", name=name, key=key, value=value)

    def set_model_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Set a tag of a version."""
        self._change("model-versions/set-tag", name=name, version=version, key=key, value=value)

    def _change(self, path: str, **content: str) -> None:
        self._ask("POST", path, dict[str, Any], content)

    def _ask(self, method: str, path: str, kind: type[T], content: dict[str, Any]) -> T:
        query = f"?{urlencode(content)}" if method == "GET" else ""
        body = None if method == "GET" else msgspec.json.encode(content)
        retry = BoundedRetry(
            total=2, redirect=False, backoff_factor=0.25, status_forcelist=PASSING, allowed_methods=None,
            raise_on_status=False,
        )  # fmt: skip
        try:
            answer = self._pool.request(
                method, f"{self._where}/{_API}/{path}{query}", body=body, headers=self._headers,
                timeout=_TIMEOUT, retries=retry,
            )  # fmt: skip
        except urllib3.exceptions.HTTPError as error:
            failure = explain(error, "model registry")
            raise RegistryDownError(failure.what, where=self._where, action=failure.action) from error
        if answer.status != 200:
            raise self._refused(answer)
        try:
            return decode(answer.data, kind)
        except (ValueError, RecursionError) as error:
            raise self._no_mlflow(one_line(str(error), 200)) from error

    def _refused(self, answer: urllib3.BaseHTTPResponse) -> ModelError | RegistryDownError:
        told = f"{answer.status}: {one_line(answer.data[:300].decode(errors='replace'))}"
        if answer.status in PASSING:
            action = "try again when it is back; the champion is unchanged"
            return RegistryDownError(f"the model registry answers {told}", where=self._where, action=action)
        action = advice(answer.status, told)
        return ModelError(f"the model registry refuses: {told}", where=self._where, action=action)

    def _no_mlflow(self, problem: str) -> ModelError:
        return ModelError(
            f"this is no model registry: {problem}", where=self._where, action="check the setting mlflow_uri"
        )


def _authorization(address: SplitResult) -> dict[str, str]:
    if token := read_text("MLFLOW_TRACKING_TOKEN"):
        return {"Authorization": f"Bearer {token}"}
    if user := read_text("MLFLOW_TRACKING_USERNAME"):
        return dict(urllib3.make_headers(basic_auth=f"{user}:{read_text('MLFLOW_TRACKING_PASSWORD')}"))
    if address.username:
        account = f"{unquote(address.username)}:{unquote(address.password or '')}"
        return dict(urllib3.make_headers(basic_auth=account))
    return {}
