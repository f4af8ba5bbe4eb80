"""How pages say dates, ages, numbers and names, and draw small curves: the filters of their templates."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from praxi_airflow.run_key import run_id_of
from praxi_tasks.findings import SEVERITIES

_NONE: Final = "\N{EN DASH}"
_SHELL: Final = re.compile(r"(?:RUN )?(?:\|\d+ .*?)?/bin/sh -c (#\(nop\)\s*)?")
"""How builders precede a line of a Containerfile in an image's history: arguments, and the shell."""
_BUILDER: Final = " # buildkit"


def moment(value: datetime | str | None) -> str:
    """Return a time for people, in UTC: ``28 Nov 2026, 14:05``; nothing for none."""
    found = _datetime(value)
    return f"{found.day} {found:%b %Y, %H:%M}" if found else ""


def day(value: date | datetime | str | None) -> str:
    """Return a day for people: ``28 Nov 2026``; nothing for none."""
    found = _datetime(value.isoformat() if isinstance(value, date) else value)
    return f"{found.day} {found:%b %Y}" if found else ""


def ago(value: datetime | str | None, now: datetime | str | None = None) -> str:
    """Return how long before ``now`` a time was: ``today``, ``3 days``, ``5 months``; nothing for none."""
    found, end = _datetime(value), _datetime(now) or datetime.now(UTC)
    if found is None:
        return ""
    days = (end - found).days
    for size, name in ((365, "year"), (30, "month"), (1, "day")):
        if days >= size * (2 if size > 1 else 1):
            count = days // size
            return f"{count} {name}{'s' if count != 1 else ''}"
    return "today"


def age(value: datetime | str | None, now: datetime | str | None = None) -> str:
    """Return how old something is: ``new today``, ``3 days old``; nothing for none."""
    since = ago(value, now)
    return f"{since} old" if since not in {"", "today"} else "new today" if since else ""


def number(value: float | None) -> str:
    """Return a number with its thousands parted; a dash for none."""
    return _NONE if value is None else f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def percent(value: float | None) -> str:
    """Return a share from 0 to 1 in percent; a dash for none."""
    if value is None:
        return _NONE
    if 0 < value < 0.0005:
        return "under 0.1%"
    return f"{value:.1%}" if 0 < value < 0.1 else f"{value:.0%}"


def severity(rank: int | None) -> str:
    """Return the severity that has a rank; nothing for none."""
    return SEVERITIES[rank] if rank is not None and 0 <= rank < len(SEVERITIES) else ""


def short(text: str | None, longest: int = 19) -> str:
    """Return the beginning of a digest: as much of it as tells it from others."""
    return (text or "")[:longest]


def query(values: Mapping[str, Any]) -> str:
    """Return values as a URL's query, ``?a=b``, without those that are empty."""
    wanted = {name: value for name, value in values.items() if value not in ("", None, [], ())}
    return f"?{urlencode(wanted, doseq=True)}" if wanted else ""


def pattern(text: str) -> str:
    """Return the shell glob that matches a text and nothing else."""
    return glob.escape(text)


def outline(values: Sequence[float], width: int = 100, height: int = 24) -> str:
    """Return the points of SVG's ``polyline`` that draws values side by side, from 0 to the highest."""
    step, top = width / max(len(values) - 1, 1), max(values, default=0) or 1
    heights = (height - 1 - (height - 2) * value / top for value in values)
    return " ".join(f"{place * step:.2f},{at:.2f}" for place, at in enumerate(heights))


def instruction(created_by: str | None) -> str:
    """Return an entry of an image's history as the line of the Containerfile that it stands for.

    Builders note ``/bin/sh -c pip install x``, ``/bin/sh -c #(nop) COPY …``, ``RUN /bin/sh -c … # buildkit``.
    """
    text = (created_by or "").strip().removesuffix(_BUILDER)
    found = _SHELL.match(text)
    if found is None:
        return text
    line = text[found.end() :].strip()
    return line if found[1] is not None else f"RUN {line}"


def subject(package: str) -> str:
    """Return what a finding is about: a package, or all of an ecosystem, maybe in one folder.

    ``pypi/flask`` is a package, ``deb/`` are Debian's, ``pypi//opt/vault`` are Python's in a folder.
    """
    ecosystem, _, rest = package.partition("/")
    if rest.startswith("/"):
        return f"{ecosystem} in {rest}"
    return package if rest else ecosystem


def run_name(key: str) -> str:
    """Return the id that a run has in Airflow, or its key, where that holds no more than the id's hash."""
    return run_id_of(key) or key


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "moment": moment,
    "day": day,
    "ago": ago,
    "age": age,
    "number": number,
    "percent": percent,
    "severity": severity,
    "short": short,
    "query": query,
    "pattern": pattern,
    "outline": outline,
    "instruction": instruction,
    "subject": subject,
    "run_name": run_name,
}


def _datetime(value: datetime | str | None) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
