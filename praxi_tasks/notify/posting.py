"""What all alerts of an audit have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.links import PageLinks
from praxi_tasks.printable import printable

# Alerts outlive a week without an audit that may change them, and end by themselves if Praxi is taken away.
_LIFE: Final = timedelta(days=8)
_LONGEST: Final = 4_000
_LONGEST_LABEL: Final = 1_000


@dataclass(frozen=True, slots=True)
class Posting:
    """One audit's alerts, as they are posted.

    Attributes
    ----------
    instance
        Distinguishes installations of Praxi that share an Alertmanager; becomes the label ``praxi``.
    now
        The moment of posting, with a time zone.
    links
        Where the pages are; an alert's annotation ``page`` is the link to what it is about.
    """

    audit: AssessedAudit
    policy: Policy
    instance: str
    now: datetime
    links: PageLinks

    def labels(self, name: str, labels: Mapping[str, str]) -> dict[str, str]:
        """Return the labels of an alert, without empty ones."""
        named = {"alertname": name, "praxi": self.instance, **labels}
        return {label: printable(value, _LONGEST_LABEL) for label, value in named.items() if value}

    def alert(self, labels: dict[str, str], texts: Mapping[str, str], page: str, starts_at: str) -> Alert:
        """Return an alert that is raised or goes on, with the link to a page where there is one."""
        annotations = {
            name: printable(text, _LONGEST) for name, text in (*texts.items(), ("run", self.audit.run))
        }
        return Alert(labels, annotations | ({"page": page} if page else {}), starts_at, self._ends)

    def prolonged(self, alert: Alert) -> Alert:
        """Return an alert that goes on as it is."""
        return _until(alert, self._ends)

    def resolved(self, alert: Alert) -> Alert:
        """Return an alert that ends now."""
        return _until(alert, self.now.isoformat())

    @property
    def _ends(self) -> str:
        return (self.now + _LIFE).isoformat()


def named_images(images: Iterable[AssessedImage]) -> list[tuple[str, str]]:
    """Return names and clusters of images, each once, as links to their pages take them."""
    return list(dict.fromkeys((image.image, image.cluster) for image in images))


def _until(alert: Alert, ends: str) -> Alert:
    return Alert(alert.labels, alert.annotations, alert.starts_at, ends)
