"""Records of distributions beside Debian's, Alpine's and Red Hat's."""

from __future__ import annotations

import pytest

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


XBPS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>_XBPS_ALTERNATIVES_</key><dict/>
  <key>bash</key>
  <dict>
    <key>architecture</key><string>x86_64</string>
    <key>license</key><string>GPL-3.0-or-later</string>
    <key>pkgver</key><string>bash-5.2.021_1</string>
    <key>state</key><string>installed</string>
  </dict>
  <key>half</key>
  <dict><key>pkgver</key><string>half-1_1</string><key>state</key><string>half-removed</string></dict>
</dict>
</plist>
"""
XBPS_FILES = b"""<plist version="1.0"><dict>
<key>files</key><array><dict><key>file</key><string>/usr/bin/bash</string></dict></array>
<key>links</key><array><dict><key>file</key><string>/usr/bin/sh</string></dict><string>x</string></array>
</dict></plist>"""
COS = (
    b'{"installedPackages": [{"category": "app-arch", "name": "gzip", "ebuildVersion": "1.9-r1"},'
    b' {"category": "dev-go", "name": "x", "version": "2"}], "buildTimePackages": [{"name": "y"}]}'
)

SLACKWARE = b"""PACKAGE NAME:     aaa_glibc-solibs-2.33-x86_64-5
COMPRESSED PACKAGE SIZE:     2.8M
UNCOMPRESSED PACKAGE SIZE:     13M
PACKAGE LOCATION: /var/log/mount/slackware64/a/aaa_glibc-solibs-2.33-x86_64-5.txz
PACKAGE DESCRIPTION:
aaa_glibc-solibs: aaa_glibc-solibs (shared GNU C libraries)
FILE LIST:
./
install/
install/doinst.sh
lib64/
lib64/libc-2.33.so
./usr/bin/ldd
"""
EOPKG = b"""<PISI>
    <Source><Name>nano-src</Name><Packager><Name>Somebody</Name></Packager></Source>
    <Package>
        <Name>nano</Name>
        <Summary xml:lang="en">Editor</Summary>
        <License>GPL-3.0-or-later</License>
        <History>
            <Update release="187">
                <Date>2024-05-01</Date>
                <Version>8.0</Version>
            </Update>
            <Update release="186"><Date>2023-01-01</Date><Version>7.2</Version></Update>
        </History>
        <Architecture>x86_64</Architecture>
    </Package>
</PISI>
"""
EOPKG_FILES = b"""<Files>
    <File><Path>usr/bin/nano</Path><Type>executable</Type></File>
    <File><Path>usr/share/nano/a&amp;b</Path><Type>data</Type></File>
</Files>
"""


def test_slackware() -> None:
    path = "var/lib/pkgtools/packages/aaa_glibc-solibs-2.33-x86_64-5"
    claim = only(inventory_of({path: SLACKWARE}))
    assert (claim.ecosystem, claim.name, claim.version) == ("slackware", "aaa_glibc-solibs", "2.33-5")
    assert claim.architecture == "x86_64"
    assert claim.files == ("lib64/libc-2.33.so", "usr/bin/ldd")


@pytest.mark.parametrize("name", ["bash", "bash-5.2-1"])
def test_a_file_of_slackware_that_names_no_release(name: str) -> None:
    inventory = inventory_of({f"var/log/packages/{name}": SLACKWARE})
    assert not inventory.claims
    assert len(inventory.problems) == 1


def test_a_file_that_is_no_record_of_slackware() -> None:
    inventory = inventory_of({"var/log/packages/a-1-noarch-1": b"FILE LIST:\nx\n"})
    assert not inventory.claims
    assert len(inventory.problems) == 1


def test_eopkg() -> None:
    folder = "var/lib/eopkg/package/nano-8.0-187"
    claim = only(inventory_of({f"{folder}/metadata.xml": EOPKG, f"{folder}/files.xml": EOPKG_FILES}))
    assert (claim.ecosystem, claim.name, claim.version) == ("eopkg", "nano", "8.0-187")
    assert (claim.architecture, claim.source, claim.licences) == (
        "x86_64",
        "nano-src",
        ("GPL-3.0-or-later",),
    )
    assert claim.files == ("usr/bin/nano", "usr/share/nano/a&b")


def test_a_damaged_record_of_eopkg() -> None:
    for data in (b"", EOPKG[:300], EOPKG.replace(b"Version", b"Wersion")):
        inventory = inventory_of({"var/lib/eopkg/package/nano-8.0-187/metadata.xml": data})
        assert not inventory.claims
        assert len(inventory.problems) == 1


def test_swupd() -> None:
    release = b'NAME="Clear Linux OS"\nID=clear-linux-os\nVERSION_ID=41130\n'
    bundles = dict.fromkeys(("usr/share/clear/bundles/os-core", "usr/share/clear/bundles/.MoM"), b"")
    claim = only(inventory_of({**bundles, "usr/lib/os-release": release}))
    assert (claim.ecosystem, claim.name, claim.version) == ("swupd", "os-core", "41130")
    assert len(inventory_of(bundles).problems) == 1


def test_xbps() -> None:
    files = {"var/db/xbps/.bash-files.plist": XBPS_FILES}
    claim = only(inventory_of({"var/db/xbps/pkgdb-0.38.plist": XBPS, **files}))
    assert (claim.ecosystem, claim.name, claim.version) == ("xbps", "bash", "5.2.021_1")
    assert (claim.architecture, claim.licences) == ("x86_64", ("GPL-3.0-or-later",))
    assert claim.files == ("usr/bin/bash", "usr/bin/sh")


def test_a_damaged_list_of_xbps() -> None:
    path = "var/db/xbps/pkgdb-0.38.plist"
    entities = b'<!DOCTYPE p [<!ENTITY a "b">]><plist><dict><key>x</key><string>&a;</string></dict></plist>'
    for data in (b"", b"<plist><dict>", b"<plist><array/></plist>", entities):
        inventory = inventory_of({path: data})
        assert not inventory.claims
        assert len(inventory.problems) == 1
    inventory = inventory_of({path: XBPS, "var/db/xbps/.bash-files.plist": b"x"})
    assert [claim.files for claim in inventory.claims] == [()]
    assert inventory.problems[0].startswith("var/db/xbps/.bash-files.plist: it is no property list")


def test_container_optimized_os() -> None:
    claims = inventory_of({"etc/cos-package-info.json": COS}).claims
    assert [(claim.ecosystem, claim.name, claim.version) for claim in claims] == [
        ("ebuild", "app-arch/gzip", "1.9-r1"),
        ("ebuild", "dev-go/x", "2"),
    ]


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
