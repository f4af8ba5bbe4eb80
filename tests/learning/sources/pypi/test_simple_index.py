"""Wheels out of an index that is spoken to directly: both of its languages, real ones, and hostile ones."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator

import pytest

from praxi_tasks.errors import (
    DataError,
    IndexUnavailableError,
    ReleaseError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
    UsageError,
)
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.configured import configured_sources
from praxi_tasks.learning.sources.pypi.pip import PipSource
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import Store
from tests.support.site import Answer, Site, site
from tests.support.tools import need

SHOP = parse_label("shop==1.0")
JSON = "application/vnd.pypi.simple.v1+json"


def wheel(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in files.items():
            archive.writestr(f"shop/{path}.py", content)
    return data.getvalue()


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        yield running


@pytest.fixture(params=["json", "html"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def publish(server: Site, language: str, files: dict[str, bytes], digest: str = "") -> SimpleIndex:
    """Put files on an index, in one of the two languages that indexes speak."""
    digests = {name: digest or hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if language == "json":
        listed = [
            {"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": digests[name]}}
            for name in files
        ]
        page = Answer(json.dumps({"meta": {"api-version": "1.0"}, "files": listed}).encode(), JSON)
    else:
        links = (f'<a href="../../files/{n}#sha256={digests[n]}">{n}</a><br>' for n in files)
        page = Answer(f"<!DOCTYPE html><body>{''.join(links)}</body>".encode(), "text/html; charset=utf-8")
    server.answers["/simple/shop/"] = page
    server.answers |= {f"/files/{name}": Answer(data) for name, data in files.items()}
    return SimpleIndex(f"{server.url}/simple")


def test_the_wheel_of_the_version_is_listed(server: Site, language: str) -> None:
    files = {
        "shop-1.0-py3-none-any.whl": wheel(a=b"1"),
        "shop-2.0-py3-none-any.whl": wheel(a=b"2"),
        "shop-1.0.tar.gz": b"source",
    }
    index = publish(server, language, files)
    assert index.read(SHOP).checked().paths == ["site-packages/shop/a.py"]
    assert index.versions(SHOP) == ["2.0", "1.0"]


@pytest.mark.parametrize(
    ("published", "offered"),
    [
        (["1.0", "2.0b1", "0.9"], ["1.0", "0.9"]),
        (["0.47b0", "0.48b0", "0.48b0.dev1"], ["0.48b0", "0.48b0.dev1", "0.47b0"]),
    ],
)
def test_what_is_no_release_yet_counts_where_nothing_else_does(
    server: Site, language: str, published: list[str], offered: list[str]
) -> None:
    index = publish(
        server, language, {f"shop-{version}-py3-none-any.whl": wheel(a=b"1") for version in published}
    )
    assert index.versions(SHOP) == offered


@pytest.mark.parametrize("spell", [str.lower, str.upper])
def test_header_names_in_any_case(server: Site, language: str, spell: Callable[[str], str]) -> None:
    server.spell = spell
    index = publish(server, language, {"shop-1.0-py3-none-any.whl": wheel(a=b"1")})
    assert index.versions(SHOP) == ["1.0"]


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/json", "odd", f"{JSON}; charset=utf-8", JSON.upper(), "text/html"],
)
def test_what_the_page_holds_decides_where_its_media_type_does_not(server: Site, media_type: str) -> None:
    index = publish(server, "json", {"shop-1.0-py3-none-any.whl": wheel(a=b"1")})
    page = server.answers["/simple/shop/"]
    for data in (page.data, b"\xef\xbb\xbf \n" + page.data):
        server.answers["/simple/shop/"] = page._replace(kind=media_type, data=data)
        assert index.versions(SHOP) == ["1.0"]


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/vnd.pypi.simple.v1+html", "odd"])
def test_a_page_of_links_without_its_media_type(server: Site, media_type: str) -> None:
    index = publish(server, "html", {"shop-1.0-py3-none-any.whl": wheel(a=b"1")})
    page = server.answers["/simple/shop/"]
    server.answers["/simple/shop/"] = page._replace(kind=media_type)
    assert index.versions(SHOP) == ["1.0"]


def test_the_wheel_that_most_images_would_have_is_taken(server: Site, language: str) -> None:
    names = ("cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_17_x86_64", "cp39-cp39-musllinux_1_1_x86_64")
    index = publish(server, language, {f"shop-1.0-{name}.whl": wheel(a=name.encode()) for name in names})
    assert "manylinux" in index.read(SHOP).source


def test_a_version_without_a_wheel_is_not_found(server: Site, language: str) -> None:
    index = publish(server, language, {"shop-1.0.tar.gz": b"source", "shop.txt": b""})
    with pytest.raises(ReleaseNotFoundError, match="no wheel"):
        index.read(SHOP)
    with pytest.raises(ReleaseNotFoundError, match="does not have it"):
        index.read(parse_label("farm==1.0"))


def test_a_file_that_is_not_the_listed_one_is_refused(server: Site, language: str) -> None:
    index = publish(server, language, {"shop-1.0-py3-none-any.whl": wheel(a=b"1")}, digest="ab" * 32)
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        index.read(SHOP)


def test_a_file_that_is_no_wheel_is_an_error(server: Site, language: str) -> None:
    index = publish(server, language, {"shop-1.0-py3-none-any.whl": b"PK\x03\x04 not really"})
    with pytest.raises(DataError, match="can't be read"):
        index.read(SHOP)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"{", JSON),
        Answer(b'{"files": 3}', JSON),
        Answer(b'{"files": [{"filename": "\xff"}]}', JSON),
        Answer(b"", "text/html", 500),
        Answer(b"\xff<a href=>", "text/html"),
        Answer(b'<a href="http://[::1">x</a><a href="../shop-1.0-py3-none-any.whl">x</a>', "text/html"),
        Answer(b'{"files": [{"filename": "../shop-1.0-py3-none-any.whl", "url": "x"}]}', JSON),
    ],
)
def test_nonsense_is_a_reason_and_no_crash(server: Site, answer: Answer) -> None:
    server.answers["/simple/shop/"] = answer
    with pytest.raises(ReleaseError):
        SimpleIndex(f"{server.url}/simple").read(SHOP)


LOGIN = (
    "<html><title>\n Sign\tin </title><svg><title>a key</title></svg>"
    "<a href=/forgot>x</a><form><button>Go on with SSO</button></form>"
)
EMPTY = '<!DOCTYPE html><meta name="pypi:repository-version" content="1.0"><title>shop</title>'


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (LOGIN, r"with the title 'Sign in' and no link to a file of shop.*check the index's address"),
        ("<title>\x1b[31mred</title>", r"'\\\\x1b\[31mred'"),
        ("<p>Welcome", "without a title"),
    ],
)
def test_a_page_without_files_that_is_no_index_is_told_as_what_it_is(
    server: Site, page: str, told: str
) -> None:
    server.answers["/simple/shop/"] = Answer(page.encode(), "text/html")
    with pytest.raises(IndexUnavailableError, match=told):
        SimpleIndex(f"{server.url}/simple").versions(SHOP)


@pytest.mark.parametrize(
    "page",
    [
        EMPTY,
        "<title>Links for shop</title>",
        "<title>Simple index</title><a href=..>up</a>",
        "<title>Index of /simple/shop</title><a href=..>up</a>",
        "<a href=shop-1.0.tar.gz>source</a>",
    ],
)
def test_a_package_may_have_no_wheels(server: Site, page: str) -> None:
    server.answers["/simple/shop/"] = Answer(page.encode(), "text/html")
    assert SimpleIndex(f"{server.url}/simple").versions(SHOP) == []


def test_credentials_go_to_the_index_and_into_no_message(server: Site) -> None:
    url = server.url.replace("://", "://me:secret@")
    with pytest.raises(ReleaseNotFoundError) as caught:
        SimpleIndex(f"{url}/simple").read(SHOP)
    assert server.asked == [("/simple/shop/", "Basic bWU6c2VjcmV0")]
    assert "secret" not in str(caught.value)


def test_a_setting_decides_who_is_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_LEARN_SOURCES", "pypi")
    assert isinstance(configured_sources(store)[0], PipSource)
    monkeypatch.setenv("PRAXI_LEARN_PYPI_INDEX", "https://index.example/simple/")
    assert isinstance(configured_sources(store)[0], SimpleIndex)
    monkeypatch.setenv("PRAXI_LEARN_PYPI_INDEX", "index.example")
    with pytest.raises(UsageError):
        configured_sources(store)


@pytest.mark.slow
@pytest.mark.server
def test_the_real_index_gives_what_pip_gives() -> None:
    need("pip")
    told = subprocess.run(
        ["pip", "index", "versions", "-vv", "six"], capture_output=True, text=True, check=False
    )
    address = re.search(r"(https?://\S+)/six/", told.stdout + told.stderr)
    if address is None:
        pytest.skip(f"pip names no index: {told.stderr[-200:]}")
    index, wanted = SimpleIndex(address[1]), parse_label("six==1.16.0")
    direct, through_pip = index.read(wanted).checked(), PipSource().read(wanted).checked()
    assert direct.content_id == through_pip.content_id
    in_parts = SimpleIndex(address[1], in_parts=True)
    assert in_parts.read(wanted).checked().content_id == direct.content_id  # it is smaller than a part
    larger = parse_label("werkzeug==3.0.0")
    part, whole = in_parts.read(larger).checked(), index.read(larger).checked()
    assert (part.paths, part.sizes.tolist()) == (whole.paths, whole.sizes.tolist())
    assert part.hashes.all()
    fetched = part.hashes == whole.hashes
    assert 0 < fetched.sum() < len(fetched)  # of the others RECORD lists the contents
    assert "1.16.0" in index.versions(wanted)
