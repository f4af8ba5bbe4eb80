from __future__ import annotations

import msgspec
import pytest
from rich.console import Console

from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.findings.packages import Component
from praxi_tasks.findings.report import packages_table
from tests.findings.audits import AT

LAYERS = (f"sha256:{'a' * 64}", f"sha256:{'b' * 64}")
SITE = "usr/lib/python3/dist-packages"
FLASK = Component(
    "pypi", "flask", ("1.0",), "pkg:pypi/flask@1.0", ("inventory", "fingerprint"),
    (f"{SITE}/flask-1.0.dist-info/METADATA",), LAYERS[1:],
)  # fmt: skip
CURL = Component(
    "deb", "curl", ("7", "8", "9", "10"), "pkg:deb/debian/curl", ("fingerprint",), (), LAYERS[:1],
    ("usr/bin/curl",),
)  # fmt: skip
GONE = msgspec.structs.replace(FLASK, name="gone", removed_by=LAYERS[1])


def shown(*components: Component, width: int = 120, pattern: str = "*", name: str = "web:1") -> str:
    image = AssessedImage(name, layers=LAYERS, components=components)
    console = Console(width=width)
    with console.capture() as captured:
        console.print(packages_table(AssessedAudit("r", AT, "", "m", (image,)), pattern))
    return captured.get()


def row(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(name)]
    return line.split()


def test_each_package_has_a_row_that_says_where_it_is_and_how_it_is_known() -> None:
    text = shown(FLASK, CURL, GONE)
    assert "packages: 2" in text
    assert row(text, "flask") == (
        ["flask", "1.0", "pypi", "database", "and", "files", f"/{SITE}", "2:", "b" * 12]
    )
    assert row(text, "curl")[1:] == (
        ["7", "or", "8", "or", "9", "and", "1", "more", "deb", "files", "/usr/bin", "1:", "a" * 12]
    )
    assert "gone" not in text


@pytest.mark.parametrize(("pattern", "names"), [("fl*", {"flask"}), ("deb/*", {"curl"}), ("x", set())])
def test_a_pattern_chooses_by_name_or_ecosystem(pattern: str, names: set[str]) -> None:
    text = shown(FLASK, CURL, pattern=pattern)
    assert {name for name in ("flask", "curl") if name in text} == names


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_it_is_whole_on_any_terminal(width: int) -> None:
    text = shown(FLASK, CURL, width=width, name="[red]web\x1b[31m:1")
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert all(line.isprintable() for line in lines)
    whole = "".join(text.split())
    for part in ("flask", "1.0", "databaseandfiles", f"/{SITE}", "b" * 12, "[red]web"):
        assert part in whole
