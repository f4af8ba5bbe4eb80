"""The documentation's site, built by Sphinx; `make docs` runs it.

The source is the whole tree, so that links mean the same here as on a hosting platform's pages.
"""

from __future__ import annotations

from pathlib import Path

# Read, not imported: the documentation's environment holds none of the package's libraries.
_SOURCE = (Path(__file__).parent.parent / "praxi_tasks" / "__init__.py").read_text(encoding="utf-8")

project = "Praxi on Airflow"
version = release = _SOURCE.partition('__version__ = "')[2].partition('"')[0]

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**/*.md", "docs/*.md", "benchmarks/results/*.md"]
# Folders that hold no documentation are not even looked into.
exclude_patterns = [
    ".*",
    "build",
    "dags",
    "demo",
    "dist",
    "images",
    "plugins",
    "praxi_tasks",
    "scripts",
    "tests",
]
# Headings get the anchors that hosting platforms give them.
myst_heading_anchors = 4

html_theme = "furo"
html_title = project
html_show_sphinx = html_show_copyright = False
html_copy_source = False
html_extra_path = ["site"]
# A table is as wide as the page allows: ours have sentences in them.
html_css_files = ["praxi.css"]
html_static_path = ["static"]
