"""The object store, reached with the credentials of an Airflow AWS connection where a setting names one.

The connection works as for Airflow's own AWS operators: static keys, session tokens, an assumed role, web
identity; credentials that expire are renewed. The amazon provider is imported only then.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from praxi_airflow.errors import SettingsError
from praxi_airflow.settings import Settings
from praxi_tasks.store import S3Access, Store, open_store
from praxi_tasks.trust import all_authorities, certificate_problem

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from botocore.credentials import Credentials, ReadOnlyCredentials
    from obstore.store import S3Credential

# botocore renews credentials that have less than ten minutes left, so those it returns live at least as long.
_SHORTEST_LIFE: Final = timedelta(minutes=10)
_VARIABLE: Final = "AIRFLOW__PRAXI__STORE_CONNECTION"


def connected_store(settings: Settings) -> Store:
    """Open the store of the settings.

    Raises
    ------
    SettingsError
        If the connection does not exist, is none to AWS, or gives no credentials.
    """
    return open_store(settings.store, _access(settings))


def store_variables(settings: Settings) -> dict[str, str]:
    """Return the ``AWS_*`` variables, secrets included, by which a child process reaches the store.

    Empty without a connection: the child inherits what this process has. Temporary credentials are not
    renewed in the child.

    Raises
    ------
    SettingsError
        See :func:`connected_store`.
    """
    access = _access(settings)
    if access is None or access.credentials is None:
        return {}
    credential = access.credentials()
    variables = {
        "AWS_ACCESS_KEY_ID": credential["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": credential["secret_access_key"],
        "AWS_SESSION_TOKEN": credential.get("token") or "",
        "AWS_REGION": access.region,
        "AWS_ENDPOINT_URL": access.endpoint,
        "AWS_ENDPOINT_URL_S3": access.endpoint,
    }
    return {name: value for name, value in variables.items() if value}


def _access(settings: Settings) -> S3Access | None:
    """Return how the settings' connection reaches S3; None where the variables say it all."""
    conn_id, ca_bundle = settings.store_connection, settings.ca_bundle
    if not conn_id:
        return S3Access(ca_bundle=ca_bundle) if ca_bundle else None
    try:
        from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    except ImportError as error:
        raise _wrong(
            conn_id, f"needs apache-airflow-providers-amazon, as praxi-airflow[amazon]: {error}"
        ) from error
    from airflow.sdk.exceptions import AirflowException
    from botocore.exceptions import BotoCoreError, ClientError

    connection = _required(conn_id)
    verify = None if "verify" in connection.extra_dejson else all_authorities(ca_bundle) or None
    try:
        hook = AwsBaseHook(aws_conn_id=conn_id, client_type="s3", verify=verify)
        session = hook.get_session()
        source = session.get_credentials()
        if source is None:
            raise _wrong(conn_id, "gives no credentials")
        _mask(source.get_frozen_credentials())
        return S3Access(
            endpoint=hook.conn_config.get_service_endpoint_url("s3") or "",
            region=session.region_name or "",
            credentials=lambda: _credential(source),
            source=f"the Airflow connection {conn_id}",
            ca_bundle=ca_bundle,
        )
    except (BotoCoreError, ClientError, AirflowException, ValueError) as error:
        if problem := certificate_problem(error, "session service"):
            raise SettingsError(problem.what, where=f"connection {conn_id}", action=problem.action) from error
        raise _wrong(conn_id, f"is of no use: {error}") from error


def _required(conn_id: str) -> Connection:
    """Return a connection that must exist: the AWS hook would take this machine's credentials instead."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise _wrong(conn_id, "does not exist") from None


def _credential(source: Credentials) -> S3Credential:
    frozen = source.get_frozen_credentials()
    _mask(frozen)
    return {
        "access_key_id": str(frozen.access_key),
        "secret_access_key": str(frozen.secret_key),
        "token": frozen.token,
        "expires_at": datetime.now(UTC) + _SHORTEST_LIFE if frozen.token else None,
    }


def _mask(frozen: ReadOnlyCredentials) -> None:
    """Have the secrets masked in the task's log."""
    from airflow.sdk.log import mask_secret

    for secret in (frozen.secret_key, frozen.token):
        if secret:
            mask_secret(secret)


def _wrong(conn_id: str, problem: str) -> SettingsError:
    return SettingsError(
        f"the AWS connection {conn_id!r} {problem}",
        where=_VARIABLE,
        action="correct the Airflow connection, or the setting",
    )
