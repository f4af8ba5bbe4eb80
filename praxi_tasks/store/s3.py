"""A store in a bucket of S3, or of anything that speaks its protocol with conditional writes.

Credentials, region and endpoint come from the standard variables (``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``, a web identity or the instance's role);
they are never part of the URI.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from praxi_tasks.errors import KeyNotFoundError, PraxiError, StoreError, StoreUnavailableError
from praxi_tasks.store.base import check_key

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig
    from obstore.store import S3Store as Bucket


class S3Store:
    """Objects below ``prefix`` in ``bucket``."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self._name = bucket
        self._prefix = prefix.strip("/")
        self._bucket = _open_bucket(bucket, self._prefix)

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
            raise self._no_bucket() from error
        except Exception as error:
            raise self._translate(error, key) from error
        return True

    def replace(self, key: str, data: bytes) -> None:
        """Store ``data`` whether or not the key exists."""
        try:
            self._bucket.put(check_key(key), data)
        except FileNotFoundError as error:
            raise self._no_bucket() from error
        except Exception as error:
            raise self._translate(error, key) from error

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

    def _no_bucket(self) -> StoreError:
        return StoreError("there is no such bucket", where=self.uri, action="create it, or correct the URI")

    def _translate(self, error: Exception, key: str) -> PraxiError:
        from obstore import exceptions

        where = f"{self.uri}/{key}"
        if isinstance(error, PraxiError):
            return error
        if isinstance(error, FileNotFoundError):
            return KeyNotFoundError(
                "nothing is stored under this key", where=where, action="check the store's URI"
            )
        if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError):
            return StoreError(
                "the store refused the credentials", where=where, action="check the store's secret"
            )
        return StoreUnavailableError(
            f"the store can't be reached ({type(error).__name__})",
            where=where,
            action="check AWS_ENDPOINT_URL",
        )


def _open_bucket(bucket: str, prefix: str) -> Bucket:
    from obstore.store import S3Store as Bucket

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    options: ClientConfig = {"connect_timeout": "5s", "read_timeout": "20s", "timeout": "120s"}
    if endpoint and endpoint.startswith("http://"):
        options["allow_http"] = True
    retries: RetryConfig = {
        "max_retries": 5,
        "retry_timeout": timedelta(seconds=20),
        "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=5), "base": 2},
    }
    if not endpoint:
        return Bucket(bucket, prefix=prefix or None, client_options=options, retry_config=retries)
    return Bucket(
        bucket,
        prefix=prefix or None,
        endpoint=endpoint,
        virtual_hosted_style_request=False,
        client_options=options,
        retry_config=retries,
    )
