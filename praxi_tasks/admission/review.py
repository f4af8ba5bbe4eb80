"""AdmissionReview of ``admission.k8s.io/v1``: what is asked, and the document of an answer.

Its source is Kubernetes' page "Dynamic Admission Control".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from praxi_tasks.admission.usual_review import usual_request
from praxi_tasks.errors import AdmissionError
from praxi_tasks.json_decoding import decode_shallow
from praxi_tasks.printable import printable

_VERSION: Final = "admission.k8s.io/v1"
_TEMPLATE: Final = ("spec", "template", "spec")
# Where each kind has the specification of its pods.
_SPECS: Final[Mapping[str, tuple[str, ...]]] = {
    "Pod": ("spec",),
    "PodTemplate": ("template", "spec"),
    "ReplicationController": _TEMPLATE,
    "Deployment": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "Job": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", *_TEMPLATE),
    "EphemeralContainers": (),  # what API servers before 1.22 send where later ones send the Pod
}
_CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")
_LONGEST_WARNING: Final = 250  # characters: the API server cuts those beyond 256
_MOST_WARNINGS: Final = 15  # and drops all beyond 4096 characters together
_LONGEST_MESSAGE: Final = 2000


class Asked(msgspec.Struct, frozen=True):
    """What is asked: an object that is to be there, and the images that its pods would run.

    ``images`` are as the object writes them, each once; none where the object is deleted, and of one that is
    changed those that it had not before: who removes a finalizer or adds a label starts nothing, and pods of
    a changed template are asked about themselves. Of a dry run nothing may follow.
    """

    uid: str
    kind: str
    namespace: str
    name: str
    images: tuple[str, ...]
    is_dry: bool = False


class _Review(msgspec.Struct):
    api_version: str = msgspec.field(name="apiVersion")
    kind: str
    request: dict[str, Any]


def parse_review(body: bytes) -> Asked:
    """Return what an API server asks.

    What lies too deep in the object to be of any meaning here is passed over.

    Raises
    ------
    AdmissionError
        If it is no review of this version.
    """
    request = usual_request(body, _VERSION) or _unusual_request(body)
    uid = request.get("uid")
    if not uid or not isinstance(uid, str):
        raise _wrong("its request has no uid")
    found = request.get("object")
    kind = _text(request.get("kind"), "kind")
    name = _text(request, "name") or _text(_under(found, ("metadata",)), "generateName")
    before = (
        set(_images_of(kind, request.get("oldObject"))) if request.get("operation") == "UPDATE" else set()
    )
    images = tuple(image for image in dict.fromkeys(_images_of(kind, found)) if image not in before)
    return Asked(uid, kind, _text(request, "namespace"), name, images, request.get("dryRun") is True)


def _unusual_request(body: bytes) -> dict[str, Any]:
    try:
        review = decode_shallow(body, _Review)
    except msgspec.DecodeError as error:
        raise _wrong(printable(str(error), 200)) from error
    if (review.api_version, review.kind) != (_VERSION, "AdmissionReview"):
        raise _wrong(f"it is no AdmissionReview of {_VERSION}")
    return review.request


def answer(asked: Asked, allowed: bool, message: str, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """Return the review that answers.

    Parameters
    ----------
    message
        Why it is denied.
    warnings
        What the one who asked is shown, whether or not it is allowed.
    """
    response: dict[str, Any] = {"uid": asked.uid, "allowed": allowed}
    if not allowed:
        told = printable(message, _LONGEST_MESSAGE)
        response["status"] = {"code": 403, "reason": "Forbidden", "message": told}
    if warnings:
        response["warnings"] = [printable(each, _LONGEST_WARNING) for each in warnings[:_MOST_WARNINGS]]
    return {"apiVersion": _VERSION, "kind": "AdmissionReview", "response": response}


def _images_of(kind: str, document: Any) -> Iterator[str]:
    return _images(_under(document, _SPECS.get(kind, ("none",))))


def _images(spec: Any) -> Iterator[str]:
    """Yield the images of a pod's containers, and of volumes that are images."""
    for kind in _CONTAINERS:
        for container in _listed(spec, kind):
            if image := _text(container, "image").strip():
                yield image
    for volume in _listed(spec, "volumes"):
        if image := _text(_under(volume, ("image",)), "reference").strip():
            yield image


def _listed(document: Any, name: str) -> list[Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def _under(document: Any, path: Sequence[str]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _text(document: Any, name: str) -> str:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""


def _wrong(why: str) -> AdmissionError:
    return AdmissionError(
        f"an admission review can't be read: {why}",
        where="the body",
        action="ask with admissionReviewVersions: [v1]",
    )
