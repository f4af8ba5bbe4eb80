"""Lists of packages, and which of them come first."""

from __future__ import annotations

from pathlib import Path

from praxi_tasks.learning.sources.debian.package_list import by_popularity, read_list

DIGEST = "ab" * 32


def stanza(name: str, *more: str) -> str:
    head = (f"Package: {name}", "Version: 1", f"Filename: pool/{name}.deb", f"SHA256: {DIGEST}")
    return "\n".join((*head, *more)) + "\n"


def test_what_systems_and_most_packages_need_comes_first(tmp_path: Path) -> None:
    (tmp_path / "Packages").write_text(
        "\n".join(
            [
                stanza("app", "Depends: libtool (>= 1) | libother, jq:any", "Section: utils"),
                stanza("tool", "Recommends: jq", "Suggests: libtool-dev, libthing-dev"),
                stanza("jq", "Section: utils", " folded: line"),
                stanza("libtool", "Section: contrib/libs"),
                stanza("libtool-dev", "Section: libdevel"),
                stanza("tree", "Section: utils"),
                stanza("office", "Size: 99000000"),
                stanza("base-files", "Priority: required"),
                "Package: lost\nVersion: 1\n",
                stanza("damaged").replace(DIGEST, "zz"),
            ]
        )
    )
    found = list(read_list(tmp_path / "Packages", "https://archive.example/debian"))
    assert found[0].needs == {"libtool", "libother", "jq"}
    assert found[0].url == "https://archive.example/debian/pool/app.deb"
    assert by_popularity(found) == [
        "base-files",
        "jq",
        "app",
        "tree",
        "libtool",
        "tool",
        "libtool-dev",
        "office",
    ]


def test_a_size_that_is_none_is_not_known(tmp_path: Path) -> None:
    sizes = ("9" * 5000, "-1", "many", "٣", "7")
    (tmp_path / "Packages").write_text("\n".join(stanza(f"p{n}", f"Size: {s}") for n, s in enumerate(sizes)))
    found = read_list(tmp_path / "Packages", "https://archive.example/debian")
    assert [package.size for package in found] == [0, 0, 0, 0, 7]
