"""Whether people can read a page: nothing cut or over each other, and nothing that axe-core objects to."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

_HERE: Final = Path(__file__).parent
_GEOMETRY: Final = (_HERE / "geometry.js").read_text()
_AXE: Final = (_HERE / "axe" / "axe.min.js").read_text()
# The rules of WCAG 2.2 up to AA, and what axe-core itself recommends.
_RUN: Final = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(({id, nodes}) => nodes.map(node => `${id}: ${node.html.slice(0, 99)} ${node.failureSummary}`))"""


def unreadable(page: Page) -> list[str]:
    """Return what of a page is cut, outside of it, scrolled sideways, or printed over something else."""
    found: list[str] = page.evaluate(_GEOMETRY)
    return found


def violations(page: Page) -> list[str]:
    """Return what axe-core objects to on a page as it is now."""
    # By the protocol, which the page's policy on scripts does not hold back.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found: list[str] = page.evaluate(_RUN)
    return found
