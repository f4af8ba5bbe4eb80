"""Where dpkg was told to put files, or not to: its diversions, and the paths that its settings exclude.

A list of files in ``info`` names them where the package has them: a diverted one is elsewhere, an excluded
one nowhere. See dpkg-divert(1) and dpkg(1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.claim import Placement
from praxi_tasks.inventory.decoding import path_text
from praxi_tasks.inventory.layer_view import LayerView

DIVERSIONS: Final = "var/lib/dpkg/diversions"
"""Three lines a diversion: what, where to, and the package that asked for it."""
SETTINGS: Final = "etc/dpkg/dpkg.cfg"
SETTINGS_FOLDER: Final = "etc/dpkg/dpkg.cfg.d/"

_RULES: Final = {"path-exclude": "-", "path-include": "+"}
_MOST_RULES: Final = 200
_MOST_DIVERSIONS: Final = 10_000
_LONGEST: Final = 1_000


def read_placement(view: LayerView) -> Placement | None:
    """Return what the layer says of where files went; None where it says nothing."""
    found = Placement(
        diversions=tuple(_diversions(view.kept.get(DIVERSIONS, b"")))[:_MOST_DIVERSIONS],
        rules=tuple(rule for path in _settings(view) for rule in _rules(view.kept[path]))[:_MOST_RULES],
    )
    return found if found.diversions or found.rules else None


def _diversions(data: bytes) -> Iterator[tuple[str, str, str]]:
    lines = [path_text(line) for line in data.splitlines()]
    for what, to, package in zip(lines[::3], lines[1::3], lines[2::3], strict=False):
        if "\0" not in what + to + package and max(len(what), len(to), len(package)) < _LONGEST:
            yield what.lstrip("/"), to.lstrip("/"), package


def _settings(view: LayerView) -> list[str]:
    found = sorted(path for path in view.kept if path.startswith(SETTINGS_FOLDER))
    return [*found, SETTINGS] if SETTINGS in view.kept else found


def _rules(data: bytes) -> Iterator[str]:
    for line in path_text(data).splitlines():
        name, equals, pattern = line.strip().partition("=")
        sign = _RULES.get(name.strip().removeprefix("--"))
        if sign and equals and "\0" not in pattern and len(pattern) < _LONGEST:
            yield sign + pattern.strip().strip("\"'").lstrip("/")
