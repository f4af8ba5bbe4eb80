"""What audits conclude of each image, in memory: by its digest, and by the name it was deployed under."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, InvalidReferenceError, KeyNotFoundError
from praxi_tasks.findings import Finding, Policy
from praxi_tasks.oci.image import Reference
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

_AUDITS: Final = "audits"
_FINDINGS: Final = "findings.json"
_DAILY: Final = "scheduled__"
# Runs about images that somebody, or a registry, named: Airflow's, and the service's own.
_NAMED: Final = ("push__", "page__", "manual__", "serve-")
_NO_DIGIT: Final = re.compile(r"\D+", re.ASCII)
_MOMENT: Final = 14  # digits of a time: year to second
_MOST_NAMED: Final = 2_000
_FAILED: Final = "failed"


class Verdict(msgspec.Struct, frozen=True):
    """What an audit concludes of an image: the thresholds of the policy that it reaches, a sentence each."""

    image: str
    at: str
    reached: tuple[str, ...] = ()


class _Image(msgspec.Struct):
    image: str
    digest: str = ""
    state: str = ""
    findings: tuple[Finding, ...] = ()


class _Audit(msgspec.Struct):
    at: str
    images: tuple[_Image, ...]


class Verdicts:
    """The verdicts of the newest daily audit, and of the audits of single images.

    Parameters
    ----------
    policy
        Its thresholds (``fail``) deny; those on coverage and on what is new say nothing of one image.
    """

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy
        self._audits: dict[str, list[tuple[_Image, Verdict]]] = {}
        self._found: dict[str, Verdict] = {}
        self._day = date.min

    def find(self, image: str) -> Verdict | None:
        """Return what is known of an image as a pod names it; None if it is not known.

        A tag stands for the image that it named when an audit last saw it.
        """
        try:
            reference = Reference.parse(image)
        except InvalidReferenceError:
            return None
        return self._found.get(reference.digest or str(reference))

    def refresh(self, today: date) -> None:
        """Read the audits that ended since; forget those that count no more.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached; what was known stays known.
        """
        if today != self._day:  # accepted risks may have ended
            self._audits.clear()
            self._day = today
        audits = {run: found for run in self._runs() if (found := self._read(run)) is not None}
        self._audits = audits
        self._found = dict(_by_name(audits.values()))

    def _runs(self) -> list[str]:
        """Return the runs that count: the newest daily audit that is done, and those of named images."""
        runs = sorted(self._store.folders(_AUDITS))
        daily = (run for run in reversed(runs) if run.startswith(_DAILY))
        newest = next((run for run in daily if self._is_done(run)), None)
        named = sorted((run for run in runs if run.startswith(_NAMED)), key=_moment)
        return [*([newest] if newest else []), *named[-_MOST_NAMED:]]

    def _is_done(self, run: str) -> bool:
        return run in self._audits or self._store.exists(keys.run(run, _FINDINGS))

    def _read(self, run: str) -> list[tuple[_Image, Verdict]] | None:
        if run in self._audits:
            return self._audits[run]
        try:
            audit = documents.read(self._store, keys.run(run, _FINDINGS), _Audit)
        except KeyNotFoundError:
            return None
        except CorruptObjectError as error:
            logger.warning("an audit tells nothing: %s", error)
            return None
        return [
            (_without_findings(each), self._judge(each, audit.at))
            for each in audit.images
            if each.state != _FAILED
        ]

    def _judge(self, image: _Image, at: str) -> Verdict:
        counted = [(_as_of(each, self._day), False) for each in image.findings]
        return Verdict(image.image, at, tuple(self._policy.failures(counted)))


def _moment(run: str) -> str:
    """Return the digits of the time in a run's name, which has it in one form or another."""
    return _NO_DIGIT.sub("", run)[:_MOMENT]


def _as_of(finding: Finding, day: date) -> Finding:
    """Return a finding that counts again where what set it aside has ended."""
    ends = finding.ignored.expires if finding.ignored else ""
    return msgspec.structs.replace(finding, ignored=None) if ends and ends < day.isoformat() else finding


def _without_findings(image: _Image) -> _Image:
    return _Image(image.image, image.digest, image.state)


def _by_name(audits: Iterable[list[tuple[_Image, Verdict]]]) -> Iterator[tuple[str, Verdict]]:
    """Yield verdicts by digest and by name, later audits later."""
    for audit in sorted(audits, key=lambda audit: audit[0][1].at if audit else ""):
        for image, verdict in audit:
            if image.digest:
                yield image.digest, verdict
            try:
                reference = Reference.parse(image.image)
            except InvalidReferenceError:
                continue
            yield reference.digest or str(reference), verdict
