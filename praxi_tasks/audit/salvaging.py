"""Work on a whole audit that one of its images makes impossible is done on the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.errors import DataError
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage

logger = logging.getLogger(__name__)

T = TypeVar("T")


def salvage(
    audit: AssessedAudit, name: str, work: Callable[[AssessedAudit], T]
) -> tuple[T | Failure, AssessedAudit]:
    """Do ``work`` on an audit; where that fails, find out with which images, and do it with these failed.

    Parameters
    ----------
    name
        What the work is, for the log and the images' reasons.
    work
        Takes an audit, and changes nothing that a second call would not change back.

    Returns
    -------
    tuple
        The result, or the failure if no image alone is its reason; and the audit that it is of.
    """
    result = attempt(partial(work, audit), name)
    if not isinstance(result, Failure):
        return result, audit
    images = tuple(_checked(audit, image, name, work) for image in audit.images)
    if images == audit.images:
        return result, audit
    rest = msgspec.structs.replace(audit, images=images)
    return attempt(partial(work, rest), f"{name}, without what failed"), rest


def require(audit: AssessedAudit, name: str, work: Callable[[AssessedAudit], T]) -> T:
    """Return what :func:`salvage` does; who fails is logged.

    Raises
    ------
    DataError
        If the work can't be done, whichever image is left out.
    """
    result, rest = salvage(audit, name, work)
    if isinstance(result, Failure):
        raise DataError(f"{name} can't be made: {result.message}", where=audit.run)
    for image, found in zip(audit.images, rest.images, strict=True):
        if found is not image:
            logger.warning("%s: %s is left out: %s", name, image.image, found.reason)
    return result


def _checked(
    audit: AssessedAudit, image: AssessedImage, name: str, work: Callable[[AssessedAudit], object]
) -> AssessedImage:
    """Return an image, as a failed one if the work can't be done on it alone."""
    alone = msgspec.structs.replace(audit, images=(image,))
    found = attempt(partial(work, alone), f"{name} of {image.image} {image.digest}")
    return failed(image, found) if isinstance(found, Failure) else image


def failed(image: AssessedImage, failure: Failure) -> AssessedImage:
    """Return an image of which nothing is known but why."""
    return AssessedImage.of(msgspec.structs.replace(image, state="failed", reason=failure.message), ())
