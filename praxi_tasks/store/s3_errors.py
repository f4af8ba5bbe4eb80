"""Translates errors of an S3 client into typed errors that say what to correct."""

from __future__ import annotations

from typing import Final

from praxi_tasks.environment import read_text
from praxi_tasks.errors import KeyNotFoundError, PraxiError, StoreError, StoreUnavailableError

_CREDENTIAL_SERVICES: Final = ("//169.254.", "/latest/api/token", "/latest/meta-data/")
_ANY_OF: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def translate(error: Exception, where: str, source: str = "") -> PraxiError:
    """Return this project's error for one of obstore's; an error that is ours already stays as it is.

    Parameters
    ----------
    where
        The URI of what was asked for.
    source
        Where credentials and addresses come from; empty for the ``AWS_*`` variables.
    """
    from obstore import exceptions

    if isinstance(error, PraxiError):
        return error
    text = str(error)
    if "NoSuchBucket" in text:
        return no_bucket(where)
    if isinstance(error, FileNotFoundError):
        return KeyNotFoundError(
            "nothing is stored under this key", where=where, action="check the store's URI"
        )
    if isinstance(error, exceptions.PermissionDeniedError) and "AccessDenied" in text:
        return StoreError(
            "the store's identity may not do this",
            where=where,
            action=f"give that of {source or 'AWS_ACCESS_KEY_ID'} the policy that praxi rights prints",
        )
    if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError):
        action = "check " + (source or "the store's secret")
        return StoreError("the store refused the credentials", where=where, action=action)
    if "incorrectly configured region" in text:
        return StoreError(
            "the bucket is in another region", where=where, action=f"correct {source or 'AWS_REGION'}"
        )
    if any(place in text for place in _CREDENTIAL_SERVICES) and not any(map(read_text, _ANY_OF)):
        return StoreUnavailableError(
            "there are no credentials for the store",
            where=where,
            action="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them",
        )
    return StoreUnavailableError(
        f"the store can't be reached ({type(error).__name__})",
        where=where,
        action=f"check {source or 'AWS_ENDPOINT_URL'}",
    )


def no_bucket(where: str) -> StoreError:
    """Return the error for a bucket that does not exist."""
    return StoreError("there is no such bucket", where=where, action="create it, or correct the URI")
