from __future__ import annotations

from collections.abc import Iterable

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.xml_stream import read_elements
from praxi_tasks.findings.feeds.zip_archive import MEMBERS_SETTING
from praxi_tasks.xml_stream import Element

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;">]>'
    "<updates><update>&m;</update></updates>"
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><updates><update>&x;</update></updates>'


def read(*pieces: bytes) -> list[Element]:
    return [*read_elements(pieces, ("update",), "updates", "x.xml")]


def test_elements_come_one_by_one_with_what_they_hold() -> None:
    def document() -> Iterable[bytes]:
        yield b'<?xml version="1.0"?><u:updates xmlns:u="n"><u:update a="1"><b>te'
        yield b"xt</b></u:update>"
        raise AssertionError("the rest was asked for before the first element was used")

    first = next(iter(read_elements(document(), ("update",), "updates", "x.xml")))
    assert (first.tag, first.attributes) == ("update", {"a": "1"})
    assert (first.text_of("b"), first.text_of("c")) == ("text", "")


@pytest.mark.parametrize("document", [LAUGHS, EXTERNAL, "<!DOCTYPE a SYSTEM 'http://x/y.dtd'><updates/>"])
def test_a_document_type_is_refused(document: str) -> None:
    with pytest.raises(DataError, match="document type"):
        read(document.encode())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "line 1: it is no XML"),
        (b"<updates>\n<update>", "line 2: it is no XML, or cut short"),
        (b"<updates>\n\n<update></updates>", "line 3: it is no XML"),
        (b"<html/>", "line 1: it begins with 'html', not 'updates'"),
        (b"<updates>" + b"<a>" * 200, "nests deeper"),
        (b"<updates><update>" + b"<a/>" * 500_001, "parts"),
        (b"<updates><update>" + b"a" * (17 << 20), "characters"),
        (b'<?xml version="1.0" encoding="klingon"?><updates/>', "line 1: it is no XML"),
        (b"<updates>&nothing;</updates>", "undefined entity"),
    ],
)
def test_what_is_no_such_document_is_named_with_its_line(document: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read(*(document[at : at + (1 << 18)] for at in range(0, max(len(document), 1), 1 << 18)))


def test_a_tag_that_never_ends_is_refused_before_all_of_it_is_read() -> None:
    pieces = [b'<updates><update a="'] + [b"a" * (1 << 20)] * 64
    given = iter(pieces)
    with pytest.raises(DataError, match="tag of more than"):
        [*read_elements(given, ("update",), "updates", "x.xml")]
    assert sum(1 for _ in given) > 32


def test_more_records_than_a_feed_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMBERS_SETTING, "2")
    with pytest.raises(DataError, match=MEMBERS_SETTING):
        read(b"<updates><update/><update/><update/></updates>")
