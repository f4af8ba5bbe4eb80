"""Findings about an audit's images: the layers' documents read again, fused, assessed and compared."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from praxi_tasks.audit.report import AuditReport, ReportedImage, State
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.errors import KeyNotFoundError, PolicyError
from praxi_tasks.findings.assessment.assessor import Assessor
from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.assessment.history import History, joined, only_of, remember
from praxi_tasks.findings.assessment.model_health import model_health
from praxi_tasks.findings.feeds.folder import open_feeds
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.findings.image.unexplained_files import unexplained_files
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.policy import Policy, parse_policy, read_policy
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import Inventory
from praxi_tasks.store import Store, documents, keys, open_store

logger = logging.getLogger(__name__)

# Base layers come again and again; a changeset is some megabytes.
_REMEMBERED_LAYERS: Final = 128
DAG: Final = "dag"
LOCAL: Final = "local"


def make_assessor(
    feeds: str | None, policy: Policy | None, at: date, cache: Store, *, must_exist: bool = True
) -> Assessor:
    """Make an assessor from what a command was given.

    Parameters
    ----------
    feeds
        URI of a feeds folder; without one nothing is known about vulnerabilities and ages.
    cache
        Where the index of advisories is kept.
    must_exist
        Whether a missing feeds folder is an error or just empty.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    if not feeds:
        return Assessor.without_feeds(at, policy)
    return Assessor.load(open_feeds(feeds, must_exist=must_exist), at, policy, cache)


def load_policy(uri: str | None) -> Policy:
    """Read the policy at a path or store URI; without one the default holds.

    Raises
    ------
    PolicyError
        If it is not there or not valid.
    """
    if not uri:
        return Policy()
    if "://" not in uri:
        return read_policy(Path(uri))
    folder, _, name = uri.rpartition("/")
    try:
        return parse_policy(open_store(folder).get(name), uri)
    except KeyNotFoundError as error:
        raise PolicyError("there is no policy", where=uri, action="check the setting") from error


class AuditAssessor:
    """Assesses a report's images, each chain of layers once.

    Parameters
    ----------
    store
        Where the layers' changesets, inventories and predictions lie.
    assessor
        What is known about vulnerabilities, ages and ends of life, and the policy.
    """

    def __init__(self, store: Store, assessor: Assessor) -> None:
        self._store = store
        self._assessor = assessor
        self._facts = lru_cache(_REMEMBERED_LAYERS)(self._read)
        # What images have in common by their shared layers is kept once, however many they are.
        self._shared: dict[Component, Component] = {}

    def assess(self, report: AuditReport, run: str, at: str, scope: str) -> AssessedAudit:
        """Return the assessed audit, compared with the one before in the same scope, and remember it.

        Parameters
        ----------
        run
            The audit's identity: a retry replaces what it remembered.
        at
            The end of the audit's interval, ISO 8601.
        scope
            :data:`DAG`, or :data:`LOCAL` for audits by hand, whose images come and go as they are named.
        """
        images = tuple(self._images(report))
        audit = AssessedAudit(
            run=run,
            at=at,
            interval=report.interval,
            model=report.model,
            images=images,
            health=model_health(images),
            feeds=self._assessor.feeds or (),
            findings=self._assessor.about_audit(),
        )
        history = History(self._store, scope)
        before, trend = history.before(at, run)
        relevant = only_of(before, audit) if scope == LOCAL else before
        changed = with_changes(audit, relevant)
        memory = remember(changed, relevant)
        history.add(joined(memory, before) if scope == LOCAL else memory)
        return msgspec.structs.replace(changed, trend=(*trend, memory.point))

    def _images(self, report: AuditReport) -> Iterator[AssessedImage]:
        known: dict[tuple[int, ...], AssessedImage] = {}
        for image in report.images:
            described = _describe(image, report)
            if image.state is State.FAILED:
                yield described
                continue
            if image.layers not in known:
                logger.info("assessing %s", image.image)
                known[image.layers] = self._assess(described, report.model)
            found = known[image.layers]
            yield msgspec.structs.replace(
                described,
                components=found.components,
                findings=tuple(self._assessor.policy.apply(found.findings, image.image, self._assessor.at)),
                files=found.files,
                unexplained=found.unexplained,
            )

    def _assess(self, image: AssessedImage, model: str) -> AssessedImage:
        fused = self._assessor.complete(fuse([self._facts(digest, model) for digest in image.layers]))
        rest = unexplained_files(fused)
        return msgspec.structs.replace(
            image,
            components=tuple(self._shared.setdefault(item, item) for item in fused.components),
            findings=self._assessor.findings(fused),
            files=rest.total,
            unexplained=rest.files,
        )

    def _read(self, digest: str, model: str) -> LayerFacts:
        return LayerFacts(
            Changeset.from_bytes(self._store.get(keys.layer_changeset(digest))),
            Inventory.from_bytes(self._store.get(keys.layer_inventory(digest))),
            documents.read(self._store, keys.layer_prediction(digest, model), LayerPrediction),
        )


def _describe(image: ReportedImage, report: AuditReport) -> AssessedImage:
    return AssessedImage(
        image=image.image,
        digest=image.digest,
        platform=image.platform,
        state=image.state.value,
        reason=image.reason or "",
        namespaces=image.namespaces,
        pods=image.pods,
        first_seen=image.first_seen,
        last_seen=image.last_seen,
        warnings=image.warnings,
        layers=tuple(layer.digest for layer in report.layers_of(image)),
    )
