"""Which claimed releases have files of their own."""

from __future__ import annotations

from praxi_tasks.audit.recognisable import recognisable
from praxi_tasks.inventory import ARCHIVED, EDITABLE, VENDORED, Claim


def inside(ecosystem: str, name: str, file: str) -> Claim:
    return Claim(ecosystem, name, "1.0", file, files=(file,))


def names(*claims: Claim) -> list[str]:
    return [claim.name for claim in recognisable(claims)]


def test_what_a_program_was_compiled_of_has_none() -> None:
    assert names(inside("cargo", "addr2line", "usr/lib/_rust.so")) == []
    modules = (inside("golang", name, "app") for name in ("golang.org/x/net", "example.com/app"))
    assert names(*modules) == []


def test_a_program_that_cargo_installed_has_its_own() -> None:
    listed = Claim("cargo", "ripgrep", "14.1.1", "root/.cargo/.crates2.json", files=("root/.cargo/bin/rg",))
    assert names(listed) == ["ripgrep"]


def test_an_archive_of_one_package_is_its_file_and_one_of_several_nobodys() -> None:
    assert names(inside("maven", "guava", "app/guava.jar")) == ["guava"]
    assert names(inside("maven", "guava", "app/all.jar"), inside("maven", "gson", "app/all.jar")) == []


def test_how_it_is_there_decides() -> None:
    given = {
        relation: Claim("pypi", "flask", "3.0", "site-packages/flask.dist-info/METADATA", relation=relation)
        for relation in ("", EDITABLE, ARCHIVED, VENDORED)
    }
    assert {relation for relation, claim in given.items() if names(claim)} == {"", EDITABLE}


def test_programs_without_an_index_are_nothing_to_learn() -> None:
    assert names(Claim("generic", "bash", "5.2", "usr/bin/bash", files=("usr/bin/bash",))) == []
