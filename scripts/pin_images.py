"""Write the digests that registries give now beside the tags of public images.

    .venv/bin/python scripts/pin_images.py                       docker-compose.yaml and the Containerfiles
    .venv/bin/python scripts/pin_images.py --check               only say what is not pinned, and fail
    .venv/bin/python scripts/pin_images.py FILE...

A digest that stands there already is asked for anew by its tag. Credentials, mirrors and certificates are
those of the audit (docs/registries.md).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from praxi_tasks.errors import PraxiError
from praxi_tasks.oci.image import Reference
from praxi_tasks.oci.registry import RegistrySettings, RegistrySource, client_for

ROOT: Final = Path(__file__).parent.parent
FILES: Final = (ROOT / "docker-compose.yaml", *sorted(ROOT.glob("images/*/Containerfile")))
NAMED: Final = re.compile(
    r"^(?P<before>\s*(?:image: |ARG BASE=))(?P<image>[a-z0-9.-]+(?::\d+)?/[^\s@$]+:[^\s@/$]+)"
    r"(?P<digest>@sha256:[0-9a-f]{64})?(?=\s|$)",
    re.MULTILINE,
)


def unpinned(files: Sequence[Path]) -> list[str]:
    """Return the images that files name by a tag alone."""
    return [
        found["image"] for file in files for found in NAMED.finditer(file.read_text()) if not found["digest"]
    ]


def pin(file: Path, settings: RegistrySettings) -> list[str]:
    """Write each image's digest into a file, all or none, and return the images.

    Raises
    ------
    ImageError
        If a registry refuses, does not answer or has no such image; the file stays as it is.
    """
    pinned = []

    def by_digest(found: re.Match[str]) -> str:
        reference = Reference.parse(found["image"])
        pinned.append(f"{found['image']}@{RegistrySource(reference, client_for(settings)).digest()}")
        return f"{found['before']}{pinned[-1]}"

    file.write_text(NAMED.sub(by_digest, file.read_text()))
    return pinned


def main(arguments: Sequence[str]) -> int:
    """Pin or check, and return an exit code."""
    check = "--check" in arguments
    files = [Path(name) for name in arguments if name != "--check"] or list(FILES)
    if check:
        missing = unpinned(files)
        print("\n".join(f"not pinned: {image}" for image in missing))
        return 1 if missing else 0
    try:
        for file in files:
            for image in pin(file, RegistrySettings.from_environment()):
                print(image)
    except PraxiError as error:
        print(f"pin_images: {error}", file=sys.stderr)
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
