"""A store in a bucket of S3, or of anything that speaks its protocol with conditional writes.

Credentials, region and endpoint come from an :class:`S3Access`, or else from the standard variables
(``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``, a web identity or the
instance's role); they are never part of the URI.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from praxi_tasks.environment import public_url, read
from praxi_tasks.errors import KeyNotFoundError, PraxiError, UsageError
from praxi_tasks.store.access import S3Access
from praxi_tasks.store.base import check_key
from praxi_tasks.store.s3_errors import no_bucket, translate

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config
    from obstore.store import S3Store as Bucket

READ_TIMEOUT: Final = "20s"
"""How long an endpoint may send nothing."""


class S3Store:
    """Objects below ``prefix`` in ``bucket``."""

    def __init__(self, bucket: str, prefix: str = "", access: S3Access | None = None) -> None:
        self._name = bucket
        self._prefix = prefix.strip("/")
        self._source = access.source if access else ""
        self._bucket = _open_bucket(bucket, self._prefix, access)

    @property
    def uri(self) -> str:
        """The bucket and prefix as an ``s3://`` URI."""
        return f"s3://{self._name}/{self._prefix}".rstrip("/")

    def get(self, key: str) -> bytes:
        """Return the object's bytes; see :class:`~praxi_tasks.store.base.Store`."""
        try:
            return bytes(self._bucket.get(check_key(key)).bytes())
        except Exception as error:
            raise self._translate(error, key) from error

    def put(self, key: str, data: bytes) -> bool:
        """Store ``data`` unless the key exists; return whether this call stored it."""
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            self._bucket.put(check_key(key), data, mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            return False
        except FileNotFoundError as error:
            raise no_bucket(self.uri) from error
        except Exception as error:
            raise self._translate(error, key) from error
        return True

    def replace(self, key: str, data: bytes) -> None:
        """Store ``data`` whether or not the key exists."""
        try:
            self._bucket.put(check_key(key), data)
        except FileNotFoundError as error:
            raise no_bucket(self.uri) from error
        except Exception as error:
            raise self._translate(error, key) from error

    def delete(self, key: str) -> None:
        """Delete the object, if there is one."""
        try:
            self._bucket.delete(check_key(key))
        except Exception as error:
            problem = self._translate(error, key)
            if not isinstance(problem, KeyNotFoundError):
                raise problem from error

    def exists(self, key: str) -> bool:
        """Return whether an object is stored under the key."""
        try:
            self._bucket.head(check_key(key))
        except Exception as error:
            problem = self._translate(error, key)
            if isinstance(problem, KeyNotFoundError):
                return False
            raise problem from error
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a folder ``prefix``, in no particular order."""
        try:
            for page in self._bucket.list(check_key(prefix) if prefix else None):
                yield from (entry["path"] for entry in page)
        except Exception as error:
            raise self._translate(error, prefix) from error

    def _translate(self, error: Exception, key: str) -> PraxiError:
        return translate(error, f"{self.uri}/{key}", self._source)


def _open_bucket(bucket: str, prefix: str, access: S3Access | None) -> Bucket:
    from obstore.exceptions import BaseError
    from obstore.store import S3Store as Bucket

    endpoint = _endpoint(access)
    options: ClientConfig = {"connect_timeout": "5s", "read_timeout": READ_TIMEOUT, "timeout": "120s"}
    if endpoint.startswith("http://"):
        options["allow_http"] = True
    retries: RetryConfig = {
        "max_retries": 5,
        "retry_timeout": timedelta(seconds=20),
        "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=5), "base": 2},
    }
    own: S3Config = {"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}
    if access and access.region:
        own["region"] = access.region
    try:
        return Bucket(
            bucket,
            prefix=prefix or None,
            config=own,
            client_options=options,
            retry_config=retries,
            credential_provider=access.credentials if access else None,
        )
    except BaseError as error:
        what = str(error).partition("\n")[0]
        raise UsageError(
            f"the store's settings are not usable: {what}",
            where=f"s3://{bucket}",
            action=f"correct {access.source if access else 'the AWS_* variables'}",
        ) from None


def _endpoint(access: S3Access | None) -> str:
    """Return the endpoint that is set, empty for AWS itself; obstore panics on what is no URL."""
    if access and access.endpoint:
        try:
            return public_url(access.endpoint)
        except ValueError as error:
            raise UsageError(f"the store's endpoint is {error}", action=f"correct {access.source}") from None
    return read("AWS_ENDPOINT_URL_S3", public_url, "") or read("AWS_ENDPOINT_URL", public_url, "")
