"""Releases as people and pip write them, and what is none, whatever it looks like."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.learning.data.release_labels import list_lines, read_label

SUM = f"--hash=sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("flask == 3.0.0", ("pypi", "flask", "3.0.0")),
        ("flask===3.0.0", ("pypi", "flask", "3.0.0")),
        ("Flask[async,dotenv]==3.0.0", ("pypi", "flask", "3.0.0")),
        ("flask==1!2.0+local.1", ("pypi", "flask", "1!2.0+local.1")),
        ("flask==*", ("pypi", "flask", "")),
        ("pkg:pypi/flask@3.0.0?file_name=flask.whl#src", ("pypi", "flask", "3.0.0")),
        ("pkg:npm/%40scope/name@1.0.0", ("npm", "@scope/name", "1.0.0")),
        ("pkg:deb/debian/bash@1%3A5.2-1?arch=amd64", ("deb", "bash", "1:5.2-1")),
        ("pkg:maven/org.example/core@1.0", ("maven", "org.example:core", "1.0")),
        ("deb/libstdc++6@12.2.0-14", ("deb", "libstdc++6", "12.2.0-14")),
        ("NPM/left-pad@1.3.0", ("npm", "left-pad", "1.3.0")),
    ],
)
def test_what_names_a_release(text: str, label: tuple[str, str, str]) -> None:
    assert read_label(text) == label


@pytest.mark.parametrize(
    "text",
    ["..==1", ".==1", "../../etc==1", "npm/@scope/..@1", "flask==../../x", "flask==..", "flask==-1", "-e==1",
     "flask==3.*", "flask>=3", "flask==\u0661.\u0662", "fl\u0430sk==1", "\u200bflask==1", "flask==1\u200b",
     "flask==1\0",
     "flask==1\u2028six==1", "pypi/fl%2fask@1", "pkg:pypi/fl%2f..@1", "nobodys/flask@1", "-r other.txt",
     "flask @ https://example.com/flask.whl", "https://example.com/flask-3.0.0.whl", "flask==1,six==1",
     f"{'a' * 201}==1", f"flask=={'1' * 201}", "a/" * 100_000, "@" * 100_000, " " * 100_000 + "="],
)  # fmt: skip
def test_what_names_none(text: str) -> None:
    with pytest.raises(DataError, match="not a release") as caught:
        read_label(text)
    assert str(caught.value).isprintable()


def test_the_lines_of_a_list() -> None:
    text = (
        "\ufeff# made by pip\r\n"
        "flask==3.0.0 ; python_version < '3.13'\r\n"
        "six==1.16.0 \\\r\n"
        f"    {SUM} \\\n"
        f"    {SUM}\r"
        "\n\t \n"
        "wheel==0.43.0  # ours\n"
        f"idna==3.7 {SUM}\\"
    )
    found = [(2, "flask==3.0.0"), (3, "six==1.16.0"), (7, "wheel==0.43.0"), (8, "idna==3.7")]
    assert list(list_lines(text)) == found
    assert list(list_lines("\n" * 100_000 + "\\\n" * 100_000)) == []
