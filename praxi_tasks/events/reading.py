"""From the bytes of a body, or the message of a queue, to what was pushed.

A body comes on a route that says its form. A queue's message says nothing of itself and may lie in the
envelopes of those that carried it: SNS, SQS, or a trigger that hands over several at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec

from praxi_tasks.errors import EventError
from praxi_tasks.events import distribution, ecr, harbor, named, quay
from praxi_tasks.events.notices import Ignored, Notices, Push
from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import printable

Form = Literal["distribution", "harbor", "quay", "ecr", "images"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
LARGEST: Final = 1 << 20
"""The largest body that is read, in bytes: four times what SQS and SNS carry."""
_MOST_ENVELOPES: Final = 6
# Where SNS, SQS, boto3, Lambda and Airflow's triggers keep what they carry; the first that is there counts.
_CARRIED: Final = ("Message", "Body", "body", "message_batch", "Messages", "Records", "data", "Sns")
# What SNS asks a new subscriber for.
_CONFIRMATIONS: Final = ("SubscriptionConfirmation", "UnsubscribeConfirmation")


class _Reader(NamedTuple):
    knows: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any]], list[Push | Ignored]]


_READERS: Final[Mapping[Form, _Reader]] = {
    "distribution": _Reader(distribution.is_envelope, distribution.pushes_of),
    "harbor": _Reader(harbor.is_webhook, harbor.pushes_of),
    "quay": _Reader(quay.is_notification, quay.pushes_of),
    "ecr": _Reader(ecr.is_event, ecr.pushes_of),
    "images": _Reader(named.is_list, named.pushes_of),
}

_CALLED: Final[Mapping[Form, str]] = {
    "distribution": "notification of distribution",
    "harbor": "webhook of Harbor",
    "quay": "notification of Quay",
    "ecr": "event of Amazon ECR",
    "images": 'list of images, {"images": ["registry/repository@sha256:…"]}',
}


def read_body(body: bytes, form: Form) -> Notices:
    """Return what a body of this form tells; ECR's may lie in envelopes of SNS or SQS.

    Raises
    ------
    EventError
        If it is no JSON, too large, or of another form.
    """
    return Notices.together(_read(_decoded(body, form), {form: _READERS[form]}, form, 0))


def read_message(message: object) -> Notices:
    """Return what a queue's message tells, whichever registry wrote it.

    Parameters
    ----------
    message
        Text, bytes, or what a trigger made of them; it may be in envelopes, and hold several messages.

    Raises
    ------
    EventError
        If it is no JSON, too large, or no registry's.
    """
    return Notices.together(_read(message, _READERS, "a queue", 0))


def _read(message: object, readers: Mapping[Form, _Reader], where: str, level: int) -> Iterator[Notices]:
    """Yield what a message tells, and those that it carries."""
    if level > _MOST_ENVELOPES:
        raise _wrong("it lies in too many envelopes", where)
    if isinstance(message, bytes | str):
        yield from _read(_decoded(message, where), readers, where, level + 1)
    elif isinstance(message, list | tuple):
        yield from _each(message, readers, where, level)
    elif isinstance(message, dict):
        found = next((each for each in readers.values() if each.knows(message)), None)
        if found:
            yield Notices.of(found.read(message))
            return
        if message.get("Type") in _CONFIRMATIONS:
            yield Notices.of(["other"])
            return
        carried = next((message[name] for name in _CARRIED if message.get(name)), None)
        if carried is None:
            raise _wrong(f"it is no {' or '.join(_CALLED[form] for form in readers)}", where)
        yield from _read(carried, readers, where, level + 1)
    else:
        raise _wrong("it is no JSON object", where)


def _each(messages: Any, readers: Mapping[Form, _Reader], where: str, level: int) -> Iterator[Notices]:
    """Yield what each of several messages tells: one that can't be read keeps nobody from the others."""
    for message in messages:
        try:
            yield Notices.together(_read(message, readers, where, level + 1))
        except EventError:
            yield Notices.of(["malformed"])


def _decoded(body: bytes | str, where: str) -> Any:
    data = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
    if len(data) > LARGEST:
        raise _wrong(f"it has {len(data)} bytes, and {LARGEST} are the most", where)
    try:
        return decode(data)
    except msgspec.DecodeError as error:
        raise _wrong(f"it is no JSON: {printable(str(error), 200)}", where) from error


def _wrong(why: str, where: str) -> EventError:
    return EventError(
        f"an event can't be read: {why}",
        where=where,
        action="see which form of notification the registry sends",
    )
