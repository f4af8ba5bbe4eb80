"""The packages of an audit's images as a table on a terminal."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.findings.packages import FINGERPRINT, INVENTORY, PATH, Component
from praxi_tasks.listing import Listing
from praxi_tasks.printable import printable

_WIDE: Final = 100  # columns of a terminal from which tables are readable
_WORDS: Final = {INVENTORY: "database", FINGERPRINT: "files", PATH: "path"}
_RECORDS: Final = (".dist-info", ".egg-info", "EGG-INFO")
_MOST_VERSIONS: Final = 3
_DIGEST: Final = 12  # characters of a layer's digest that tell it from the others


def packages_table(audit: AssessedAudit, pattern: str = "*") -> RenderableType:
    """Return the packages that a container of each image would see.

    Parameters
    ----------
    pattern
        Shell glob of those to list, matched against a package's name and its ``ecosystem/name``.
    """
    parts: list[RenderableType] = []
    for image in audit.images:
        found = [component for component in image.components if _is_listed(component, pattern)]
        heading = Text(printable(audit.title(image)), style="bold")
        parts += ["", heading.append(f"  packages: {len(found):,}", style="dim")]
        if found:
            parts.append(_listing(image, found))
    return Group(*parts)


def _is_listed(component: Component, pattern: str) -> bool:
    names = (component.name, component.package)
    return component.present and any(fnmatchcase(name, pattern) for name in names)


def _listing(image: AssessedImage, components: list[Component]) -> Listing:
    columns = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold"
    )
    for heading in ("Package", "Version"):
        columns.add_column(heading, overflow="fold", min_width=12)
    for heading in ("Kind", "Known by"):
        columns.add_column(heading)
    for heading in ("Folder", "Layer"):
        columns.add_column(heading, overflow="fold")
    listing = Listing(columns, _WIDE, leading=2)
    numbers = {digest: number for number, digest in enumerate(image.layers, start=1)}
    for component in components:
        cells = (
            component.name,
            _version(component),
            component.ecosystem,
            " and ".join(_WORDS[source] for source in component.sources),
            _folder(component),
            _layer(component, numbers),
        )
        listing.add_row(*(Text(printable(cell)) for cell in cells))
    return listing


def _version(component: Component) -> str:
    shown = component.versions[:_MOST_VERSIONS]
    more = len(component.versions) - len(shown)
    return " or ".join(shown) + (f" and {more:,} more" if more else "")


def _folder(component: Component) -> str:
    """Return where a package is: the folder of its record, or of a file that shows it."""
    place = next(iter((*component.databases, *component.evidence)), "")
    folder = place.rpartition("/")[0]
    return f"/{folder.rpartition('/')[0] if folder.endswith(_RECORDS) else folder}"


def _layer(component: Component, numbers: dict[str, int]) -> str:
    """Return the number of the layer that brought a package in, from the bottom, and its digest."""
    digest = next(iter(component.layers), "")
    return f"{numbers.get(digest, '?')}: {digest.partition(':')[2][:_DIGEST]}" if digest else ""
