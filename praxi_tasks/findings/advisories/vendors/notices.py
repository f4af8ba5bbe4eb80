"""What every vendor's form tells: an advisory, and from which version on a package has its fix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from praxi_tasks.findings.advisories.osv import Affected, Package, Range, Record, Severity, is_name

_CVE: Final = re.compile(r"\bCVE-[0-9]{4}-[0-9]{4,}\b")


class Fix(NamedTuple):
    """A package that is affected before ``version``; in all versions where that is empty.

    ``through`` says that the version itself is affected as well. ``module`` is the ``name:stream`` of a
    module's package, ``product`` OSV's name of the product's release; empty for the feed's own distribution.
    """

    package: str
    version: str
    module: str = ""
    product: str = ""
    through: bool = False


def record_of(
    identifier: str,
    fixes: Iterable[Fix],
    *,
    vulnerabilities: Iterable[str] = (),
    severity: str = "",
    vector: str = "",
    summary: str = "",
    modified: str = "",
) -> Record | str:
    """Return an advisory as a record, or a sentence that says why it is none.

    Parameters
    ----------
    vulnerabilities
        What a notice fixes; nothing where the identifier is the vulnerability's own.
    severity
        The vendor's word.
    vector
        A CVSS vector.
    modified
        ISO 8601.
    """
    if not is_name(identifier):
        return f"an advisory whose id {identifier[:80]!r} is no name"
    return Record(
        id=identifier,
        modified=modified,
        upstream=[name for name in dict.fromkeys(vulnerabilities) if name != identifier],
        summary=summary,
        severity=[Severity("CVSS", vector)] if vector else [],
        affected=[_affected(fix) for fix in dict.fromkeys(fixes) if fix.package],
        database_specific={"severity": severity} if severity else None,
    )


def _affected(fix: Fix) -> Affected:
    events = [{"introduced": "0"}]
    if fix.version:
        events.append({"last_affected" if fix.through else "fixed": fix.version})
    return Affected(
        package=Package(fix.product, fix.package),
        ranges=[Range("ECOSYSTEM", events)],
        module=fix.module,
    )


def cves_in(*texts: str) -> tuple[str, ...]:
    """Return the CVEs that some texts name, each once."""
    return tuple(dict.fromkeys(name for text in texts for name in _CVE.findall(text)))


def evr(epoch: str, version: str, release: str) -> str:
    """Return an rpm's version as it is compared: ``1:3.0.7-28.el9_4``, without an epoch that is zero."""
    plain = f"{version}-{release}" if release else version
    return plain if epoch in {"", "0", "None", "(none)"} else f"{epoch}:{plain}"
