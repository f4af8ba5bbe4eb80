"""An audit beside those of its line: what changed, whether its list is plausible, and what it leaves."""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.findings.assessment.history import (
    History,
    join_memories,
    memory_of_audited,
    remember,
)
from praxi_tasks.findings.assessment.plausibility import (
    PLAUSIBLE_SHARE,
    with_plausibility,
    with_silent_clusters,
)
from praxi_tasks.findings.policy import Policy

_NO_DEADLINES: Final = Policy()


def compare_audit(
    audit: AssessedAudit,
    history: History,
    plausible_share: float = PLAUSIBLE_SHARE,
    policy: Policy = _NO_DEADLINES,
) -> AssessedAudit:
    """Return an audit, compared with the one before in the history, and remember it there.

    Images of other than daily audits come and go as they are named: these audits are compared with what is
    known of the images that they list. How well the model explains what runs is said of the last list that
    was of all clusters: of another it would change by what is missing.

    Parameters
    ----------
    audit
        Its images, time and scope. A retry of the same run replaces what it remembered.
    plausible_share
        See :func:`~praxi_tasks.findings.assessment.plausibility.with_plausibility`.
    policy
        Its deadlines say which findings are overdue.
    """
    last, trend = history.before(audit.at, audit.run)
    attempt = history.of(audit.at, audit.run)
    daily = audit.scope.is_daily
    before = last if daily else memory_of_audited(last, audit)
    attempt = attempt if daily else memory_of_audited(attempt, audit)
    scope = with_silent_clusters(audit.scope, before.places if before else {})
    scope = with_plausibility(scope, audit.images, trend, plausible_share)
    steady = daily and before is not None and not scope.is_complete
    changed = with_changes(
        msgspec.structs.replace(
            audit,
            scope=scope,
            newest=history.is_newest(audit.at),
            health=before.health if steady and before else audit.health,
        ),
        before,
        attempt,
        policy,
    )
    memory = remember(changed)
    history.add(memory if daily else join_memories(memory, last))
    return msgspec.structs.replace(changed, trend=(*trend, memory.point))
