"""Whiteouts, those of nothing among them."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.oci.layer import LayerLimits
from tests.support.layers import (
    archive,
    changeset,
    folder,
    member,
    read,
)


def test_whiteouts_are_about_lower_layers() -> None:
    listed = [
        member("etc/.wh.removed"),
        member(".wh.top"),
        folder("etc/replaced"),
        member("etc/replaced/new"),
        member("etc/.wh.replaced"),
        member("opt/.wh..wh..opq"),
        member("opt/added"),
        member(".wh..wh..opq"),
        member("etc/a.wh.b"),
    ]
    changes = changeset(listed)
    assert changes.whiteouts == ("etc/removed", "top", "etc/replaced")
    assert changes.opaques == ("opt", "")
    assert list(changes.paths) == ["etc/replaced", "etc/replaced/new", "opt/added", "etc/a.wh.b"]


def test_notes_of_aufs_mean_nothing() -> None:
    listed = [folder(".wh..wh.plnk"), member(".wh..wh.plnk/12.34", b"x"), member(".wh..wh.aufs"), member("a")]
    changes = changeset(listed)
    assert (list(changes.paths), changes.whiteouts, changes.opaques) == (["a"], (), ())


@pytest.mark.parametrize("name", [".wh.", "a/.wh.", "a/.wh..", ".wh..."])
def test_whiteouts_of_nothing(name: str) -> None:
    with pytest.raises(LayerError, match="names nothing"):
        changeset([member(name)])


def test_whiteouts_count_as_entries() -> None:
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_ENTRIES"):
        read(archive([member(f".wh.{number}") for number in range(11)]), limits=LayerLimits(max_entries=10))
