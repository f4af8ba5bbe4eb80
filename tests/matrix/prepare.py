"""Write a small world for `make matrix`: an OCI layout to audit, and releases to train a model from.

python -m tests.matrix.prepare FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from tests.support import images

SITE: Final = "usr/lib/python3/dist-packages"
PARTS: Final = ("__init__", "a", "b")


def package(name: str) -> dict[str, images.Entry]:
    """Return what an installed Python package leaves behind."""
    info = f"{SITE}/{name}-1.0.dist-info"
    modules = {f"{SITE}/{name}/{part}.py": f"# {name} {part}\n".encode() for part in PARTS}
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
    record = "".join(f"{path.removeprefix(f'{SITE}/')},,\n" for path in modules).encode()
    return {**modules, f"{info}/METADATA": metadata, f"{info}/RECORD": record}


def release(name: str) -> str:
    """Return the same package as a line of releases to learn."""
    files = [[f"{name}/{part}.py", 10, f"{number:016x}"] for number, part in enumerate(PARTS)]
    return json.dumps({"name": name, "version": "1.0", "wheel": f"{name}.whl", "files": files})


def main(folder: Path) -> None:
    """Write the world."""
    base = images.layer({"etc/os-release": b"ID=debian\nVERSION_ID=12\n"})
    layout = folder / "layout"
    layout.mkdir(parents=True, exist_ok=True)
    images.write_layout(layout, {"shop": images.image([base, images.layer(package("shop"))])})
    (folder / "releases.jsonl").write_text("".join(f"{release(name)}\n" for name in ("shop", "zoo")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
