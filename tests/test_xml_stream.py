"""Elements of XML; what is refused is tried with feeds, in ``tests/findings/feeds/test_xml_stream.py``."""

from __future__ import annotations

from praxi_tasks.xml_stream import stream_elements


def test_elements_that_nobody_needs_are_passed_over_with_all_in_them() -> None:
    document = (
        b"<list><package><name>a</name><format><files><file>no</file><package/>text</files>"
        b"<size>3</size></format></package><files/><package><name>b</name></package></list>"
    )
    first, second = stream_elements([document], ("package",), "list", "x.xml", skipped=("files",))
    assert [child.tag for child in first.children] == ["name", "format"]
    assert (first.text_of("format", "size"), first.text_of("format")) == ("3", "")
    assert (first.first("format", "files"), second.text_of("name")) == (None, "b")
