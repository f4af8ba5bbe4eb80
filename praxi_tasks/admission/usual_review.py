"""A review as API servers write it, of which no more is made into objects than what is looked at.

An object and the one before it may have many megabytes together. Passing over what is not needed takes a
small part of the time that decoding takes, and hardly any memory.
"""

from __future__ import annotations

from typing import Any

import msgspec

from praxi_tasks.json_decoding import decoder


class _Part(msgspec.Struct, omit_defaults=True, rename="camel"):
    """A part of a document; Go writes null where it has no value."""


class _Container(_Part):
    image: str | None = None


class _ImageVolume(_Part):
    reference: str | None = None


class _Volume(_Part):
    image: _ImageVolume | None = None


class _PodSpec(_Part):
    init_containers: list[_Container | None] | None = None
    containers: list[_Container | None] | None = None
    ephemeral_containers: list[_Container | None] | None = None
    volumes: list[_Volume | None] | None = None


class _Template(_Part):
    spec: _PodSpec | None = None


class _JobSpec(_Part):
    template: _Template | None = None


class _JobTemplate(_Part):
    spec: _JobSpec | None = None


class _Spec(_PodSpec):
    """What is below ``spec``: of a pod, of what makes pods, or of what makes jobs."""

    template: _Template | None = None
    job_template: _JobTemplate | None = None


class _Metadata(_Part):
    generate_name: str | None = None


class _Object(_Part):
    metadata: _Metadata | None = None
    spec: _Spec | None = None
    template: _Template | None = None
    ephemeral_containers: list[_Container | None] | None = None


class _Kind(_Part):
    kind: str | None = None


class _Request(_Part):
    uid: str
    kind: _Kind
    operation: str | None = None
    namespace: str | None = None
    name: str | None = None
    dry_run: bool | None = None
    object: _Object | None = None
    old_object: _Object | None = None


class _Review(_Part):
    api_version: str
    kind: str
    request: _Request


def usual_request(body: bytes, version: str) -> dict[str, Any] | None:
    """Return the request of a review, with what is looked at; None for a body that is not as usual."""
    try:
        review = decoder(_Review).decode(body)
    except (msgspec.DecodeError, RecursionError, OverflowError, UnicodeDecodeError):
        return None
    if (review.api_version, review.kind) != (version, "AdmissionReview"):
        return None
    found: dict[str, Any] = msgspec.to_builtins(review.request)
    return found
