"""Airflow's pages over audits of two sizes, and the same questions to the Parquet files.

python -m benchmarks.pages [--images 500 --components 1000000] [--folder KEPT]

Each page is asked nine times as a browser asks it, templates and all, and the fastest counts: what else runs
on the machine makes answers slower, never faster. The Parquet files are asked by DuckDB with two threads,
three times. An audit that lies in the folder that is given is asked again, so that pages can be compared.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks.pages_audit import RUN, make_audit
from benchmarks.report import Table, write_results
from praxi_tasks.findings.report import OVERVIEW
from praxi_tasks.store import keys, open_store

SIZES = ((500, 1_000_000, 0.2), (10_000, 20_000_000, 1.0))
IMAGE = "registry.example.com/shop/app-77:1.4"
PAGES: dict[str, tuple[str, dict[str, Any], str]] = {
    "overview": ("", {}, "SELECT state, count(*) FROM images GROUP BY state"),
    "images, the worst first": (
        "images",
        {},
        """SELECT image, count(*) FILTER (severity = 'critical') AS critical, count(*) AS found
        FROM images LEFT JOIN findings USING (image, cluster) GROUP BY image
        ORDER BY critical DESC LIMIT 50""",
    ),
    "images of a namespace": (
        "images",
        {"namespace": "team-7", "severity": "critical"},
        """SELECT image, count(*) FROM images JOIN findings USING (image, cluster)
        WHERE list_contains(namespaces, 'team-7') AND severity = 'critical' GROUP BY image LIMIT 50""",
    ),
    "an image": ("image", {"image": IMAGE}, f"SELECT * FROM findings WHERE image = '{IMAGE}'"),
    "its components": (
        "image",
        {"image": IMAGE, "tab": "components"},
        f"SELECT * FROM components WHERE image = '{IMAGE}' ORDER BY name LIMIT 50",
    ),
    "its layers": (
        "image",
        {"image": IMAGE, "tab": "layers"},
        f"""SELECT layer, count(*) FROM (
            SELECT unnest(layers) AS layer FROM components WHERE image = '{IMAGE}'
        ) GROUP BY layer""",
    ),
    "software by a part of its name": (
        "software",
        {"search": "age-123"},
        """SELECT ecosystem, name, count(DISTINCT image) FROM components
        WHERE contains(lower(name), 'age-123') GROUP BY ALL ORDER BY 3 DESC LIMIT 50""",
    ),
    "where a package is": (
        "software",
        {"ecosystem": "deb", "name": "package-1200", "low": "1.1", "high": "1.4"},
        """SELECT image, namespaces, versions FROM components JOIN images USING (image, cluster)
        WHERE name = 'package-1200' AND versions[1] BETWEEN '1.1' AND '1.4' ORDER BY image LIMIT 50""",
    ),
    "findings, each cause once": (
        "findings",
        {},
        """SELECT id, any_value(title), min(severity), count(DISTINCT image), list(DISTINCT package)
        FROM findings GROUP BY id ORDER BY 4 DESC LIMIT 50""",
    ),
    "findings of a namespace": (
        "findings",
        {"namespace": "team-7"},
        """SELECT id, count(DISTINCT image) FROM findings JOIN images USING (image, cluster)
        WHERE list_contains(namespaces, 'team-7') GROUP BY id ORDER BY 2 DESC LIMIT 50""",
    ),
    "namespaces": (
        "namespaces",
        {},
        """SELECT namespace, count(*) FROM (SELECT unnest(namespaces) AS namespace, image FROM images)
        JOIN findings USING (image) GROUP BY namespace ORDER BY 2 DESC""",
    ),
}


@contextmanager
def pages(folder: Path) -> Iterator[TestClient]:
    """Give a browser of the pages over the store in a folder."""
    settings = {"STORE": (folder / "store").as_uri(), "PAGES_CACHE": str(folder / "prepared")}
    with patch.dict(os.environ, {f"AIRFLOW__PRAXI__{name}": value for name, value in settings.items()}):
        from praxi_airflow.web import built, may_read, offers_acceptance

        app = FastAPI()
        rights = (may_read.dependency, offers_acceptance.dependency)
        built().dependency_overrides |= dict.fromkeys(rights, lambda: None)
        app.mount("/praxi", built())
        yield TestClient(app, base_url="http://testserver/praxi/")


def prepared(browser: TestClient) -> float:
    """Return the seconds until the tables are prepared."""
    began = time.perf_counter()
    while browser.get("").status_code == 202:
        time.sleep(0.5)
    return time.perf_counter() - began


def fastest(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the seconds of the fastest of several times, and the least that one took of the processor."""
    taken, used = [], []
    for _ in range(times):
        began, idle = time.perf_counter(), time.process_time()
        work()
        taken.append(time.perf_counter() - began)
        used.append(time.process_time() - idle)
    return min(taken), min(used)


def measure(images: int, components: int, folder: Path, table: Table, bar: float) -> None:
    store = open_store((folder / "store").as_uri())
    if not store.exists(keys.run(RUN, OVERVIEW)):
        make_audit(store, folder, images, components)
    files = duckdb.connect(config={"threads": 2})
    for name in ("images", "components", "findings"):
        place = folder / "store" / keys.run(RUN, f"tables/{name}.parquet")
        files.read_parquet(str(place)).create_view(name)
    size = f"{images:,} images, {components:,} components"
    with pages(folder) as browser:
        table.add(size, "prepared once", f"{prepared(browser):.1f} s", "", "", "")
        for name, (path, asked, question) in PAGES.items():
            seconds, used = fastest(lambda: _asked(browser, path, asked), 9)  # noqa: B023 - called at once
            naive, _ = fastest(lambda: files.execute(question).fetchall(), 3)  # noqa: B023 - called at once
            kept = "" if seconds <= bar else f" (bar: {bar * 1e3:.0f})"
            times = (f"{seconds * 1e3:.0f} ms{kept}", f"{used * 1e3:.0f} ms", f"{naive * 1e3:.0f} ms")
            table.add(size, name, *times, f"{naive / seconds:.1f}")


def _asked(browser: TestClient, path: str, asked: dict[str, Any]) -> None:
    answer = browser.get(path, params=asked)
    assert answer.status_code == 200, answer.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int)
    parser.add_argument("--components", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to keep the audits; deleted by default")
    given = parser.parse_args()
    sizes = [size for size in SIZES if not given.images or size[:2] == (given.images, given.components)]
    table = Table("audit", "page", "answer", "of it processor", "from the Parquet files", "ratio")
    for images, components, bar in sizes:
        with tempfile.TemporaryDirectory(prefix="praxi-pages-") as passing:
            folder = (given.folder or Path(passing)) / str(components)
            folder.mkdir(parents=True, exist_ok=True)
            measure(images, components, folder, table, bar)
    write_results("pages", "Airflow's pages (bars: 200 ms at 1,000,000 components, 1 s at 20,000,000)", table)


if __name__ == "__main__":
    main()
