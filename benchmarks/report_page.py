"""The page of 20,000 and of 200,000 findings: size, time until it answers, and to sort and search it.

python -m benchmarks.report_page

Each page is opened three times and the fastest counts: what else runs makes it slower, never faster.
The measure beside it, in the same run, is a plain table of the 20,000 findings; times depend on what else the
machine does, so its load is told, and the ratio is what counts.
"""

from __future__ import annotations

import html
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import Table, write_results
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.report import report_page
from tests.findings.audits import large_audit

PATIENCE = 180_000  # ms; a browser takes half a minute for the plain table, more on a busy machine
SIZES = ((500, 20_000, 1), (5_000, 200_000, 4))  # images, findings, and the bar in seconds
READY = "body[data-ready=yes]"
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def plain_table(audit: AssessedAudit) -> str:
    rows = []
    for image in audit.images:
        for finding in image.findings:
            values = (image.image, *finding.as_json().values())
            rows.append("<tr>" + "".join(f"<td>{html.escape(str(value))}" for value in values))
    return f"<!doctype html><table>{''.join(rows)}</table><p id=end>end"


@contextmanager
def opened(text: str, selector: str) -> Iterator[tuple[Page, float]]:
    """Open a page in a Chromium of its own; yield it and the seconds until it is there and drawn."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        path.write_text(text)
        arguments = ["--no-sandbox", "--headless"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        began = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector(selector)
        page.evaluate(DRAWN)
        yield page, time.perf_counter() - began
        browser.close()


def seconds(page: Page, act: str) -> float:
    """Return how long a page takes to do something and to draw it."""
    work = f"const began = performance.now(); {act}; await {DRAWN}; return performance.now() - began"
    script = f"(async () => {{ {work} }})()"
    return float(page.evaluate(script)) / 1000


def _time_to_open(text: str) -> float:
    with opened(text, READY) as (_, taken):
        return taken


def main() -> None:
    load = os.getloadavg()[0]
    with opened(plain_table(large_audit(*SIZES[0][:2])), "#end") as (_, slow):
        pass
    table = Table("page", "MB", "s until it answers", "bar", "s to sort", "s to search", "ratio")
    table.add("plain table, 20,000 findings", "", f"{slow:.2f}", "", "", "", "1")
    for images, findings, bar in SIZES:
        text = report_page(large_audit(images, findings))
        fast = min(_time_to_open(text) for _ in range(2))
        with opened(text, READY) as (page, last):
            fast = min(fast, last)
            sort = seconds(page, "await document.querySelectorAll('thead button')[3].onclick()")
            search = seconds(page, "$('search').value = 'library-1999'; await $('search').oninput()")
        cells = (f"{len(text) / 1e6:.1f}", f"{fast:.2f}", str(bar), f"{sort:.2f}", f"{search:.2f}")
        table.add(f"the report, {findings:,} findings", *cells, f"{slow / fast:.1f}x faster")
    title = f"The report in Chromium, on 2 cores on which {load:.0f} processes wanted to run"
    write_results("report_page", title, table)


if __name__ == "__main__":
    main()
