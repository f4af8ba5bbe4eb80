from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.feeds import feeds as command
from praxi_tasks.errors import FeedError
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.assessment.history import History, remember
from praxi_tasks.findings.feeds.distribution_packages import Offer
from praxi_tasks.findings.feeds.package_indexes import NPM, PYPI
from praxi_tasks.findings.feeds.release_list_mirror import audited_packages, renewed_lists, sighted_releases
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.store import Store, keys, open_store
from tests.findings.osv import archive, record
from tests.support.process import free_port

AT = "2026-11-20T00:00:00+00:00"
FLASK = {
    "files": [
        {"filename": "Flask-1.0.tar.gz", "upload-time": "2020-01-03T00:00:00Z"},
        {"filename": "flask-1.0-py3-none-any.whl", "upload-time": "2020-01-02T00:00:00Z"},
        {"filename": "flask-2.0-py3-none-any.whl", "upload-time": "2022-01-01T00:00:00Z", "yanked": "broken"},
        {"filename": "flask-2.1-py3-none-any.whl", "upload-time": "2022-02-01T00:00:00Z", "yanked": False},
        {"filename": "flask-docs.zip"},
    ]
}


LODASH = {
    "versions": {
        "4.17.20": {},
        "4.17.21": {},
        "4.17.22": {"deprecated": "wrong"},
        "5.0.0": {"deprecated": ""},
    },
    "time": {"created": "2012-01-01", "4.17.20": "2020-08-13T16:53:54Z", "4.17.21": "2021-02-20T15:42:16Z"},
}
DOCUMENTS = {
    "/simple/flask/": FLASK,
    "/npm/lodash": LODASH,
    "/npm/@babel%2Fcore": {"versions": {"7.0.0": {}}},
}


@pytest.fixture
def site() -> Iterator[str]:
    """Two indexes that know some packages, and answer HTML for anything called html."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            python = self.path.startswith("/simple/")
            known = (
                DOCUMENTS.get(self.path) if not python or "simple.v1+json" in self.headers["Accept"] else None
            )
            self.send_response(200 if known or "/html" in self.path else 404)
            self.end_headers()
            self.wfile.write(json.dumps(known).encode() if known else b"<!doctype html>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def index(site: str) -> str:
    return f"{site}/simple/"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that remembers an audit of two Python packages and a Debian one."""
    store = open_store(str(tmp_path / "store"))
    components = tuple(
        Component(ecosystem, name, ("1",), f"pkg:{ecosystem}/{name}@1", ("inventory",))
        for ecosystem, name in (("pypi", "html"), ("pypi", "flask"), ("pypi", "flask"), ("deb", "bash"))
    )
    audit = AssessedAudit("run", AT, "", "m", (AssessedImage("i:1", components=components),))
    History(store, "dag").add(remember(audit))
    for name, data in parquet_tables(audit):
        store.put(keys.run("run", f"tables/{name}.parquet"), data)
    return store


def test_the_last_audits_packages_are_asked_for(store: Store, tmp_path: Path) -> None:
    assert audited_packages(store, "pypi") == ["flask", "html"]
    assert audited_packages(open_store(str(tmp_path / "empty")), "pypi") == []


def test_a_release_is_as_old_as_its_first_file_and_yanked_ones_are_none(index: str) -> None:
    assert json.loads(renewed_lists(PYPI, index, ["flask"], None)) == {
        "flask": {"1.0": "2020-01-02", "2.1": "2022-02-01"}
    }


def test_what_can_not_be_had_stays_as_it_was(index: str) -> None:
    before = json.dumps({"html": {"1": "2020-01-01"}, "gone": {"2": ""}, "flask": {}}).encode()
    lists = json.loads(renewed_lists(PYPI, index, ["flask", "html", "gone"], before))
    assert (lists["html"], lists["gone"]) == ({"1": "2020-01-01"}, {"2": ""})
    assert set(lists["flask"]) == {"1.0", "2.1"}


def test_an_index_that_is_down_is_an_error(index: str) -> None:
    for base in (index, f"http://127.0.0.1:{free_port()}/simple"):
        with pytest.raises(FeedError):
            renewed_lists(PYPI, base, ["html"], None)


def test_npms_registry_tells_versions_and_days(site: str) -> None:
    lists = json.loads(renewed_lists(NPM, f"{site}/npm/", ["lodash", "@babel/core", "html"], None))
    assert lists["lodash"] == {"4.17.20": "2020-08-13", "4.17.21": "2021-02-20", "5.0.0": ""}
    assert lists["@babel/core"] == {"7.0.0": ""}
    assert "html" not in lists


def test_a_distributions_versions_are_dated_by_their_first_sight() -> None:
    old, new = Offer("bash", "5.2-1", "bash", "5.2-1"), Offer("bash", "5.2-2", "bash", "5.2-2")
    first = sighted_releases([old], None, "2026-11-20", "x")
    second = sighted_releases([old, new], first, "2026-11-21", "x")
    assert json.loads(second) == {"bash": {"5.2-1": "", "5.2-2": "2026-11-21"}}
    assert sighted_releases([new], second, "2026-11-22", "x") == second


def test_the_command_mirrors_them(index: str, store: Store, tmp_path: Path) -> None:
    (tmp_path / "up/PyPI").mkdir(parents=True)
    (tmp_path / "up/PyPI/all.zip").write_bytes(archive(record("P-1", "a", {"introduced": "0"})))
    arguments = ["--store", store.uri, "--osv", str(tmp_path / "up"), "--ecosystem", "PyPI", "--index", index]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert b'"2.1"' in store.get("feeds/releases/pypi.json")
    assert b"releases/pypi.json" in store.get("feeds/feeds.json")
