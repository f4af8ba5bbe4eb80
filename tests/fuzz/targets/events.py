"""What registries and queues send."""

from __future__ import annotations

import json

from praxi_tasks.admission import answer, parse_review
from praxi_tasks.errors import AdmissionError, EventError
from praxi_tasks.events import FORMS, Notices, read_body, read_message
from praxi_tasks.oci.image import Reference
from tests.admission.reviews import pod, review
from tests.events import bodies
from tests.fuzz.target import same, target

_SEEDS = ({"events": [bodies.distribution_event()]}, bodies.harbor(), bodies.quay("1"), bodies.ecr())


@target(
    covers=("praxi_tasks.events.reading.read_body", "praxi_tasks.events.reading.read_message"),
    errors=(EventError,),
    seeds=[json.dumps(each).encode() for each in _SEEDS]
    + [json.dumps({"Body": json.dumps({"Message": json.dumps(bodies.ecr())})}).encode()],
)
def event(data: bytes) -> None:
    """Read a body in each form; every image is a reference that can be written and read again."""
    for form in FORMS:
        try:
            _check(read_body(data, form))
        except EventError as error:
            same(str(error).isprintable(), True, "a printable message")
    _check(read_message(data))


def _check(notices: Notices) -> None:
    for push in notices.pushes:
        found = Reference.parse(push.image)
        same((str(found), found.digest), (push.image, push.digest), "a reference")


@target(
    covers=("praxi_tasks.admission.review.parse_review",),
    errors=(AdmissionError,),
    seeds=[review("Pod", pod("a:1")), review("CronJob", {"spec": {"jobTemplate": {"spec": {}}}})],
)
def admission_review(data: bytes) -> None:
    """Read an admission review; what answers it can be written."""
    asked = parse_review(data)
    json.dumps(answer(asked, False, " ".join(asked.images), asked.images))
