"""Everything that discovery claims, measured: ``python -m benchmarks.discovery [PART…]`` or ``make bench``.

Parts: ``pypi``, ``debian``, ``experts``, ``images``, ``recordings``, ``cost``. Real data come from
``PRAXI_DATA`` and from apt's Contents indexes (``apt-file update``); a part whose data are missing says so,
and the others go on. Every seed is fixed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import (
    discovery_cost,
    discovery_debian,
    discovery_experts,
    discovery_images,
    discovery_pypi,
    discovery_recordings,
)

PARTS: dict[str, Callable[[], None]] = {
    "pypi": discovery_pypi.main,
    "debian": discovery_debian.main,
    "experts": discovery_experts.main,
    "images": discovery_images.main,
    "recordings": discovery_recordings.main,
    "cost": discovery_cost.main,
}


def main(names: list[str]) -> None:
    for name in names or PARTS:
        try:
            PARTS[name]()
        except SystemExit as missing:
            print(f"{name}: {missing}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
