"""What registries and queues send."""

from __future__ import annotations

import json

from praxi_tasks.errors import EventError
from praxi_tasks.events import FORMS, Notices, read_body, read_message
from praxi_tasks.oci.image import Reference
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
