"""The documentation builds as a site, and nothing on it is loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
_LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}


@pytest.fixture(scope="module")
def sphinx() -> Path:
    """Return sphinx-build of the documentation's environment, which is built where it is missing."""
    subprocess.run([ROOT / "scripts" / "setup.sh", "docs"], check=True, timeout=300)
    return ROOT / ".venv-docs" / "bin" / "sphinx-build"


def _build(sphinx: Path, source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    options = ["--conf-dir", str(source / "docs"), "--fail-on-warning", "--keep-going", "--quiet"]
    return subprocess.run(
        [sphinx, *options, source, out], capture_output=True, text=True, check=False, timeout=300
    )


class _Loaded(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if (tag, name) in _LOADED]


def test_every_page_is_there_and_loads_nothing_from_elsewhere(sphinx: Path, tmp_path: Path) -> None:
    done = _build(sphinx, ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    for source in (ROOT / "docs").rglob("*.md"):
        assert (tmp_path / source.relative_to(ROOT)).with_suffix(".html").is_file()
    for page in tmp_path.rglob("*.html"):
        loaded = _Loaded()
        loaded.feed(page.read_text())
        assert not [address for address in loaded.addresses if re.match(r"(https?:)?//", address)], page
    for sheet in tmp_path.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", sheet.read_text()), sheet


def test_who_begins_with_the_readme_finds_every_page() -> None:
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md", "releasing.md"}
    assert pages == set(
        re.findall(r"^\| \[docs/([\w-]+\.md)\]", (ROOT / "README.md").read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("link", ["gone.md", "index.md#no-such-heading"])
def test_a_link_that_leads_nowhere_fails(sphinx: Path, tmp_path: Path, link: str) -> None:
    docs = tmp_path / "source" / "docs"
    docs.mkdir(parents=True)
    conf = (ROOT / "docs" / "conf.py").read_text()
    (docs / "conf.py").write_text(conf)
    for folder in ("static", "site"):
        (docs / folder).symlink_to(ROOT / "docs" / folder)
    (docs.parent / "praxi_tasks").symlink_to(ROOT / "praxi_tasks")
    (docs / "index.md").write_text(f"# A page\n\n[leads nowhere]({link})\n")
    done = _build(sphinx, docs.parent, tmp_path / "out")
    assert done.returncode != 0
    assert "xref_missing" in done.stderr
