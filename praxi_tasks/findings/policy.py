"""The policy: what counts, what is ignored and until when, which team is notified, and when an audit fails.

Its JSON schema is ``docs/policy.schema.json``; it is checked as it is read, so a misspelt key never
silently turns a rule off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from praxi_tasks.errors import PolicyError
from praxi_tasks.findings.coverage import Aspect, Coverage, CoverageState
from praxi_tasks.findings.finding import (
    Finding,
    Ignored,
    Justification,
    Kind,
    Severity,
    Verdict,
    severity_rank,
    with_packages,
)

Text = Annotated[str, msgspec.Meta(min_length=1)]
# A number of days, or such as 7d and 2w.
Period = (
    Annotated[int, msgspec.Meta(ge=1, le=9999)]
    | Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,3}[dw]$")]
)
_DAYS: Final = {"d": 1, "w": 7}

EXPIRY_NOTICE_DAYS: Final = 14
"""How long before its last day a rule is told of."""


class IgnoreRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Findings that are set aside until a day; patterns are shell globs, and all that are given must match.

    ``id`` is matched against a finding's identifier and aliases, ``package`` against ``ecosystem/name``,
    ``image`` against the image's reference, ``namespace`` against every namespace where it runs: an image
    that also runs elsewhere, or nobody knows where, is not meant. ``state`` is what VEX documents say about
    it, and ``justification`` why.
    """

    reason: Text
    owner: Text
    expires: date
    id: Text = "*"
    package: Text = "*"
    image: Text = "*"
    namespace: Text = "*"
    kind: Kind | None = None
    state: Verdict = "in_triage"
    justification: Justification | None = None

    @property
    def verdict(self) -> Ignored:
        """What a finding that it sets aside says about that."""
        return Ignored(self.reason, self.owner, self.expires.isoformat(), self.state, self.justification)

    @property
    def title(self) -> str:
        """How people are told of it."""
        return f"the rule that ignores {self.id} of {self.package}"

    @property
    def subject(self) -> str:
        """What tells it from other rules."""
        return "/".join(
            (self.id, self.package, self.image, *([] if self.namespace == "*" else [self.namespace]))
        )

    def parts(
        self, finding: Finding, image: str, namespaces: Collection[str] = ()
    ) -> tuple[Finding | None, Finding | None]:
        """Return the part of an image's finding that the rule is about, and the part that it is not.

        A finding with several packages is parted where the rule names only some of them.
        """
        if not self._matches(finding, image, namespaces):
            return None, finding
        if fnmatchcase(finding.package, self.package):
            return finding, None
        named = tuple(each for each in finding.packages if fnmatchcase(each.package, self.package))
        others = tuple(each for each in finding.packages if each not in named)
        return (
            with_packages(finding, named) if named else None,
            with_packages(finding, others) if others or not named else None,
        )

    def _matches(self, finding: Finding, image: str, namespaces: Collection[str]) -> bool:
        return (
            self.kind in {None, finding.kind}
            and fnmatchcase(image, self.image)
            and self._holds_in(namespaces)
            and any(fnmatchcase(name, self.id) for name in (finding.id, *finding.aliases))
        )

    def _holds_in(self, namespaces: Collection[str]) -> bool:
        named = (fnmatchcase(each, self.namespace) for each in namespaces)
        return self.namespace == "*" or (bool(namespaces) and all(named))


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which team is notified about namespaces: the first route with a matching glob names the team."""

    namespaces: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    team: Text
    minimum_severity: Severity = "info"


class FailRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an audit fails: at ``count`` findings of these kinds that are at least this severe, or at a gap.

    ``exploited`` counts only those that are exploited in the wild, ``epss`` those that will be within 30 days
    with at least this probability. ``fixable`` counts only those that name a fixed version; ``overdue`` those
    that are open for longer than the policy's deadline; ``new`` those the audit before had not, and all that
    are about the audit itself.

    With ``coverage`` (aspects, or ``all``) the rule is about what could not be looked at instead, and has no
    other key but ``state``: ``partial`` counts what was looked at in part too, ``not-checked`` does not.
    """

    severity: Severity = "info"
    kinds: tuple[Kind, ...] = ()
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    fixable: bool = False
    new: bool = False
    overdue: bool = False
    exploited: bool = False
    epss: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    coverage: Literal["all"] | tuple[Aspect, ...] | None = None
    state: Literal["partial", "not-checked"] = "partial"

    def __post_init__(self) -> None:
        """Refuse a rule about both findings and coverage, which could be meant either way."""
        about_findings = (self.severity, self.kinds, self.count) != ("info", (), 1) or any(self._conditions)
        if self.coverage is not None and about_findings:
            raise ValueError("coverage stands in a rule of its own, beside state alone")
        if self.coverage == () or (self.coverage is None and self.state != "partial"):
            raise ValueError("coverage needs the aspects that count, or all")

    def counts(self, finding: Finding, is_new: bool) -> bool:
        """Return whether a finding counts towards this threshold."""
        return (
            self.coverage is None
            and finding.ignored is None
            and severity_rank(finding.severity) <= severity_rank(self.severity)
            and (not self.kinds or finding.kind in self.kinds)
            and (not self.fixable or bool(finding.fixed))
            and (not self.new or is_new)
            and (not self.overdue or finding.overdue)
            and (not self.exploited or finding.exploited)
            and (not self.epss or finding.epss >= self.epss)
        )

    def asks_for(self, gap: Coverage) -> bool:
        """Return whether the rule is about what was not, or not wholly, looked at there."""
        if self.coverage is None or not gap.is_gap:
            return False
        concerned = self.coverage == "all" or gap.aspect in self.coverage
        return concerned and (self.state == "partial" or gap.state is CoverageState.NOT_CHECKED)

    @property
    def message(self) -> str:
        """What it counts, in words."""
        which = ", ".join(self.kinds) or "any kind"
        return ", ".join((f"{which} at {self.severity} or worse", *filter(None, self._conditions)))

    @property
    def _conditions(self) -> tuple[str, ...]:
        return (
            "fixable" if self.fixable else "",
            "new" if self.new else "",
            "overdue" if self.overdue else "",
            "exploited" if self.exploited else "",
            f"EPSS {self.epss:g} or more" if self.epss else "",
        )

    @property
    def of_vulnerabilities(self) -> bool:
        """Whether vulnerabilities count towards this threshold."""
        return self.coverage is None and (not self.kinds or "vulnerable" in self.kinds)


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an operator decides about findings.

    ``minimum_severity`` leaves out what is milder, ``alert_severity`` is the mildest that raises an alarm;
    ``ignore_unfixed`` leaves out vulnerabilities that no known version fixes, and ``stale_feed_days`` is the
    age from which a feed is itself a finding. ``deny_licences`` are shell globs of licences, as SPDX names
    them, that no package may need. ``vex`` are OpenVEX documents: paths, beside the policy if they are
    relative, or store URIs. ``deadlines`` say by severity how long a finding may be open after it was first
    seen.
    """

    minimum_severity: Severity = "info"
    alert_severity: Severity = "unknown"
    ignore_unfixed: bool = False
    stale_feed_days: Annotated[int, msgspec.Meta(ge=1)] = 7
    deny_licences: tuple[Text, ...] = ()
    vex: tuple[Text, ...] = ()
    deadlines: dict[Severity, Period] = {}
    ignore: tuple[IgnoreRule, ...] = ()
    routes: tuple[Route, ...] = ()
    fail: tuple[FailRule, ...] = ()

    def apply(
        self, findings: Iterable[Finding], image: str, at: date, namespaces: Collection[str] = ()
    ) -> Iterator[Finding]:
        """Yield the findings about an image that are severe enough, those set aside marked as such.

        Parameters
        ----------
        namespaces
            Where the image runs; empty where that is not known.
        """
        for finding in findings:
            unfixed = self.ignore_unfixed and finding.kind == "vulnerable" and not finding.fixed
            if not unfixed and severity_rank(finding.severity) <= severity_rank(self.minimum_severity):
                yield from self._judge(finding, image, at, namespaces)

    def due(self, severity: str, since: str) -> str:
        """Return the last day on which a finding may be open, ISO 8601; empty where there is no deadline.

        Parameters
        ----------
        since
            When it was first seen, ISO 8601.
        """
        period = next((period for name, period in self.deadlines.items() if name == severity), None)
        if period is None or not since:
            return ""
        days = period if isinstance(period, int) else int(period[:-1]) * _DAYS[period[-1]]
        return (date.fromisoformat(since[:10]) + timedelta(days)).isoformat()

    def expired(self, at: date) -> Iterator[Finding]:
        """Yield a finding for every ignore rule that no longer holds."""
        for rule in self.ignore:
            if rule.expires < at:
                yield _about_rule(rule, "PRAXI-RULE-EXPIRED", f"expired on {rule.expires}", "medium")

    def expiring(self, at: date) -> Iterator[Finding]:
        """Yield a finding for every ignore rule that will not hold for much longer."""
        for rule in self.ignore:
            if 0 <= (rule.expires - at).days <= EXPIRY_NOTICE_DAYS:
                yield _about_rule(rule, "PRAXI-RULE-EXPIRES", f"holds until {rule.expires}", "low")

    def team(self, namespaces: Iterable[str], severity: str) -> str:
        """Return the team to notify of a finding in these namespaces, an empty string for none."""
        names = list(namespaces)
        for route in self.routes:
            if any(fnmatchcase(name, pattern) for name in names for pattern in route.namespaces):
                wanted = severity_rank(severity) <= severity_rank(route.minimum_severity)
                return route.team if wanted else ""
        return ""

    def failures(self, findings: Iterable[tuple[Finding, bool]]) -> list[str]:
        """Return a sentence for each threshold reached; findings come with whether they are new."""
        counted = list(findings)
        reached = []
        for rule in self.fail:
            if rule.coverage is not None:
                continue
            count = sum(rule.counts(finding, is_new) for finding, is_new in counted)
            if count >= rule.count:
                reached.append(f"{count} of {rule.message}; the limit is {rule.count}")
        return reached

    def gaps(self, coverage: Iterable[Coverage]) -> list[Coverage]:
        """Return what was not looked at and lets an audit fail by a rule on coverage."""
        return [gap for gap in coverage if any(rule.asks_for(gap) for rule in self.fail)]

    def _judge(
        self, finding: Finding, image: str, at: date, namespaces: Collection[str]
    ) -> Iterator[Finding]:
        rest: Finding | None = finding
        for rule in self.ignore:
            if rest is not None and rule.expires >= at:
                named, rest = rule.parts(rest, image, namespaces)
                if named is not None:
                    yield msgspec.structs.replace(named, ignored=rule.verdict)
        if rest is not None:
            yield rest


def _about_rule(rule: IgnoreRule, identifier: str, when: str, severity: Severity) -> Finding:
    return Finding(
        kind="policy",
        id=identifier,
        title=f"{rule.title} {when}",
        severity=severity,
        action=f"{rule.owner}: fix what it hides, or decide anew; the reason was: {rule.reason}",
        package=f"policy/{rule.subject}",
    )


def read_policy(path: Path) -> Policy:
    """Read and check a policy.

    Raises
    ------
    PolicyError
        If the file can't be read, a key is unknown, or a value is not what the schema asks for.
    """
    try:
        return parse_policy(path.read_bytes(), str(path))
    except OSError as error:
        raise PolicyError(f"the policy can't be read: {error.strerror}", where=str(path)) from error


def parse_policy(data: bytes, where: str = "policy.yaml") -> Policy:
    """Check a policy's YAML; an empty one is the default policy.

    Raises
    ------
    PolicyError
        As for :func:`read_policy`.
    """
    from praxi_tasks.findings.strict_yaml import parse_yaml

    try:
        content = parse_yaml(data)
        policy = Policy() if content is None else msgspec.convert(content, Policy)
        msgspec.json.encode(policy)  # text that is no Unicode would break the reports that quote it
        return policy
    except ValueError as error:
        problem = " ".join(str(error).split())
        raise PolicyError(
            f"the policy is not valid: {problem}", where=where, action="see docs/policy.schema.json"
        ) from error


def policy_schema() -> bytes:
    """Return the JSON schema of the policy."""
    schema = msgspec.json.schema(Policy)
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
