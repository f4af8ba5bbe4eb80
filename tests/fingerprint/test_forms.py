"""Files that are programs, links, or neither."""

from __future__ import annotations

import tarfile

import numpy as np
import pytest

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.forms import Form, are_alike
from praxi_tasks.fingerprint.tagset import Tagset
from tests.support.layers import changeset, folder, link, member

ENTRIES = [
    folder("bin"),
    member("bin/busybox", b"\x7fELF and more"),
    member("bin/script", b"#!/bin/sh\n"),
    member("bin/text", b"text"),
    member("bin/empty"),
    link("bin/ls", "/bin/busybox"),
    link("bin/ar", "x86_64-linux-gnu-ar"),
    link("bin/cat", "bin/busybox", tarfile.LNKTYPE),
]


def forms(tagset: Tagset) -> dict[str, Form]:
    return {path: Form(form) for path, form in zip(tagset.paths, tagset.forms.tolist(), strict=True)}


def test_the_form_of_each_file_of_a_layer() -> None:
    tagset = Tagset.from_changeset(changeset(ENTRIES))
    assert forms(tagset) == {
        "bin/busybox": Form.PROGRAM,
        "bin/script": Form.PROGRAM,
        "bin/text": Form.PLAIN,
        "bin/empty": Form.PLAIN,
        "bin/ls": Form.OTHER_LINK,
        "bin/ar": Form.LINK,
        "bin/cat": Form.OTHER_LINK,
    }
    assert forms(Tagset.from_bytes(tagset.to_bytes())) == forms(tagset)
    assert forms(tagset.select(np.array([5, 0]))) == {"bin/ar": Form.LINK, "bin/busybox": Form.PROGRAM}


def test_nobody_knows_the_forms_of_paths_alone() -> None:
    plain = Tagset.from_paths("sha256:ab", ["bin/ls"])
    assert not len(plain.forms)
    assert not len(Tagset.from_bytes(plain.to_bytes()).forms)


def test_forms_that_do_not_fit_are_refused() -> None:
    tagset = Tagset.from_changeset(changeset(ENTRIES))
    object.__setattr__(tagset, "forms", tagset.forms[1:])
    with pytest.raises(CorruptObjectError):
        Tagset.from_bytes(tagset.to_bytes())


@pytest.mark.parametrize(
    ("path", "target", "alike"),
    [
        ("usr/bin/python3", "python3.11", True),
        ("usr/lib/libz.so.1", "libz.so.1.2.13", True),
        ("usr/lib/libtk.so", "libtk8.6.so", True),
        ("usr/bin/awk", "/etc/alternatives/awk", True),
        ("bin/sh", "dash", True),
        ("usr/bin/db_dump", "db5.3_dump", True),
        ("usr/X11R6/bin", "../../bin", True),
        ("usr/X11R6", "..", True),
        ("bin/ls", "/bin/busybox", False),
        ("sbin/halt", "/bin/systemctl", False),
        ("bin/x", "/dev/null", False),
        ("lib/isNull.js", "/dev/null", False),
        ("site-packages/requests/__init__.py", "../evil.py", False),
        ("bin/a", "", True),
        ("a" * 4000 + "same", "b" * 4000 + "same", False),
    ],
)
def test_links_are_called_like_what_they_lead_to(path: str, target: str, alike: bool) -> None:
    assert are_alike(path, target) is alike
