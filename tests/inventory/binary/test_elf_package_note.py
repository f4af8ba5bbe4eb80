from __future__ import annotations

import pytest

from tests.inventory.binary.programs import inspect, releases
from tests.support.programs import elf, package_note, pe

NOTE = (
    b'{"type":"rpm","name":"bash","version":"5.2.26-3.fc40","architecture":"x86_64","osCpe":"cpe:/o:f:f:40"}'
)


@pytest.mark.parametrize("little", [True, False])
def test_the_package_of_a_file(little: bool) -> None:
    other = b"\4\0\0\0\3\0\0\0\1\0\0\0GNU\0abc\0" if little else b"\0\0\0\4\0\0\0\3\0\0\0\1GNU\0abc\0"
    program = elf({".note.package": other + package_note(NOTE + b"\0", little=little)}, little=little)
    assert releases(program) == ["rpm/bash@5.2.26-3.fc40"]
    assert inspect(program).claims[0].architecture == "x86_64"


@pytest.mark.parametrize(
    "text", [b"{}", b'{"type":"deb","name":"x"}', b'{"type":"nix","name":"x","version":"1"}']
)
def test_a_note_that_names_no_package(text: bytes) -> None:
    assert releases(elf({".note.package": package_note(text)})) == []


def test_notes_that_are_none() -> None:
    assert releases(elf({".note.package": b"\xff" * 40})) == []
    assert releases(pe({".note.package": package_note(NOTE)})) == []


@pytest.mark.parametrize("text", [b"no JSON", b'{"name": 1}', b'{"name":"\xff"}'])
def test_a_damaged_note_is_told(text: bytes) -> None:
    found = inspect(elf({".note.package": package_note(text)}))
    assert not found.claims
    assert "note" in found.problems[0]
