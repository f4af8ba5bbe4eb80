"""The message about what an audit found that the one before did not."""

from __future__ import annotations

from typing import Final

from praxi_tasks.findings.assessment import AssessedAudit, Told, told
from praxi_tasks.findings.finding import listed
from praxi_tasks.findings.origin import origin_message
from praxi_tasks.notify.finding_alerts import counted
from praxi_tasks.notify.links import NO_LINKS, PageLinks
from praxi_tasks.printable import printable

_NAMED: Final = 10
_IMAGES: Final = 3
_LONGEST: Final = 1_000


def change_message(audit: AssessedAudit, links: PageLinks = NO_LINKS) -> tuple[str, str] | None:
    """Return title and text about what changed, or None if nothing did.

    Improvements alone are no message: they are in the report. Each line ends with the link to its page, where
    there are ``links``.
    """
    news = [one for each in told(audit.images) if (one := each.among(audit.news))]
    if not news:
        return None
    lines = [_line(audit, one, links) for one in news[:_NAMED]]
    if len(news) > _NAMED:
        where = links.overview() or f"the report of {audit.run}"
        lines.append(f"and {len(news) - _NAMED} more: see {where}")
    late = sum(bool(one.among(audit.late)) for one in news)
    overdue = f", {late} of them overdue" if late else ""
    counts = counted(one.finding for one in news)
    return f"Praxi: {counts} new or worse{overdue}, {len(audit.resolved)} resolved", "\n".join(lines)


def _line(audit: AssessedAudit, told: Told, links: PageLinks) -> str:
    finding = told.finding
    images = listed([audit.title(image) for image in told.images], _IMAGES)
    text = f"{finding.severity}: {finding.id} in {images}: {finding.title}. {finding.action}"
    notes = (
        f"due {finding.due}, overdue" if finding.overdue else "",
        origin_message(finding, told.images[0].base if len(told.images) == 1 else None),
    )
    line = printable(". ".join(filter(None, (text.rstrip(". "), *notes))), _LONGEST)
    return f"{line} {_page(told, links)}".rstrip()


def _page(told: Told, links: PageLinks) -> str:
    """Return the link to the images that a message names: of the first namespace that all of them are in."""
    spaces = [set(image.namespaces) for image in told.images]
    common = sorted(set.intersection(*spaces))
    images = [(image.image, image.cluster) for image in told.images]
    return links.images(images, common[0] if common else "")
