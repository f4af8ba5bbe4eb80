"""What Alertmanager posts to a webhook, version 4, as far as it is read here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import printable

DRIFT: Final = "PraxiModelDrift"
Fingerprint = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{1,64}\Z")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
MOST_ALERTS: Final = 1_000
_LONGEST_ERROR: Final = 300
_YEARS: Final = range(2000, 9999)


class PostedAlert(msgspec.Struct, frozen=True, rename="camel"):
    """One alert; its fingerprint is the hash of its labels, its start distinguishes its episodes."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    fingerprint: Fingerprint
    starts_at: Moment

    def __post_init__(self) -> None:
        if self.starts_at.year not in _YEARS:
            raise ValueError("startsAt is no time of an alert")

    @property
    def wants_training(self) -> bool:
        """Whether it says that the model drifts, and still does."""
        named = self.labels.get("alertname") == DRIFT or self.labels.get("action") == "retrain"
        return named and self.status == "firing"

    @property
    def run_id(self) -> str:
        """The training run that stands for this episode of the alert."""
        return f"drift__{self.fingerprint}__{self.starts_at.strftime('%Y%m%dT%H%M%S%z')}"


class Notification(msgspec.Struct, frozen=True):
    """A group of alerts."""

    version: Literal["4"]
    alerts: Annotated[tuple[PostedAlert, ...], msgspec.Meta(max_length=MOST_ALERTS)]

    @property
    def episode(self) -> PostedAlert | None:
        """The newest alert that wants a training; that training serves the others too."""
        wanted = [alert for alert in self.alerts if alert.wants_training]
        return max(wanted, key=lambda alert: (alert.starts_at, alert.fingerprint), default=None)


def read_notification(body: bytes) -> Notification:
    """Read a posted document.

    Raises
    ------
    ValueError
        Saying what is wrong with it.
    """
    try:
        return decode(body, Notification)
    except (ValueError, RecursionError) as error:
        raise ValueError(printable(str(error), _LONGEST_ERROR)) from error
