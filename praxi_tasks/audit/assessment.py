"""Findings about an audit's images: their layers fused, assessed, and compared with the audit before."""

from __future__ import annotations

import dataclasses
import logging
import posixpath
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.report import AuditReport
from praxi_tasks.audit.salvaging import failed, require
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.errors import KeyNotFoundError, PolicyError
from praxi_tasks.findings import Policy, parse_policy, read_policy
from praxi_tasks.findings.assessment import (
    PLAUSIBLE_SHARE,
    AssessedAudit,
    AssessedImage,
    Assessor,
    History,
    ImageRecord,
    compare_audit,
    measure_model,
)
from praxi_tasks.findings.feeds import open_feeds
from praxi_tasks.findings.image import ModelKnowledge, find_unexplained_files, fuse, knowledge_coverage
from praxi_tasks.findings.origin import with_origin
from praxi_tasks.findings.packages import Component, distribution_name
from praxi_tasks.findings.risk_register import AcceptedRisks
from praxi_tasks.findings.scope import Scope
from praxi_tasks.findings.vex import ImageNames, Statement, Vex, parse_openvex
from praxi_tasks.store import Store, documents, open_store

logger = logging.getLogger(__name__)


def make_assessor(
    feeds: str | None,
    policy: Policy | None,
    at: date,
    cache: Store,
    *,
    statements: Iterable[Statement] = (),
    risks: AcceptedRisks | None = None,
    must_exist: bool = True,
) -> Assessor:
    """Make an assessor from what a command was given.

    Parameters
    ----------
    feeds
        URI of a feeds folder; without one nothing is known about vulnerabilities and ages.
    cache
        Where the index of advisories is kept.
    statements
        What OpenVEX documents say (:func:`load_vex`).
    risks
        The risks that people accepted: they count as rules of the policy.
    must_exist
        Whether a missing feeds folder is an error or just empty.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    risks = risks or AcceptedRisks()
    policy = risks.joined(policy or Policy())
    if not feeds:
        assessor = Assessor.without_feeds(at, policy)
    else:
        assessor = Assessor.load(open_feeds(feeds, must_exist=must_exist), at, policy, cache)
    return dataclasses.replace(assessor, vex=Vex(statements, at), rule_problems=tuple(risks.findings()))


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
    return parse_policy(_stored(uri, "there is no policy"), uri)


def load_vex(policy: Policy, policy_uri: str | None, more: Iterable[str] = ()) -> tuple[Statement, ...]:
    """Read the statements of the OpenVEX documents that a policy names, and of others.

    Parameters
    ----------
    policy_uri
        Where the policy is, beside which relative names in it are.
    more
        Paths or store URIs of other documents.

    Raises
    ------
    PolicyError
        If one is not there or not valid.
    """
    folder = (policy_uri or "").rpartition("/")[0]
    named = (name if "://" in name or not folder else posixpath.join(folder, name) for name in policy.vex)
    documents_of = ((uri, _read(uri, "there is no such OpenVEX document")) for uri in (*named, *more))
    return tuple(statement for uri, data in documents_of for statement in parse_openvex(data, uri))


def _read(uri: str, missing: str) -> bytes:
    if "://" in uri:
        return _stored(uri, missing)
    try:
        return Path(uri).read_bytes()
    except OSError as error:
        raise PolicyError(f"{missing}: {error.strerror}", where=uri, action="check the policy") from error


def _stored(uri: str, missing: str) -> bytes:
    folder, _, name = uri.rpartition("/")
    try:
        return open_store(folder).get(name)
    except KeyNotFoundError as error:
        raise PolicyError(missing, where=uri, action="check the setting") from error


class AuditAssessor:
    """Assesses an audit's images one after another, each stack of layers once.

    Parameters
    ----------
    stored
        The layers' changesets, inventories and predictions.
    assessor
        The detectors with what the feeds say, and the policy.
    knowledge
        What the model that made the predictions knows; None where it is not known.
    """

    def __init__(
        self, stored: StoredLayers, assessor: Assessor, knowledge: ModelKnowledge | None = None
    ) -> None:
        self._stored = stored
        self._assessor = assessor
        self._knowledge = knowledge
        self._images: list[AssessedImage] = []
        self._by_layers: dict[tuple[str, ...], AssessedImage] = {}
        # Components that images share by their layers are held once, however many images there are.
        self._shared: dict[Component, Component] = {}

    def add(self, record: ImageRecord, digests: Sequence[str]) -> Failure | None:
        """Assess the next image of the audit; ``digests`` are its layers, bottom first.

        An image that can't be assessed has failed, and why is returned; the others are assessed all the same.
        """
        image = AssessedImage.of(record, digests)
        if image.failed:
            self._images.append(image)
            return None
        found = attempt(lambda: self._assessed(image), f"{image.image} {image.digest}")
        if not isinstance(found, Failure):
            self._images.append(found)
            return None
        self._images.append(failed(image, found))
        return found

    def finish(
        self,
        report: AuditReport,
        history: History,
        run: str,
        at: str,
        scope: Scope,
        plausible_share: float = PLAUSIBLE_SHARE,
    ) -> AssessedAudit:
        """Return the assessed audit, compared with the one before in the history, and remember it.

        Parameters
        ----------
        report
            The report of the images that were added.
        run
            The audit's identity: a retry replaces what it remembered.
        at
            The end of the audit's interval, ISO 8601.
        scope
            What the audit was asked to look at.
        plausible_share
            See :func:`~praxi_tasks.findings.assessment.plausibility.with_plausibility`.

        Raises
        ------
        DataError
            If it can't be compared, whichever images are left out.
        """
        audit = AssessedAudit(
            run=run,
            at=at,
            interval=report.interval,
            model=report.model,
            model_version=report.model_version,
            model_problem=report.model_problem,
            images=tuple(self._images),
            feeds=self._assessor.feeds or (),
            findings=self._assessor.about_audit(),
            scope=scope,
        )
        compare = partial(_compared, history, plausible_share, self._assessor.policy)
        return require(audit, "the comparison", compare)

    def _assessed(self, image: AssessedImage) -> AssessedImage:
        if image.layers not in self._by_layers:
            logger.info("assessing %s", image.image)
            self._by_layers[image.layers] = self._assess(image)
        found = self._by_layers[image.layers]
        policy, at = self._assessor.policy, self._assessor.at
        judged = policy.apply(found.findings, image.image, at, image.namespaces)
        names = ImageNames.of(image.image, image.digest, image.platform)
        findings = self._assessor.vex.apply(judged, names, found.components)
        return msgspec.structs.replace(
            image,
            distribution=found.distribution,
            components=found.components,
            findings=with_origin(findings, image.layers, image.commands, image.base),
            files=found.files,
            unexplained=found.unexplained,
            coverage=found.coverage,
            declared=found.declared,
        )

    def _assess(self, image: AssessedImage) -> AssessedImage:
        fused = self._assessor.complete(fuse(self._stored.facts(image.layers)))
        rest, (findings, coverage) = find_unexplained_files(fused), self._assessor.examine(fused)
        assessed = msgspec.structs.replace(
            image,
            distribution=distribution_name(fused.distribution),
            components=tuple(self._shared.setdefault(item, item) for item in fused.components),
            findings=findings,
            files=rest.total,
            unexplained=rest.files,
            coverage=(*coverage, *knowledge_coverage(fused, self._knowledge, rest)),
            declared=fused.declared,
        )
        documents.encode(assessed)  # what no document can hold costs this image, not the whole audit's
        return assessed


def _compared(
    history: History, plausible_share: float, policy: Policy, audit: AssessedAudit
) -> AssessedAudit:
    measured = msgspec.structs.replace(audit, health=measure_model(audit.images))
    return compare_audit(measured, history, plausible_share, policy)
