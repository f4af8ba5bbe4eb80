from __future__ import annotations

from praxi_tasks.inventory import Inventory, Placement
from tests.inventory.layers import inventory_of


def test_diversions_and_rules_are_kept() -> None:
    inventory = inventory_of(
        {
            "var/lib/dpkg/diversions": b"/usr/bin/man\n/usr/bin/man.REAL\n:\n"
            b"/bin/sh\n/bin/sh.distrib\ndash\n/x\n",
            "etc/dpkg/dpkg.cfg": b"path-exclude = /srv/*\n",
            "etc/dpkg/dpkg.cfg.d/excludes": b"# no\npath-exclude=/usr/share/man/*\npath-include /x\n"
            b"--path-include=/usr/share/man/man1/*\nforce-unsafe-io\n",
        }
    )
    assert inventory.placement == Placement(
        diversions=(("usr/bin/man", "usr/bin/man.REAL", ":"), ("bin/sh", "bin/sh.distrib", "dash")),
        rules=("-usr/share/man/*", "+usr/share/man/man1/*", "-srv/*"),
    )
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory
    assert not inventory.claims
    assert inventory_of({"etc/dpkg/dpkg.cfg": b"no-debsig\n"}).placement is None
