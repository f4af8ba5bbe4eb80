"""A finding: the record that every report, alert and metric is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, get_args
from urllib.parse import unquote

import msgspec

Kind = Literal[
    "vulnerable",
    "outdated",
    "end-of-life",
    "hidden",
    "database-removed",
    "ghost",
    "modified",
    "unexplained",
    "licence",
    "unsafe-model",
    "policy",
    "feed",
]
Severity = Literal["critical", "high", "medium", "unknown", "low", "info"]

# The states of a VEX analysis in CycloneDX that a rule may claim.
Verdict = Literal["in_triage", "exploitable", "not_affected", "false_positive"]

# Which of an image's layers brought it in: those of its base image, or those that were put on them.
Origin = Literal["base", "own", ""]

# Why nothing follows from a vulnerability, as VEX documents of CycloneDX say it.
Justification = Literal[
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
]

# What OpenVEX calls the outcome of an analysis, and why nothing follows.
VexStatus = Literal["not_affected", "affected", "fixed", "under_investigation"]
VexJustification = Literal[
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# Worst first. An advisory without a score is ranked above "low": it may be anything.
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
_NAMED: Final = 3
_ADVICE: Final = 20
_RANKS: Final[dict[str, int]] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def severity_rank(severity: str) -> int:
    """Return how bad a severity is: 0 is the worst, and a larger number is milder."""
    return _RANKS.get(severity, len(_RANKS))


class Ignored(msgspec.Struct, frozen=True):
    """Why a finding is set aside: the policy rule's reason, who answers for it, and until when.

    ``state`` is what VEX documents call the outcome of the analysis, ``justification`` why. What an OpenVEX
    document sets aside has its author as ``owner`` and no end. ``acceptance`` names the entry of the risk
    register, empty where it is no accepted risk.
    """

    reason: str
    owner: str
    expires: str
    state: Verdict | Literal["resolved"] = "in_triage"
    justification: Justification | None = None
    acceptance: str = ""

    def __str__(self) -> str:
        until = f"until {self.expires}" if self.expires else "by OpenVEX"
        return f"{self.reason} ({self.owner}, {until})"


class VexStatement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an OpenVEX document says of a finding: the last statement that is about it.

    ``document`` is its identifier, ``at`` when the statement was known to be true, ISO 8601, and ``note``
    what it adds in words.
    """

    status: VexStatus
    author: str
    document: str
    at: str
    justification: VexJustification | None = None
    note: str = ""


class FoundPackage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the packages that a finding with one cause is about.

    ``package`` is ``ecosystem/name``, ``title`` what people call it, ``evidence`` some of the paths that show
    it, ``confidence`` in [0, 1].
    """

    package: str
    title: str
    purl: str = ""
    evidence: tuple[str, ...] = ()
    confidence: float = 1.0


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One problem of one image, or of the audit itself.

    Parameters
    ----------
    kind
        What sort of finding it is.
    id
        The advisory (a CVE where there is one), or ``PRAXI-`` and the kind.
    title
        One line for a table: what is wrong.
    severity
        One of :data:`SEVERITIES`.
    action
        What to do about it.
    aliases
        The other names of the same advisory.
    purl
        The component's package URL; empty where the finding is about the whole image.
    package
        ``ecosystem/name``, without a version: what stays the same when the component is upgraded. Where
        several are meant, ``ecosystem/`` (``/`` for those of several) and the folder that they are in.
    packages
        All that are meant, where one cause has several effects.
    fixed
        The first versions that are not affected; empty where none is known.
    layer
        Digest of the layer that brought it in (or, for a removed database, took it out).
    origin
        Whether that layer is the base image's or the image's own; empty where it is not known.
    created_by
        The line of the image's history that made the layer.
    evidence
        The paths that show it.
    since
        When an audit first saw it, ISO 8601; filled in by the comparison with the audit before.
    due
        The last day of the policy's deadline for its severity, ISO 8601; empty where there is none.
    overdue
        Whether that day is over.
    affected_if
        Where versions tie: the condition under which the finding holds.
    sources
        ``inventory`` where a package database says so, ``fingerprint`` where the files do.
    score
        CVSS base score, 0 to 10; -1 where there is none.
    epss
        Probability of exploitation within 30 days by EPSS; -1 where it is not known.
    vector
        The CVSS vector of that score.
    exploited
        Whether CISA lists it as exploited.
    ignored
        The policy's rule or the statement that sets it aside, if any.
    vex
        What an OpenVEX document says of it, if any does.
    """

    kind: Kind
    id: str
    title: str
    severity: Severity
    action: str = ""
    aliases: tuple[str, ...] = ()
    purl: str = ""
    package: str = ""
    fixed: tuple[str, ...] = ()
    layer: str = ""
    evidence: tuple[str, ...] = ()
    since: str = ""
    affected_if: str = ""
    sources: tuple[str, ...] = ()
    confidence: float = 1.0
    score: float = -1.0
    epss: float = -1.0
    exploited: bool = False
    vector: str = ""
    ignored: Ignored | None = None
    vex: VexStatement | None = None
    origin: Origin = ""
    created_by: str = ""
    packages: tuple[FoundPackage, ...] = ()
    due: str = ""
    overdue: bool = False

    def as_json(self) -> dict[str, object]:
        """Return every field, for readers of JSON who should not have to know defaults."""
        return {name: getattr(self, name) for name in self.__struct_fields__}

    @property
    def subject(self) -> str:
        """What people call the component: ``flask 3.0``; empty where the image as a whole is meant."""
        name, _, version = self.purl.partition("?")[0].rpartition("/")[2].partition("@")
        return unquote(f"{name} {version}".strip())

    @property
    def package_names(self) -> tuple[str, ...]:
        """The packages that it is about, as ``ecosystem/name``."""
        return tuple(dict.fromkeys(each.package for each in self.packages)) or (self.package,)

    @property
    def key(self) -> str:
        """What makes it the same finding tomorrow: its kind, identifier and package, not the version."""
        return f"{self.kind}|{self.id}|{self.package}"


def with_packages(finding: Finding, packages: tuple[FoundPackage, ...]) -> Finding:
    """Return a finding about only some of its packages."""
    if packages == finding.packages:
        return finding
    names = listed([each.title for each in packages], _NAMED)
    purl = packages[0].purl if len(packages) == 1 else ""
    return msgspec.structs.replace(
        finding, packages=packages, purl=purl, title=f"{finding.title} (here: {names})"
    )


def advice(findings: Iterable[Finding]) -> str:
    """Return what to do about findings of one identifier: of each package, where that is not the same."""
    actions: dict[str, dict[str, None]] = {}
    for finding in findings:
        actions.setdefault(finding.action or finding.title, {})[finding.subject or finding.package] = None
    if len(actions) == 1:
        return next(iter(actions))
    lines = [f"{listed([*names], _NAMED)}: {action}" for action, names in actions.items()]
    return listed(lines, _ADVICE, "; ")


def summary(findings: Iterable[Finding]) -> str:
    """Return the title that findings of one identifier share; that of several packages names none of them."""
    titles = {finding.title: None for finding in findings}
    first = next(iter(titles))
    return first if len(titles) == 1 else first.partition(": ")[2] or first


def listed(names: Sequence[str], most: int, between: str = ", ") -> str:
    """Return a list in words that names not more than so many, and counts the others."""
    more = len(names) - most
    return between.join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def worst(findings: tuple[Finding, ...]) -> Severity | None:
    """Return the worst severity among findings that no policy sets aside."""
    open_ones = [finding.severity for finding in findings if finding.ignored is None]
    return min(open_ones, key=severity_rank, default=None)
