"""Where the benchmarks of discovery find their data."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    folder = Path(os.environ.get("PRAXI_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        raise SystemExit(f"real data is not at {folder}: set PRAXI_DATA")
    return folder


def contents_files() -> list[Path]:
    """Return the Contents indexes that apt has fetched."""
    query = ["apt-get", "indextargets", "--format", "$(FILENAME)", "Created-By: Contents-deb"]
    names = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split()
    found = {path for name in names for path in Path(name).parent.glob(f"{Path(name).name}*")}
    if not found:
        raise SystemExit("apt has no Contents indexes: run apt-file update")
    return sorted(found)
