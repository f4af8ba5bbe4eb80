"""Programs and archives of real layers, put together: what they hold lives as long as they do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.image import (
    FusedImage,
    LayerFacts,
    databases_coverage,
    find_unexplained_files,
    fuse,
)
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.fingerprint.layer import fingerprint_layer
from praxi_tasks.inventory import Inventory
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.store import keys
from praxi_tasks.store.local import LocalStore
from tests.support import images
from tests.support.dotnet import assembly
from tests.support.images import Entry
from tests.support.layers import MemorySource
from tests.support.programs import elf, go_build_info, package_note

Files: TypeAlias = Mapping[str, Entry]
TOOL = "usr/local/bin/tool"


def go_program(**modules: str) -> bytes:
    lines = "".join(f"dep\texample.org/{name}\t{version}\th1:x=\n" for name, version in modules.items())
    return elf({".go.buildinfo": go_build_info("go1.22.1", f"path\tcommand-line-arguments\n{lines}\n")})


def image(folder: Path, *layers: Files, limits: LayerLimits | None = None) -> FusedImage:
    store = LocalStore(folder)
    found = []
    for contents in layers:
        source = MemorySource(images.tar_bytes(contents))
        (descriptor,) = source.descriptors
        fingerprint_layer(source, descriptor, store, limits or LayerLimits())
        changes = Changeset.from_bytes(store.get(keys.layer_changeset(descriptor.digest)))
        inventory = Inventory.from_bytes(store.get(keys.layer_inventory(descriptor.digest)))
        found.append(LayerFacts(changes, inventory))
    return fuse(found)


def there(found: FusedImage) -> set[str]:
    return {item.purl for item in found.components if item.present}


def test_a_program_is_known_by_what_it_says(tmp_path: Path) -> None:
    found = image(tmp_path, {TOOL: go_program(a="v1.0.0", b="v2.0.0")})
    assert there(found) == {
        "pkg:golang/stdlib@1.22.1",
        "pkg:golang/example.org/a@v1.0.0",
        "pkg:golang/example.org/b@v2.0.0",
    }
    assert all(item.databases == item.evidence == (TOOL,) for item in found.components)
    assert find_unexplained_files(found).files == 0


def test_an_assembly_is_of_the_package_whose_application_lists_its_file(tmp_path: Path) -> None:
    listed = (
        b'{"libraries": {"Json/13.0.3": {"type": "package"}}, '
        b'"targets": {"net8.0": {"Json/13.0.3": {"runtime": {"lib/net8.0/Json.dll": {}}}}}}'
    )
    files: Files = {"app/Json.dll": assembly("Json", "13.0.0.0"), "app/Own.dll": assembly("Own", "1.0.0.0")}
    assert there(image(tmp_path, files)) == {"pkg:nuget/Json@13.0.0.0", "pkg:nuget/Own@1.0.0.0"}
    found = image(tmp_path, {**files, "app/app.deps.json": listed})
    assert there(found) == {"pkg:nuget/Json@13.0.3", "pkg:nuget/Own@1.0.0.0"}


def test_what_it_holds_ends_with_it(tmp_path: Path) -> None:
    first: Files = {TOOL: go_program(a="v1.0.0", b="v2.0.0"), "bin/sh": b"x"}
    gone: Files = {"usr/local/bin/.wh.tool": b""}
    assert there(image(tmp_path, first, gone)) == set()
    assert there(image(tmp_path, first, {TOOL: b"#!/bin/sh"})) == set()
    upgraded = image(tmp_path, first, {TOOL: go_program(a="v1.1.0")})
    assert there(upgraded) == {"pkg:golang/stdlib@1.22.1", "pkg:golang/example.org/a@v1.1.0"}
    assert not any(item.recovered for item in upgraded.components)


def test_what_several_programs_hold_is_one_component(tmp_path: Path) -> None:
    first: Files = {TOOL: go_program(a="v1.0.0"), "opt/other": go_program(a="v1.0.0", b="v2.0.0")}
    found = image(tmp_path, first, {"opt/third": go_program(a="v1.0.0"), "opt/.wh.other": b""})
    assert [(item.purl, item.databases) for item in found.components if item.present] == [
        ("pkg:golang/example.org/a@v1.0.0", (TOOL, "opt/third")),
        ("pkg:golang/stdlib@1.22.1", (TOOL, "opt/third")),
    ]
    (module,) = (item for item in found.components if item.present and item.name == "example.org/a")
    assert (module.layers, module.files) == (found.digests, 2)
    assert [item.purl for item in found.components if not item.present] == [
        "pkg:golang/example.org/a@v1.0.0",
        "pkg:golang/example.org/b@v2.0.0",
        "pkg:golang/stdlib@1.22.1",
    ]


def test_a_program_of_a_distribution_is_its_packages(tmp_path: Path) -> None:
    status = b"Package: tool\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
    files: Files = {
        "usr/bin/tool": go_program(a="v1.0.0"),
        "var/lib/dpkg/status": status,
        "var/lib/dpkg/info/tool.list": b"/usr/bin/tool\n",
    }
    modules = [item for item in image(tmp_path, files).components if item.ecosystem == "golang"]
    assert [item.owner for item in modules] == ["deb/tool"] * 2


def test_a_database_says_it_first(tmp_path: Path) -> None:
    status = b"Package: %s\nStatus: install ok installed\nVersion: 1-1\nArchitecture: amd64\n\n"
    note = b'{"type":"deb","name":"tool","version":"1-1","architecture":"amd64"}'
    program = elf({".note.package": package_note(note)})
    lists = {
        "var/lib/dpkg/info/tool.list": b"/usr/bin/tool\n",
        "var/lib/dpkg/info/libtool.list": b"/usr/lib/a.so\n",
    }
    for package in (b"tool", b"libtool"):
        files: Files = {"usr/bin/tool": program, "usr/lib/a.so": program, **lists}
        found = image(tmp_path, {**files, "var/lib/dpkg/status": status % package})
        assert {item.databases for item in found.components if item.name == package.decode()} == {
            ("var/lib/dpkg/status",)
        }
    assert there(image(tmp_path, {"opt/tool": program})) == {"pkg:deb/debian/tool@1-1?arch=amd64"}


def test_a_program_that_a_package_installed_is_that_package(tmp_path: Path) -> None:
    program = elf({".rodata": b"\0curl/8.4.0\0"})
    assert there(image(tmp_path, {"opt/bin/curl": program})) == {"pkg:generic/curl@8.4.0"}
    status = b"Package: curl\nStatus: install ok installed\nVersion: 8.4.0-1\nArchitecture: amd64\n\n"
    files: Files = {"var/lib/dpkg/status": status, "var/lib/dpkg/info/curl.list": b"/usr/bin/curl\n"}
    found = image(tmp_path, files, {"usr/bin/curl": program})
    assert there(found) == {"pkg:deb/debian/curl@8.4.0-1?arch=amd64"}
    both = image(tmp_path, {"opt/a/curl": program}, {"opt/b/curl": elf({".rodata": b"curl/8.5.0"})})
    assert there(both) == {"pkg:generic/curl@8.4.0", "pkg:generic/curl@8.5.0"}


def test_what_is_not_looked_into_is_a_gap(tmp_path: Path) -> None:
    files: Files = {TOOL: go_program(a="v1.0.0")}
    found = image(tmp_path, files, limits=LayerLimits(max_inspected_file_bytes=99))
    (gap,) = (line for line in databases_coverage(found) if line.subject == TOOL)
    assert gap.state is not CoverageState.CHECKED
    assert "PRAXI_LAYER_MAX_INSPECTED_FILE_BYTES" in gap.reason


def test_a_wheels_sbom_and_its_program_tell_of_one_crate(tmp_path: Path) -> None:
    site, so = "usr/lib/python3.11/site-packages", "shell/_shell.abi3.so"
    sbom = "shell-1.0.dist-info/sboms/shell.cyclonedx.json"
    crates = b"/cargo/registry/src/index-0/libc-0.2.177/src/lib.rs"
    listed = b'{"purl": "pkg:cargo/libc@0.2.177"}, {"purl": "pkg:cargo/memchr@2.7.6"}'
    files: Files = {
        f"{site}/{so}": elf({".rodata": crates}),
        f"{site}/{sbom}": b'{"bomFormat": "CycloneDX", "components": [%s]}' % listed,
        f"{site}/shell-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: shell\nVersion: 1.0\n",
        f"{site}/shell-1.0.dist-info/RECORD": f"{so},,\n{sbom},,\nshell-1.0.dist-info/METADATA,,\n".encode(),
    }
    found = {item.name: item for item in image(tmp_path, files).components}
    assert set(found) == {"shell", "libc", "memchr"}
    assert set(found["libc"].databases) == {f"{site}/{so}", f"{site}/{sbom}"}
    assert {found[name].owner for name in ("libc", "memchr")} == {"pypi/shell"}
