"""What discovery costs: CPU, memory and bytes, with all of Debian in the model."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.discovery_data import contents_files, data_folder
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Catalogue, Model
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.catalogue import build_catalogue, read_packages
from praxi_tasks.learning.data import read_releases
from praxi_tasks.learning.training import learn_files


def main() -> None:
    files = contents_files()
    table = Table("what", "measured", "bar")
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        model = learn_files(files).model
        table.add("build from Contents, experts included", f"{time.process_time() - start:.1f} CPU s", "90 s")
        model.save(folder)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        table.add("model on disk", f"{size / 1e6:.1f} MB", "45 MB")
        for title, value, bar in _fresh(folder):
            table.add(title, value, bar)
    rng = np.random.default_rng(3)
    for paths, bar in ((1_000, "5 ms"), (200_000, "500 ms")):
        tagset = layer(model, files, paths, rng)
        table.add(
            f"predict a layer of {len(tagset):,} paths", f"{_milliseconds(model, tagset):.1f} CPU ms", bar
        )
    for title, value, bar in _adding(model):
        table.add(title, value, bar)
    write_results("discovery_cost", "What discovery costs, all of Debian in the model", table)


def _fresh(folder: str) -> list[tuple[str, str, str]]:
    """Load the model in a process of its own, as a pod does."""
    script = (
        "import time; from praxi_tasks.discovery.model import Model;"
        f"t = time.process_time(); model = Model.load({folder!r}); print(time.process_time() - t);"
        "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    )
    words = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    return [
        ("load", f"{float(words[0]):.2f} CPU s", "0.3 s"),
        ("memory of a process that loaded it", f"{float(words[1]) / 1e3:.0f} MB", "150 MB"),
    ]


def layer(model: Model, files: list[Path], paths: int, rng: np.random.Generator) -> Tagset:
    """Make a layer of whole packages until it holds so many paths."""
    names = model.catalogue.packages
    wanted = {
        names[place].removeprefix("deb/") for place in rng.permutation(len(names))[: paths // 20].tolist()
    }
    found = [path for release in read_packages(files, wanted) for path in release.paths]
    return Tagset.from_paths("sha256:" + "0" * 64, found[:paths])


def _milliseconds(model: Model, tagset: Tagset) -> float:
    """Return the median of many rounds: neighbours on the machine take the cache away from some."""
    model.predict(tagset)
    moments = [time.process_time()]
    for _ in range(max(5, 200_000 // len(tagset))):
        model.predict(tagset)
        moments.append(time.process_time())
    return float(np.median(np.diff(moments))) * 1000


def _adding(model: Model) -> list[tuple[str, str, str]]:
    """Learn one release on top of the model."""
    release = next(iter(read_releases(data_folder() / "pypi-releases.jsonl.xz")))
    before = [part.to_bytes() for part in model.parts]
    start = time.process_time()
    part: Catalogue = build_catalogue([release])
    part.to_bytes()
    learned = time.process_time()
    grown = Model([*model.parts, part], model.scorer)
    known = len(grown.catalogue.packages)  # a model joins its parts when a layer is looked up in it
    joined = time.process_time()
    if known != len(model.catalogue.packages) + 1:
        raise SystemExit("the release was known before")
    same = [part.to_bytes() for part in grown.parts[:-1]] == before
    return [
        ("learn one release", f"{(learned - start) * 1000:.1f} CPU ms", "5 ms"),
        ("and take it into the resident index", f"{(joined - learned) * 1000:.0f} CPU ms", "-"),
        ("bytes of other experts changed", "none" if same else "some", "none"),
        (
            "peak memory of this benchmark",
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB",
            "-",
        ),
    ]


if __name__ == "__main__":
    main()
