"""The message about what an audit found that the one before did not."""

from __future__ import annotations

from typing import Final

from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.notify.alerts import counted
from praxi_tasks.printable import printable

_NAMED: Final = 10
_LONGEST: Final = 1_000


def change_message(audit: AssessedAudit) -> tuple[str, str] | None:
    """Return title and text about what changed, or None if nothing did.

    Improvements alone are no message: they are in the report.
    """
    news = [
        (image, finding)
        for image in audit.images
        for finding in image.open_findings
        if (image.key, finding.key) in audit.new | audit.worse
    ]
    if not news:
        return None
    lines = [_line(audit.title(image), finding) for image, finding in news[:_NAMED]]
    if len(news) > _NAMED:
        lines.append(f"and {len(news) - _NAMED} more: see the report of {audit.run}")
    title = f"Praxi: {counted(finding for _, finding in news)} new or worse, {len(audit.resolved)} resolved"
    return title, "\n".join(lines)


def _line(image: str, finding: Finding) -> str:
    text = f"{finding.severity}: {finding.id} in {image}: {finding.title}. {finding.action}"
    return printable(text, _LONGEST)
