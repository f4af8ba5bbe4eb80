"""A store in a bucket of S3, or of anything that speaks its protocol with conditional writes.

Credentials, region and endpoint come from an :class:`S3Access`, or else from the standard variables
(``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``, a web identity or the
instance's role); they are never part of the URI.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from praxi_tasks.environment import public_url, read
from praxi_tasks.errors import (
    KeyNotFoundError,
    PraxiError,
    StoreError,
    StoreUnavailableError,
    UsageError,
)
from praxi_tasks.store.access import S3Access
from praxi_tasks.store.base import Entry, check_key
from praxi_tasks.store.refusal import Refusal
from praxi_tasks.store.s3_errors import no_bucket, translate
from praxi_tasks.store.s3_listing import is_below, list_keys, list_page
from praxi_tasks.store.web_identity import session_config
from praxi_tasks.tracing import Kind, span, trace_headers
from praxi_tasks.trust import own_authorities

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config
    from obstore.store import S3Store as Bucket

READ_TIMEOUT: Final = "20s"
"""How long an endpoint may send nothing."""
PAUSES: Final = (0.1, 0.2, 0.4, 0.8, *(1.6,) * 5)
"""Longest seconds before each further attempt.

A step over ten thousand images sends 40,000 requests and ends with the first that is given up. Where one in
five fails, six attempts would give up two or three of them; ten do so in one step of two hundred.
"""
_PATIENCE: Final = 20.0
"""Seconds after which no further attempt begins."""

_PART: Final = 4 << 20
_S3: Final = {"rpc.system": "aws-api", "rpc.service": "S3", "peer.service": "s3"}

T = TypeVar("T")


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
        return self._ask("GetObject", key, lambda bucket: bytes(bucket.get(check_key(key)).bytes()))

    def put(self, key: str, data: bytes) -> bool:
        """Store ``data`` unless the key exists; return whether this call stored it.

        A conflict says only that two wrote at once, and perhaps neither has; and what was there may be gone.
        """
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        def create(bucket: Bucket) -> bool:
            try:
                bucket.put(check_key(key), data, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError) as error:
                if not self._has(key, default=not Refusal.of(error).is_conflict):
                    raise
                return False
            except FileNotFoundError as error:
                raise no_bucket(self.uri) from error
            return True

        return self._ask("PutObject", key, create, conditional=True)

    def _has(self, key: str, *, default: bool) -> bool:
        """Return whether the key is there, by default where this identity may write and not look."""
        try:
            return self.exists(key)
        except StoreUnavailableError:
            raise
        except StoreError:
            if not default:
                raise
            return True

    def replace(self, key: str, data: bytes) -> None:
        """Store ``data`` whether or not the key exists."""

        def put(bucket: Bucket) -> None:
            try:
                bucket.put(check_key(key), data)
            except FileNotFoundError as error:
                raise no_bucket(self.uri) from error

        self._ask("PutObject", key, put)

    def delete(self, key: str) -> None:
        """Delete the object, if there is one."""
        with suppress(KeyNotFoundError):
            self._ask("DeleteObject", key, lambda bucket: bucket.delete(check_key(key)))

    def exists(self, key: str) -> bool:
        """Return whether an object is stored under the key."""

        def look(bucket: Bucket) -> None:
            try:
                bucket.head(check_key(key))
            except FileNotFoundError:
                raise
            except Exception:  # a refusal of HEAD has no body: GET says why, or that there is no cause
                bucket.get(check_key(key))

        try:
            self._ask("HeadObject", key, look)
        except KeyNotFoundError:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a folder ``prefix``, in no particular order."""
        where = f"{self.uri}/{prefix}"
        folder = check_key(prefix) if prefix else ""
        yield from self._ask("ListObjectsV2", prefix, lambda bucket: list_keys(bucket, folder, where))

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield what lies below a folder ``prefix``, with sizes and times, a page of 1,000 at a time."""
        last: str | None = None
        where = f"{self.uri}/{prefix}"
        folder = check_key(prefix) if prefix else ""

        def look(bucket: Bucket) -> tuple[Entry, ...]:
            return list_page(bucket, folder, last, where)

        while found := self._ask("ListObjectsV2", prefix, look):
            yield from (entry for entry in found if is_below(entry.key, folder))
            last = max(entry.key for entry in found)

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders that lie directly in the folder ``prefix``."""

        def look(bucket: Bucket) -> list[str]:
            found = bucket.list_with_delimiter(check_key(prefix))
            return [str(path).rstrip("/").rpartition("/")[2] for path in found["common_prefixes"]]

        yield from self._ask("ListObjectsV2", prefix, look)

    def download(self, key: str, target: Path) -> None:
        """Write the object's bytes to a new file; see :class:`~praxi_tasks.store.base.Store`."""

        def copy(bucket: Bucket) -> None:
            with target.open("wb") as file:
                for part in bucket.get(check_key(key)).stream(min_chunk_size=_PART):
                    file.write(part)

        self._ask("GetObject", key, copy)

    def path(self, key: str) -> Path | None:
        """Return ``None``: the bytes are in no local file."""
        check_key(key)
        return None

    def _ask(self, name: str, key: str, operation: Callable[[Bucket], T], *, conditional: bool = False) -> T:
        """Do an operation, which is one span, again where that may help, and translate its errors."""
        path = f"{self._prefix}/{key}".strip("/")
        known = {"rpc.method": name, "aws.s3.bucket": self._name, "aws.s3.key": path}
        with span(f"S3/{name}", Kind.CLIENT, {**_S3, **known}) as asked:
            try:
                return self._try(key, operation, conditional=conditional)
            except KeyNotFoundError as error:  # an answer, not a failure of the request
                asked.set("aws.s3.found", False)
                absent = error
        raise absent

    def _try(self, key: str, operation: Callable[[Bucket], T], *, conditional: bool) -> T:
        where, deadline = f"{self.uri}/{key}", time.monotonic() + _PATIENCE
        for pause in (*PAUSES, math.inf):
            try:
                return operation(self._bucket)
            except PraxiError:
                raise
            except Exception as error:
                problem = translate(error, where, self._source, conditional=conditional)
                is_last = time.monotonic() + pause > deadline
                if is_last or not isinstance(problem, StoreUnavailableError):
                    raise problem from error
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret
        raise AssertionError("the last attempt returns or raises")


def _open_bucket(bucket: str, prefix: str, access: S3Access | None) -> Bucket:
    from obstore.exceptions import BaseError
    from obstore.store import S3Store as Bucket

    endpoint = _endpoint(access)
    options: ClientConfig = {"connect_timeout": "5s", "read_timeout": READ_TIMEOUT, "timeout": "120s"}
    if endpoint.startswith("http://"):
        options["allow_http"] = True
    if named := trace_headers():  # all requests name the command's span: obstore takes headers once
        options["default_headers"] = named
    if authorities := own_authorities(access.ca_bundle if access else ""):
        options["root_certificate"] = authorities
    never: RetryConfig = {"max_retries": 0}  # obstore repeats what is refused for good, too
    own: S3Config = {"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}
    if not (access and access.credentials):
        own |= session_config()
    if access and access.region:
        own["region"] = access.region
    try:
        return Bucket(
            bucket,
            prefix=prefix or None,
            config=own,
            client_options=options,
            retry_config=never,
            credential_provider=access.credentials if access else None,
        )
    except BaseError as error:
        what = str(error).partition("\n")[0]
        raise UsageError(
            f"the store's settings are not usable: {what}",
            where=f"s3://{bucket}",
            action=f"correct {(access and access.source) or 'the AWS_* variables'}",
        ) from None


def _endpoint(access: S3Access | None) -> str:
    """Return the endpoint that is set, empty for AWS itself; obstore panics on what is no URL."""
    if access and access.endpoint:
        try:
            return public_url(access.endpoint)
        except ValueError as error:
            raise UsageError(f"the store's endpoint is {error}", action=f"correct {access.source}") from None
    return read("AWS_ENDPOINT_URL_S3", public_url, "") or read("AWS_ENDPOINT_URL", public_url, "")
