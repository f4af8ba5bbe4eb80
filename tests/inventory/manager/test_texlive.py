"""The packages of a TeX Live installation, as ``tlmgr`` lists them."""

from __future__ import annotations

from tests.inventory.layers import inventory_of

ROOT = "usr/local/texlive/2024/"
LIST = b"""name 00texlive.config
category TLCore
revision 1
depend release/2024

name amsmath
category Package
revision 63514
shortdesc AMS mathematical facilities for LaTeX
longdesc  category Package
relocated 1
runfiles size=40
 RELOC/tex/latex/amsmath/amsmath.sty
docfiles size=10
 texmf-dist/doc/latex/amsmath/README.md details="Package Readme" language="en"
catalogue-license lppl1.3c
catalogue-version 2.17o

name collection-latex
category Collection
revision 69131

name dvips
category TLCore
revision 70015
runfiles size=1
 texmf-dist/dvips/base/tex.pro

name texlive.infra
category TLCore
revision 62358
runfiles size=320
 tlpkg/TeXLive/TLPDB.pm

name texlive.infra.universal-darwin
category TLCore
revision 62358

name dvips.x86_64-linux
category TLCore
revision 66186
catalogue-version 9
binfiles arch=x86_64-linux size=100
 bin/x86_64-linux/dvips
"""


def test_packages_have_the_catalogues_version_else_their_revision() -> None:
    inventory = inventory_of({f"{ROOT}tlpkg/texlive.tlpdb": LIST})
    assert not inventory.problems
    assert {(claim.ecosystem, claim.name, claim.version): claim.files for claim in inventory.claims} == {
        ("ctan", "amsmath", "2.17o"): (
            f"{ROOT}texmf-dist/doc/latex/amsmath/README.md",
            f"{ROOT}texmf-dist/tex/latex/amsmath/amsmath.sty",
        ),
        ("ctan", "texlive.infra", "62358"): (f"{ROOT}tlpkg/TeXLive/TLPDB.pm",),
        ("ctan", "dvips", "70015"): (
            f"{ROOT}bin/x86_64-linux/dvips",
            f"{ROOT}texmf-dist/dvips/base/tex.pro",
        ),
    }
    (licences,) = (claim.licences for claim in inventory.claims if claim.name == "amsmath")
    assert licences == ("lppl1.3c",)


def test_a_list_of_nothing_claims_nothing() -> None:
    for data in (b"", b"\xff\n \n name x\n", b"name x\nrevision 1\n"):
        assert inventory_of({"opt/TinyTeX/tlpkg/texlive.tlpdb": data}).claims == ()
