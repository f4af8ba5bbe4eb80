"""The page as a text: what stands in it, and that no name is anything but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from praxi_tasks.learning.run.report.page import training_page
from tests.learning.run.report.report_data import drawn, report_data

HOSTILE = "</script><script>alert(1)</script><!--<script>'\"`${x}\u2028&lt;"


class Elements(HTMLParser):
    """Collects a page's elements, and the text of those that hold no markup: scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[tuple[str | None, str]] = []
        self.styles: list[str] = []
        self.cells: list[str] = []
        self._raw = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._raw = tag if tag in {"script", "style", "td"} else ""
        if tag == "script":
            self.scripts.append((dict(attrs).get("type"), ""))
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = kind, text + data
        elif self._raw == "style":
            self.styles.append(data)
        elif self._raw == "td":
            self.cells[-1] += data

    @property
    def specs(self) -> list[dict[str, Any]]:
        return [json.loads(text) for kind, text in self.scripts if kind == "application/json"]

    @property
    def running(self) -> list[str]:
        return [text for kind, text in self.scripts if kind is None]

    @property
    def policy(self) -> str:
        return next(value for name, value in self.attributes if value and value.startswith("default-src"))


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_the_pages_own_style_and_scripts_and_nothing_else() -> None:
    page = Elements(training_page(report_data()))
    styles, scripts = " ".join(map(digest, page.styles)), " ".join(map(digest, page.running))
    assert page.policy == f"default-src 'none'; style-src {styles}; script-src {scripts}"
    assert (len(page.styles), len(page.running)) == (1, 4)
    assert not {"style", "src", "href"} & {name for name, _ in page.attributes}
    assert not any(name.startswith("on") for name, _ in page.attributes)


def test_no_script_holds_what_would_end_it_early_or_names_a_source_map() -> None:
    for script in Elements(training_page(report_data())).running:
        assert not re.search(r"</script|<!--|sourceMappingURL", script, re.IGNORECASE)


def test_every_figure_that_is_drawn_is_in_a_table_too() -> None:
    page = Elements(training_page(report_data(trials=[0.9, 0.8])))
    assert len(page.specs) == 6
    told = {str(value) for spec in page.specs for row in drawn(spec) for value in row.values()}
    assert {"pypi/nose2", "0.9713", "0.8"} < told
    assert told <= set(page.cells)


def test_a_chart_of_nothing_is_left_out() -> None:
    assert len(Elements(training_page(report_data(confused=()))).specs) == 4


def test_a_training_that_changed_nothing_carries_no_script() -> None:
    from dataclasses import replace

    page = training_page(replace(report_data(), evaluation=None))
    assert Elements(page).scripts == []
    assert len(page) < 20_000


def test_a_page_of_a_long_history_stays_small() -> None:
    names = [f"package-{number}" for number in range(200)]
    confused = [(f"pypi/package-{number}", f"pypi/package-{number + 1}", 2) for number in range(20)]
    page = training_page(report_data(names, confused=confused, history=1_000, trials=[0.9] * 50))
    assert len(page.encode()) < 1_500_000


@pytest.fixture(scope="module")
def harmless() -> Elements:
    return Elements(training_page(report_data(["a"], confused=[("a", "b", 1)])))


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1), st.text(max_size=40))
@example(HOSTILE, "]]></script >")
def test_no_name_leaves_its_place(harmless: Elements, name: str, other: str) -> None:
    page = Elements(training_page(report_data([name], confused=[(name, other, 1)])))
    assert page.tags == harmless.tags
    assert page.running == harmless.running
    (pair,) = drawn(page.specs[-1])
    assert (pair["missed"], pair["named instead"]) == (name, other)
