"""The page of 500 images and 20,000 findings: size and time until it answers, beside a plain table.

python -m benchmarks.report_page
"""

from __future__ import annotations

import html
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.report import Table, write_results
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.report import report_page
from tests.findings.audits import large_audit

PATIENCE = 180_000  # ms; a browser takes half a minute for the plain table, more on a busy machine


def plain_table(audit: AssessedAudit) -> str:
    rows = []
    for image in audit.images:
        for finding in image.findings:
            values = (image.image, *finding.as_json().values())
            rows.append("<tr>" + "".join(f"<td>{html.escape(str(value))}" for value in values))
    return f"<!doctype html><table>{''.join(rows)}</table><p id=end>end"


def answers(text: str, selector: str) -> float:
    """Return the seconds until Chromium has opened a page and drawn it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        path.write_text(text)
        arguments = ["--no-sandbox", "--headless"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page()
        began = time.perf_counter()
        page.goto(path.as_uri(), timeout=PATIENCE)
        page.wait_for_selector(selector, timeout=PATIENCE)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seconds = time.perf_counter() - began
        browser.close()
    return seconds


def main() -> None:
    audit = large_audit(500, 20_000)
    text, plain = report_page(audit), plain_table(audit)
    fast, slow = answers(text, "body[data-ready=yes]"), answers(plain, "#end")
    table = Table("page", "MB", "s until it answers", "ratio")
    table.add("plain table of the findings", f"{len(plain) / 1e6:.2f}", f"{slow:.2f}", "1")
    ratio = f"{len(plain) / len(text):.1f}x smaller, {slow / fast:.1f}x faster"
    table.add("the report", f"{len(text) / 1e6:.2f}", f"{fast:.2f}", ratio)
    write_results("report_page", "The report of 500 images and 20,000 findings (bar: 5 MB, 2 s)", table)


if __name__ == "__main__":
    main()
