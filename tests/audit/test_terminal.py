"""The report as a table on a terminal."""

from __future__ import annotations

import msgspec
import pytest
from rich.console import Console

from praxi_tasks.audit.report import AuditReport, ReportedImage, ReportedLayer, State
from praxi_tasks.audit.terminal import report_table
from praxi_tasks.discovery import Unexplained

LAYER = ReportedLayer(digest="sha256:" + "0" * 64, releases=(), unexplained=Unexplained(files=7, roots=()))


def image(name: str, state: State = State.AUDITED) -> ReportedImage:
    failed = state is State.FAILED
    return ReportedImage(
        image=name, digest="", platform="linux/amd64", state=state,
        reason="no such tag" if failed else None, reason_code="not-found" if failed else None,
        retryable=False, namespaces=(), pods=1, first_seen="", last_seen="", warnings=(),
        layers=() if failed else (0,),
    )  # fmt: skip


def lines(*images: ReportedImage, width: int = 80) -> list[str]:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(report_table(AuditReport("m", "", images, (LAYER,))))
    return captured.get().splitlines()


def test_names_and_reasons_are_shown_as_escapes_and_never_as_markup() -> None:
    hostile = image("[red]evil\x1b[31m/a:\n1", State.FAILED)
    text = lines(msgspec.structs.replace(hostile, reason="\x1b]0;pwned\x07"), image("[red]evil\x1b[31m/b:1"))
    assert all(line.isprintable() for line in text)
    assert "[red]evil\\x1b[31m" in "".join(text)


def test_names_fit_an_ordinary_terminal() -> None:
    shown = lines(image("127.0.0.1:36023/monitoring/collector:2.1"), image("127.0.0.1:36023/shop/web:1.4"))
    (row,) = [line for line in shown if line.startswith("monitoring/collector:2.1 ")]
    assert row.split()[1:] == ["audited", "1", "0", "0", "0", "7", "?"]
    assert sum("127.0.0.1:36023" in line for line in shown) == 1
    assert max(map(len, shown)) <= 80


@pytest.mark.parametrize(
    "names",
    [
        ("a.example/x:1", "b.example/x:1"),
        ("a.example/x:1",),
        ("oci:folder", "oci:other"),
        ("x:1", "a.example/x:1"),
    ],
)
def test_names_are_whole_where_registries_differ(names: tuple[str, ...]) -> None:
    shown = lines(*map(image, names))
    assert [line.split()[0] for line in shown if "audited" in line] == list(names)


def test_a_failed_image_says_why_under_its_whole_name() -> None:
    shown = lines(image("a.example/x:1"), image("a.example/gone:1", State.FAILED))
    assert "a.example/gone:1: no such tag" in map(str.rstrip, shown)


@pytest.mark.parametrize("width", [40, 60, 78])
def test_a_narrow_terminal_has_a_paragraph_for_each_image(width: int) -> None:
    shown = lines(image("a.example/shop/web:1"), image("a.example/gone:1", State.FAILED), width=width)
    assert max(map(len, shown)) <= width
    text = " ".join(" ".join(shown).split())
    assert "Image in a.example State" in text
    assert "shop/web:1 audited Layers: 1" in text
    assert "Unexplained: 7, Gaps: ?" in text
    assert text.count("no such tag") == 1
