"""Files with another content than the database that claims them says, in whichever layer."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from praxi_tasks.findings.image import LayerFacts, altered_files, fuse
from praxi_tasks.findings.image.verification import Altered
from praxi_tasks.inventory import Claim, Placement
from praxi_tasks.inventory.checksums import pack_checksums
from praxi_tasks.oci.layer.checksum_kinds import MD5, NONE, SHA1, SHA256, ChecksumKinds
from tests.findings.images import Changes, deb, layer, pypi

SITE = "usr/local/lib/python3.11/site-packages"
HASHES = {MD5: hashlib.md5, SHA1: hashlib.sha1, SHA256: hashlib.sha256}
TOOL = {"usr/bin/tool": b"program", "usr/lib/libtool.so": b"library"}


def digest(kind: int, content: bytes) -> bytes:
    return HASHES[kind](content).digest() if kind in HASHES else b""


def listing(claim: Claim, files: dict[str, bytes], mark: str = "etc/debian_version") -> Claim:
    """Return the claim with the checksums of these contents."""
    kinds = ChecksumKinds()
    kinds.of(mark.encode())
    known = {path: digest(kinds.of(path.encode()), content) for path, content in files.items()}
    return msgspec.structs.replace(claim, checksums=pack_checksums(claim.files, known))


def holding(facts: LayerFacts, files: dict[str, bytes]) -> LayerFacts:
    """Return the layer with the checksums of its files."""
    assert isinstance(facts.changes, Changes)
    tell = ChecksumKinds()
    told = [(path, tell.of(path.encode())) for path in facts.changes.paths]
    kinds = [kind if path in files else NONE for path, kind in told]
    values = [int.from_bytes(digest(kind, files.get(path, b""))[:8], "big") for path, kind in told]
    changes = replace(
        facts.changes, checksum_kinds=np.array(kinds, np.uint8), checksums=np.array(values, np.uint64)
    )
    return replace(facts, changes=changes)


def installed(
    files: dict[str, bytes], *claims: Claim, number: int = 1, placement: Placement | None = None
) -> LayerFacts:
    return holding(layer(number, [*files], claims=claims, placement=placement), files)


def plain(number: int, files: dict[str, bytes]) -> LayerFacts:
    return holding(layer(number, [*files]), files)


def altered(*layers: LayerFacts) -> list[Altered]:
    image = fuse(layers)
    return altered_files(image.claims, image.tree, [each.changes for each in image.layers], image.placement)


CLAIM = listing(deb("tool", "1", *TOOL), TOOL)


def told(*layers: LayerFacts) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(each.claim.name, each.layer, each.files) for each in altered(*layers)]


def test_what_is_as_listed_is_not_told() -> None:
    assert not told(installed(TOOL, CLAIM))


def test_another_content_is_told_of_the_layer_that_wrote_it() -> None:
    assert told(installed(TOOL | {"usr/bin/tool": b"other"}, CLAIM)) == [("tool", 0, ("usr/bin/tool",))]
    later = plain(2, {"usr/bin/tool": b"other"})
    assert told(installed(TOOL, CLAIM), later) == [("tool", 1, ("usr/bin/tool",))]
    assert not told(installed(TOOL, CLAIM), later, plain(3, {"usr/bin/tool": b"program"}))


def test_merged_folders_are_the_same_place() -> None:
    files = {"usr/lib/libtool.so": b"other"}
    claim = listing(deb("tool", "1", "lib/libtool.so"), {"lib/libtool.so": b"library"})
    assert told(installed(files, claim)) == [("tool", 0, ("usr/lib/libtool.so",))]


def test_what_a_layer_removes_is_gone_and_not_altered() -> None:
    changed = plain(2, {"usr/bin/tool": b"other"})
    assert not told(installed(TOOL, CLAIM), changed, layer(3, whiteouts=["usr/bin/tool"]))


def test_a_new_version_is_verified_by_its_own_list() -> None:
    newer = {"usr/bin/tool": b"program 2"}
    claim = listing(deb("tool", "2", *newer), newer)
    assert not told(installed(TOOL, CLAIM), installed(newer, claim, number=2))
    again = CLAIM.__class__("deb", "tool", "1", CLAIM.database, "amd64", "tool", "1")
    rewritten = holding(layer(2, ["usr/bin/tool"], claims=[again]), {"usr/bin/tool": b"other"})
    assert told(installed(TOOL, CLAIM), rewritten) == [("tool", 1, ("usr/bin/tool",))]


@pytest.mark.parametrize(
    "path", ["etc/tool.conf", "var/lib/tool/state", "usr/share/man/man1/tool.1", "usr/lib/tool.pyc"]
)
def test_settings_documents_and_byte_code_may_change(path: str) -> None:
    claim = listing(deb("tool", "1", path), {path: b"before"})
    assert not told(installed({path: b"after"}, claim))


def test_another_packages_file_at_the_place_is_not_altered() -> None:
    other = listing(deb("other", "1", "usr/bin/tool"), {"usr/bin/tool": b"other"})
    assert not told(installed(TOOL | {"usr/bin/tool": b"other"}, CLAIM, other))
    placement = Placement(diversions=(("usr/bin/tool", "usr/bin/tool.real", "other"),))
    assert not told(installed(TOOL | {"usr/bin/tool": b"other"}, CLAIM, placement=placement))


def test_modules_of_wheels_are_verified_and_scripts_are_not() -> None:
    files = {f"{SITE}/flask/app.py": b"a", "usr/local/bin/flask": b"s"}
    claim = pypi("flask", "3", "flask/app.py", site=SITE)
    claim = msgspec.structs.replace(claim, files=(*claim.files, "usr/local/bin/flask"))
    claim = listing(claim, files)
    metadata = dict.fromkeys(claim.files[1:3], b"m")
    assert not told(installed(files | metadata, claim))
    found = told(installed(dict.fromkeys(files, b"z") | metadata, claim))
    assert found == [("flask", 0, (f"{SITE}/flask/app.py",))]


def test_what_conda_installed_is_left_to_conda() -> None:
    site = "opt/conda/lib/python3.11/site-packages"
    files = {f"{site}/flask/app.py": b"a"}
    claim = listing(pypi("flask", "3", "flask/app.py", site=site), files)
    there = {f"{site}/flask/app.py": b"z", **dict.fromkeys(claim.files[1:], b"m")}
    assert told(installed(there, claim))
    assert not told(installed(there | {"opt/conda/conda-meta/flask-3.json": b"{}"}, claim))


@pytest.mark.parametrize(("ecosystem", "mark"), [("rpm", "etc/redhat-release"), ("apk", "etc/apk/world")])
def test_what_rpm_and_apk_list_is_verified(ecosystem: str, mark: str) -> None:
    claim = Claim(ecosystem, "tool", "1", f"lib/{ecosystem}/db", files=tuple(sorted(TOOL)))
    claim = listing(claim, TOOL, mark)
    assert not told(installed({mark: b"1"} | TOOL, claim))
    found = told(installed({mark: b"1"} | TOOL | {"usr/bin/tool": b"other"}, claim))
    assert found == [("tool", 0, ("usr/bin/tool",))]
    assert not told(installed(TOOL | {"usr/bin/tool": b"other"}, claim))  # of which nothing told the kind


def test_what_conda_lists_is_verified() -> None:
    files = {"opt/conda/bin/tool": b"program", "opt/conda/lib/libtool.so": b"library"}
    claim = listing(
        Claim("conda", "tool", "1", "opt/conda/conda-meta/tool-1.json", files=tuple(files)), files
    )
    assert not told(installed(files, claim))
    found = told(installed(files | {"opt/conda/bin/tool": b"other"}, claim))
    assert found == [("tool", 0, ("opt/conda/bin/tool",))]


def test_a_wheel_that_pip_installed_over_condas_vouches_for_its_files() -> None:
    site = "opt/conda/lib/python3.11/site-packages"
    before, after = {f"{site}/flask/app.py": b"a"}, {f"{site}/flask/app.py": b"z"}
    record = "opt/conda/conda-meta/flask-3.json"
    conda = listing(Claim("conda", "flask", "3", record, files=tuple(before)), before)
    wheel = listing(pypi("flask", "4", "flask/app.py", site=site), after)
    there = after | {record: b"{}", **dict.fromkeys(wheel.files[1:], b"m")}
    assert told(installed(there, conda))
    assert not told(installed(there, conda, wheel))


def test_a_file_without_checksum_proves_nothing() -> None:
    assert not told(layer(1, [*TOOL], claims=[CLAIM]))
    assert not told(installed(TOOL | {"usr/bin/tool": b"other"}, deb("tool", "1", *TOOL)))
