"""Records of distributions beside Debian's, Alpine's and Red Hat's."""

from __future__ import annotations

from tests.inventory.layers import inventory_of, only

PACMAN = b"""%NAME%
bash

%VERSION%
5.2.026-2

%BASE%
bash

%ARCH%
x86_64

%LICENSE%
GPL-3.0-or-later
custom:x

"""
FILES = b"%FILES%\nusr/\nusr/bin/\nusr/bin/bash\nusr/bin/sh\n\n%BACKUP%\netc/bash.bashrc\tabc\n"
CONTENTS = (
    b"dir /usr/bin\nobj /usr/bin/my tool 0123456789abcdef 1700000000\nsym /usr/bin/t -> my tool 1700000000\n"
)
OPKG = b"""Package: busybox
Version: 1.36.1-1
Architecture: x86_64
Status: install user installed

Package: gone
Version: 1
Status: deinstall ok not-installed
"""


def test_pacman() -> None:
    folder = "var/lib/pacman/local/bash-5.2.026-2"
    claim = only(inventory_of({f"{folder}/desc": PACMAN, f"{folder}/files": FILES}))
    assert (claim.ecosystem, claim.name, claim.version) == ("alpm", "bash", "5.2.026-2")
    assert (claim.architecture, claim.source, claim.source_version) == ("x86_64", "bash", "5.2.026-2")
    assert claim.files == ("usr/bin/bash", "usr/bin/sh")
    assert claim.licences == ("GPL-3.0-or-later", "custom:x")


def test_pacman_without_a_name() -> None:
    inventory = inventory_of({"var/lib/pacman/local/x/desc": b"%VERSION%\n1\n%%\n%NAME%\n"})
    assert not inventory.claims
    assert len(inventory.problems) == 1


def test_portage() -> None:
    folder = "var/db/pkg/app-shells/my-tool-2-5.2_p26-r1"
    claim = only(inventory_of({f"{folder}/CONTENTS": CONTENTS, f"{folder}/LICENSE": b"GPL-3+\n"}))
    assert (claim.ecosystem, claim.name, claim.version) == ("ebuild", "app-shells/my-tool-2", "5.2_p26-r1")
    assert claim.files == ("usr/bin/my tool", "usr/bin/t")
    assert claim.licences == ("GPL-3+",)


def test_a_folder_of_portage_that_names_no_release() -> None:
    inventory = inventory_of({"var/db/pkg/app-shells/bash/CONTENTS": CONTENTS})
    assert not inventory.claims
    assert len(inventory.problems) == 1


def test_opkg() -> None:
    folder = "usr/lib/opkg"
    listed = {f"{folder}/info/busybox.list": b"/bin/busybox\t0100755\n/bin/sh\n"}
    claim = only(inventory_of({f"{folder}/status": OPKG, **listed}))
    assert (claim.name, claim.version, claim.architecture) == ("busybox", "1.36.1-1", "x86_64")
    assert claim.files == ("bin/busybox", "bin/sh")
