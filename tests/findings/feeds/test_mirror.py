from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.feeds import feeds as command
from praxi_tasks.errors import ExitCode, FeedError, PraxiError, UsageError
from praxi_tasks.findings.advisories.index_cache import load_index
from praxi_tasks.findings.feeds.fetching import read_url
from praxi_tasks.findings.feeds.folder import StoreFeeds, archive_name, open_feeds, read_state
from praxi_tasks.findings.feeds.health import health_of
from praxi_tasks.findings.feeds.mirror import Mirror, osv_sources
from praxi_tasks.store import Store, open_store
from tests.findings.osv import archive, record
from tests.support.process import free_port

RANGE = ({"introduced": "0"}, {"fixed": "2.0"})
FIRST, SECOND = archive(record("P-1", "a", *RANGE)), archive(record("P-2", "a", *RANGE))
DAY, NEXT = "2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A directory as OSV lays its exports out."""
    for name in ("PyPI", "Rocky Linux"):
        (tmp_path / "upstream" / name).mkdir(parents=True)
        (tmp_path / "upstream" / name / "all.zip").write_bytes(FIRST)
    return tmp_path / "upstream"


@pytest.fixture
def site(upstream: Path) -> Iterator[str]:
    """The same over HTTP."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(upstream))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


def states(store: Store, base: str, now: str = DAY) -> list[str]:
    outcomes = Mirror(store, timeout=60).fetch(osv_sources(base, ["PyPI", "Rocky Linux"]), now)
    return [outcome.state for outcome in outcomes]


def test_a_feed_that_lost_most_of_its_entries_is_not_taken_for_a_week(upstream: Path, store: Store) -> None:
    def publish(count: int) -> None:
        many = (record(f"P-{number}", "a", *RANGE) for number in range(count))
        (upstream / "PyPI" / "all.zip").write_bytes(archive(*many))

    publish(200)
    assert states(store, str(upstream)) == ["fetched", "fetched"]
    publish(99)
    outcome, _ = Mirror(store).fetch(osv_sources(str(upstream), ["PyPI", "Rocky Linux"]), NEXT)
    assert (outcome.state, outcome.retryable) == ("kept", True)
    assert "it has 99 entries, and the copy in use 200" in outcome.line(date(2026, 11, 21))
    publish(101)
    assert states(store, str(upstream), NEXT) == ["fetched", "unchanged"]
    publish(40)
    assert states(store, str(upstream), "2026-11-27T00:00:00+00:00") == ["kept", "unchanged"]
    assert states(store, str(upstream), "2026-11-29T00:00:00+00:00") == ["fetched", "unchanged"]
    publish(1)
    assert states(store, str(upstream), "2026-11-29T01:00:00+00:00") == ["fetched", "unchanged"]


def test_a_feed_that_went_back_in_time_is_not_taken_for_a_week(upstream: Path, store: Store) -> None:
    def publish(*days: str) -> None:
        many = (record(f"P-{day}", "a", *RANGE) | {"modified": f"{day}T07:00:00Z"} for day in days)
        (upstream / "PyPI" / "all.zip").write_bytes(archive(*many))

    publish("2026-11-19", "2026-11-10", "9999-01-01")
    assert states(store, str(upstream)) == ["fetched", "fetched"]
    publish("2026-11-18", "2026-11-12")  # what was newest may have been withdrawn
    assert states(store, str(upstream)) == ["fetched", "unchanged"]
    publish("2026-11-12", "2026-11-10")
    outcome, _ = Mirror(store).fetch(osv_sources(str(upstream), ["PyPI", "Rocky Linux"]), NEXT)
    assert (outcome.state, outcome.retryable) == ("kept", True)
    told = "its newest entry is of 2026-11-12, and that of the copy in use of 2026-11-18"
    assert told in outcome.line(date(2026, 11, 21))
    assert states(store, str(upstream), "2026-11-29T00:00:00+00:00") == ["fetched", "unchanged"]


def epss(day: str) -> bytes:
    return gzip.compress(
        f"#model_version:v2025.03.14,score_date:{day}T12:00:00Z\ncve,epss\nCVE-1,0.5\n".encode()
    )


def kev(day: str) -> bytes:
    return f'{{"dateReleased": "{day}T12:00:00.0Z", "vulnerabilities": [{{"cveID": "CVE-1"}}]}}'.encode()


@pytest.mark.parametrize(
    ("name", "made"),
    [("epss/epss_scores-current.csv.gz", epss), ("kev/known_exploited_vulnerabilities.json", kev)],
)
def test_lists_of_exploitation_do_not_go_back_either(
    tmp_path: Path, store: Store, name: str, made: Callable[[str], bytes]
) -> None:
    source = tmp_path / "feed"
    found = []
    for day in ("2026-11-19", "2026-11-10", "2026-11-20", "9999-01-01", "2026-13-77"):
        source.write_bytes(made(day))
        (outcome,) = Mirror(store).fetch({name: str(source)}, NEXT)
        found.append(outcome.state)
    assert found == ["fetched", "kept", "fetched", "fetched", "fetched"]


@pytest.mark.parametrize("kind", ["http", "file", "path"])
def test_feeds_come_from_a_site_or_a_directory(kind: str, site: str, upstream: Path, store: Store) -> None:
    base = {"http": site, "file": upstream.as_uri(), "path": str(upstream)}[kind]
    assert states(store, base) == ["fetched", "fetched"]
    assert StoreFeeds(store).read(archive_name("Rocky Linux")) == FIRST


def test_a_feeds_folder_can_be_mirrored_as_it_is(tmp_path: Path, upstream: Path, store: Store) -> None:
    upstream.rename(tmp_path / "osv")
    assert states(store, str(tmp_path)) == ["fetched", "fetched"]


def test_a_mirrored_folder_is_read_as_a_folder_and_as_a_store(upstream: Path, store: Store) -> None:
    states(store, str(upstream))
    for feeds in (open_feeds(store.uri), StoreFeeds(store)):
        index = load_index(feeds)
        assert {source.name for source in index.sources} == {"PyPI", "Rocky Linux"}
        assert not index.problems
        assert {
            item.age_days for item in health_of(index.sources, read_state(feeds), date(2026, 11, 22))
        } == {2}


def test_what_did_not_change_is_only_noted(upstream: Path, store: Store) -> None:
    states(store, str(upstream))
    (upstream / "PyPI/all.zip").write_bytes(SECOND)
    assert states(store, str(upstream), NEXT) == ["fetched", "unchanged"]
    noted = read_state(StoreFeeds(store))
    assert {entry.fetched for entry in noted.values()} == {NEXT}
    assert StoreFeeds(store).read(archive_name("PyPI")) == SECOND


@pytest.mark.parametrize("broken", [FIRST[:-30], b"<html>proxy</html>", b"", archive()])
def test_a_broken_download_keeps_yesterdays_copy_and_age(broken: bytes, upstream: Path, store: Store) -> None:
    states(store, str(upstream))
    (upstream / "PyPI/all.zip").write_bytes(broken)
    assert states(store, str(upstream), NEXT) == ["kept", "unchanged"]
    assert StoreFeeds(store).read(archive_name("PyPI")) == FIRST
    assert read_state(StoreFeeds(store))[archive_name("PyPI")].fetched == DAY


def test_a_site_that_is_down_keeps_every_copy(upstream: Path, store: Store) -> None:
    states(store, str(upstream))
    assert states(store, f"http://127.0.0.1:{free_port()}", NEXT) == ["kept", "kept"]
    assert StoreFeeds(store).read(archive_name("PyPI")) == FIRST


def test_what_the_site_has_not_is_named(site: str, store: Store) -> None:
    (outcome,) = Mirror(store).fetch(osv_sources(site, ["Debian"]), DAY)
    assert "answered 404" in outcome.reason
    assert outcome.state == "missing"
    assert "nothing is in use" in outcome.line(date(2026, 11, 20))


def test_of_what_is_kept_the_age_is_told(upstream: Path, store: Store) -> None:
    states(store, str(upstream))
    (upstream / "PyPI/all.zip").write_bytes(b"")
    (outcome,) = Mirror(store).fetch(osv_sources(str(upstream), ["PyPI"]), NEXT)
    assert outcome.line(date(2026, 11, 28)).startswith(
        "kept       osv/PyPI/all.zip  in use: the copy of 2026-11-20, 8 days old; "
    )
    store.delete("feeds.json")
    (outcome,) = Mirror(store).fetch(osv_sources(str(upstream), ["PyPI"]), NEXT)
    assert "a copy of unknown age" in outcome.line(date(2026, 11, 28))


def test_credentials_are_neither_noted_nor_told(store: Store, upstream: Path) -> None:
    port = free_port()
    with pytest.raises(FeedError) as caught:
        read_url(f"http://me:hunter2@127.0.0.1:{port}/all.zip", 1)
    assert "hunter2" not in str(caught.value)
    assert caught.value.retryable


def test_another_scheme_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        read_url("gopher://example.org/all.zip", 1)


def test_the_command_asks_for_another_try_once_and_then_records(
    upstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = (tmp_path / "store").as_uri()
    arguments = [
        "--store",
        store,
        "--osv",
        str(upstream),
        "--ecosystem",
        "PyPI",
        "--ecosystem",
        "npm",
        "--run",
        "r",
    ]
    absent = CliRunner().invoke(command, arguments)
    assert getattr(absent.exception, "exit_code", 0) == ExitCode.USAGE
    assert "never fetched: 1 of 2 feeds (osv/npm/all.zip)" in str(absent.exception)
    monkeypatch.setenv("PRAXI_LAST_TRY", "1")
    assert CliRunner().invoke(command, arguments).exit_code != 0
    assert b"osv/npm/all.zip" in open_store(store).get("audits/r/feeds.json")

    (upstream / "npm").mkdir()
    (upstream / "npm/all.zip").write_bytes(FIRST)
    assert CliRunner().invoke(command, arguments).exit_code == 0
    (upstream / "npm/all.zip").unlink()
    last = CliRunner().invoke(command, arguments)
    assert last.exit_code == 0
    assert last.output.split()[:2] == ["unchanged", "osv/PyPI/all.zip"]
    assert "0 days old" in last.output
    monkeypatch.delenv("PRAXI_LAST_TRY")
    tried = CliRunner().invoke(command, arguments)
    assert getattr(tried.exception, "exit_code", 0) == ExitCode.USAGE
    (upstream / "npm/all.zip").write_bytes(b"<html>")
    tried = CliRunner().invoke(command, arguments)
    assert getattr(tried.exception, "exit_code", 0) == ExitCode.TEMPFAIL
    down = CliRunner().invoke(command, [*arguments, "--epss", f"http://127.0.0.1:{free_port()}/epss.csv.gz"])
    assert getattr(down.exception, "exit_code", 0) == ExitCode.TEMPFAIL


def test_a_broken_feed_without_a_copy_is_final(upstream: Path, tmp_path: Path) -> None:
    (upstream / "PyPI/all.zip").write_bytes(b"<html>")
    arguments = ["--store", str(tmp_path / "store"), "--osv", str(upstream), "--ecosystem", "PyPI"]
    ended = CliRunner().invoke(command, arguments)
    assert isinstance(ended.exception, PraxiError)
    assert ended.exception.exit_code == 1
