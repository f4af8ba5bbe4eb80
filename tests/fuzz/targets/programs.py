"""Programs and archives: their formats, and each reader of what they were made from."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterable

from packageurl import PackageURL

from praxi_tasks.errors import DataError
from praxi_tasks.findings.packages import claim_purl
from praxi_tasks.inventory import Claim, Inventory
from praxi_tasks.inventory.admission import Admission
from praxi_tasks.inventory.binary import (
    build_id,
    clr_metadata,
    dotnet_assembly,
    dotnet_bundle,
    electron_archive,
    elf,
    elf_package_note,
    go_build_info,
    java_archive,
    known_programs,
    linux_kernel,
    macho,
    native_image,
    pe,
    phar_archive,
    pyinstaller,
    python_archive,
    rust_crates,
)
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.java_names import parse_manifest, parse_properties, split_file_name
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.core_metadata import read_core_metadata
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.oci.layer import FileContent
from tests.fuzz.target import SEPARATOR, parts, same, target
from tests.inventory.layers import changeset
from tests.support import dotnet, java, programs
from tests.support.pyinstaller import carchive

_PATH = "opt/tool"
_LIMITS = InventoryLimits(max_claims=2_000, max_paths=20_000)
_READER = "praxi_tasks.inventory.binary.{}.READER"


def check_claims(claims: Iterable[Claim]) -> None:
    """What is claimed can be stored and named."""
    view = LayerView(changeset({_PATH: "f"}), {})
    admission = Admission(view, _LIMITS)
    with contextlib.suppress(DataError):
        for claim in claims:
            if not admission.add(claim):
                break
    inventory = Inventory(view.files.digest, tuple(admission.claims), (_PATH,), problems=view.problems)
    same(Inventory.from_bytes(inventory.to_bytes()), inventory, "the inventory read again")
    for claim in admission.claims:
        PackageURL.from_string(claim_purl(claim, None))


def _read(program: Program | None, reader: ProgramReader) -> None:
    if program is not None:
        for section in program.sections:
            same(len(program.read(section, 64)) <= 64, True, "no more is read than asked for")
            program.at(section.address, 8)
        check_claims(reader.read(program))


_GO = programs.go_build_info(
    "go1.22.1",
    "path\tx\nmod\texample.org/a\t(devel)\ndep\tb.c/d\tv1.0.0\th1:x=\n=>\te.f/g\tv1.1.0\th1:y=\n"
    'build\tvcs.revision=0123456789ab\nbuild\tvcs.time=2024-01-01T00:00:00Z\nbuild\t"-ldflags"="-s"\n',
)
_SECTIONS = {".text": b"x", ".go.buildinfo": _GO}
_OLD_GO = b"\xff Go buildinf:\x08\x00" + (programs.BASE + 96).to_bytes(8, "little") * 2 + bytes(64)


@target(
    covers=("praxi_tasks.inventory.binary.elf.read_elf", _READER.format("go_build_info")),
    seeds=[
        programs.elf(_SECTIONS),
        programs.elf(_SECTIONS, bits=32),
        programs.elf({".go.buildinfo": _OLD_GO}, little=False),
        programs.elf_with_notes(b"\4\0\0\0\x14\0\0\0\3\0\0\0GNU\0" + bytes(range(20))),
    ],
)
def elf_program(data: bytes) -> None:
    """Read an ELF file's sections, its build-id, and what Go's linker wrote there."""
    build_id.build_id_of_file(_PATH, FileContent(data, len(data)))
    _read(elf.read_elf(_PATH, FileContent(data, len(data))), go_build_info.READER)


@target(
    covers=("praxi_tasks.inventory.binary.pe.read_pe",),
    seeds=[programs.pe({".text": b"x", ".data": _GO})],
)
def pe_program(data: bytes) -> None:
    """Read a PE file's sections."""
    _read(pe.read_pe(_PATH, FileContent(data, len(data))), go_build_info.READER)


@target(
    covers=("praxi_tasks.inventory.binary.macho.read_macho",),
    seeds=[programs.macho({"__go_buildinfo": _GO}), programs.fat(programs.macho({"__text": b"x"}))],
    longest=8192,
)
def macho_program(data: bytes) -> None:
    """Read a Mach-O file's sections."""
    _read(macho.read_macho(_PATH, FileContent(data, len(data))), go_build_info.READER)


@target(
    covers=("praxi_tasks.inventory.binary.go_build_info.parse_build_info",),
    seeds=[SEPARATOR.join((b"go1.22", _GO[49:-16]))],
)
def go_modules(data: bytes) -> None:
    """Read the lines that say which modules a program has."""
    go, lines = (part.decode("utf-8", "replace") for part in parts(data, 2))
    info = go_build_info.parse_build_info(go, lines)
    same(all(module.path for module in info.modules), True, "each module has a path")
    same(bool(go_build_info.main_version(info)), True, "the program has a version, be it unknown")


_CRATES = zlib.compress(
    b'{"packages":[{"name":"a","version":"1.0.0"},{"name":"b","version":"2","kind":"build"}]}'
)


@target(
    covers=("praxi_tasks.inventory.binary.rust_crates.decode_list",),
    seeds=[_CRATES],
    errors=(DataError,),
)
def crates_list(data: bytes) -> None:
    """Read cargo-auditable's list."""
    same(all(isinstance(name, str) for name, _ in rust_crates.decode_list(data)), True, "names are texts")


@target(
    covers=(_READER.format("rust_crates"),),
    seeds=[
        programs.elf({".dep-v0": _CRATES}),
        programs.elf({".rodata": b"/registry/src/x-1/a-b-1.0.0-rc.1/src/lib.rs/rust/deps/c-0.1.0/"}),
    ],
)
def rust_program(data: bytes) -> None:
    """Read the crates of a program."""
    _read(elf.read_elf(_PATH, FileContent(data, len(data))), rust_crates.READER)


@target(
    covers=(_READER.format("elf_package_note"), "praxi_tasks.inventory.binary.elf_package_note.decode_note"),
    seeds=[
        programs.elf({".note.package": programs.package_note(b'{"type":"deb","name":"a","version":"1"}')})
    ],
)
def package_note(data: bytes) -> None:
    """Read the package of an ELF file."""
    _read(elf.read_elf(_PATH, FileContent(data, len(data))), elf_package_note.READER)


@target(
    covers=(
        _READER.format("dotnet_assembly"),
        "praxi_tasks.inventory.binary.clr_metadata.read_assembly",
        "praxi_tasks.inventory.binary.version_resource.read_version_texts",
    ),
    seeds=[
        dotnet.assembly("A.B", culture="de", texts={"ProductVersion": "1.0", "ProductName": "x"}),
        dotnet.library({"FileDescription": "A tool", "FileVersion": "1.2.3.4"}),
    ],
)
def dotnet_assemblies(data: bytes) -> None:
    """Read an assembly's name and a program's version resource."""
    program = pe.read_pe(_PATH, FileContent(data, len(data)))
    if program is not None:
        named = clr_metadata.read_assembly(program)
        same(named is None or bool(named.name), True, "an assembly has a name")
        check_claims(dotnet_assembly.read_versions(program))


@target(
    covers=(_READER.format("dotnet_bundle"), "praxi_tasks.inventory.dotnet_dependencies.read_libraries"),
    seeds=[
        dotnet.bundle([(1, dotnet.assembly("A")), (3, b'{"libraries": {"A/1.0": {"type": "package"}}}')]),
        dotnet.bundle([(1, dotnet.assembly("A"))], packed=True),
        dotnet.bundle([(1, dotnet.assembly("A"))], version=1),
    ],
)
def dotnet_bundles(data: bytes) -> None:
    """Read an application of .NET's in one file."""
    _read(elf.read_elf(_PATH, FileContent(data, len(data))), dotnet_bundle.READER)


_SBOM = gzip.compress(b'{"bomFormat": "x", "components": [{"name": "a", "version": "1", "group": "b"}]}')


@target(
    covers=(_READER.format("native_image"), "praxi_tasks.inventory.binary.native_image.decode_document"),
    seeds=[programs.elf({".svm_heap": b"com.oracle.svm.core.VM=GraalVM CE 25.0.2", ".data": _SBOM})],
)
def native_images(data: bytes) -> None:
    """Read a native image of GraalVM's."""
    _read(elf.read_elf(_PATH, FileContent(data, len(data))), native_image.READER)


_JAR = java.jar({**java.manifest(Implementation_Version="1.0"), **java.pom("a.b", "c", "1.0")})


@target(
    covers=(
        _READER.format("java_archive"),
        "praxi_tasks.inventory.binary.java_archive.read_java_archive",
    ),
    seeds=[_JAR, java.jar({"lib/a-1.0.jar": _JAR, "b.war": _JAR})],
)
def java_archives(data: bytes) -> None:
    """Read a Java archive with those inside it."""
    java_archive.may_be_java(data[:64])
    check_claims(java_archive.read_java_archive("opt/a-1.0.jar", FileContent(data, len(data))))


_INDEX = b'{"files":{"node_modules":{"files":{"a":{"files":{"package.json":{"size":28,"offset":"0"}}}}}}}'
_ASAR = b"\4\0\0\0" + b"".join(
    (len(_INDEX) + more).to_bytes(4, "little") for more in (8, 4, 0)
) + _INDEX + b'{"name":"a","version":"1.0"}'  # fmt: skip


@target(
    covers=(
        _READER.format("electron_archive"),
        "praxi_tasks.inventory.binary.electron_archive.read_electron_archive",
    ),
    seeds=[_ASAR],
)
def electron_archives(data: bytes) -> None:
    """Read an archive of Electron's."""
    check_claims(electron_archive.read_electron_archive("opt/app.asar", FileContent(data, len(data))))


_INSTALLED = b"'root' => array('name' => 'a/b', 'pretty_version' => '1')"
_PHAR_INDEX = (
    b"\1\0\0\0\x11\0\0\0\1\0" + b"\0" * 8 + b"\x1d\0\0\0vendor/composer/installed.php"
    + b"\0" * 8 + len(_INSTALLED).to_bytes(4, "little") + b"\0" * 12
)  # fmt: skip
_PHAR = b"<?php __HALT_COMPILER(); ?>\n" + len(_PHAR_INDEX).to_bytes(4, "little") + _PHAR_INDEX + _INSTALLED


@target(
    covers=(
        _READER.format("phar_archive"),
        "praxi_tasks.inventory.binary.phar_archive.read_phar",
    ),
    seeds=[_PHAR],
)
def phar_archives(data: bytes) -> None:
    """Read an archive of PHP's."""
    check_claims(phar_archive.read_phar("usr/bin/composer", FileContent(data, len(data))))


_METADATA = b"Metadata-Version: 2.1\nName: a\nVersion: 1\n\n"
_WHEEL = java.jar({"a-1.dist-info/METADATA": _METADATA})
_PEX = java.jar(
    {".deps/a-1-py3-none-any.whl": _WHEEL, "PEX-INFO": b'{"distributions":{"b-2-py3-none-any.whl":""}}'}
)


@target(
    covers=(
        _READER.format("python_archive"),
        "praxi_tasks.inventory.binary.python_archive.read_python_archive",
    ),
    seeds=[_WHEEL, b"#!/usr/bin/python3\n" + _PEX],
)
def python_archives(data: bytes) -> None:
    """Read a wheel, and the same as a program in one file."""
    for path in ("opt/a-1-py3-none-any.whl", "opt/a.pex"):
        python_archive.may_be_python(path, data[:64])
        check_claims(python_archive.read_python_archive(path, FileContent(data, len(data))))


@target(
    covers=("praxi_tasks.inventory.core_metadata.read_core_metadata",),
    errors=(DataError,),
    seeds=[_METADATA, b"Name: a\nVersion: 1\nLicense-Expression: MIT\nClassifier: License :: b\n"],
)
def core_metadata(data: bytes) -> None:
    """Read what describes a distribution."""
    check_claims(iter([read_core_metadata(data, "x")]))


@target(
    covers=(_READER.format("pyinstaller"), "praxi_tasks.inventory.binary.pyinstaller.read_pyinstaller"),
    seeds=[carchive({"a": b"b", "a-1.dist-info/METADATA": _METADATA})],
)
def pyinstaller_programs(data: bytes) -> None:
    """Read a program with an archive of PyInstaller's at its end."""
    program = Program(_PATH, FileContent(data, len(data)), "elf")
    check_claims(pyinstaller.READER.read(program))


@target(
    covers=(
        "praxi_tasks.inventory.binary.java_names.parse_manifest",
        "praxi_tasks.inventory.binary.java_names.parse_properties",
    ),
    seeds=[*java.manifest(Bundle_Version="1").values(), *java.pom("a.b", "c", "1.0").values()],
)
def java_names(data: bytes) -> None:
    """Read a manifest, what Maven says, and a file's name."""
    parse_manifest(data)
    same("" not in parse_manifest(b"A: b\n" + data), True, "attributes have names")
    parse_properties(data)
    artifact, version = split_file_name(data.decode("utf-8", "replace"))
    same("/" in version, False, "no version holds a slash")
    same(len(artifact) <= len(data), True, "no name is longer than the text")


@target(
    covers=(_READER.format("known_programs"),),
    seeds=[
        programs.elf({".rodata": b"\0nginx version: nginx/1.25.1\0"}),
        programs.elf(programs.go_variables(b"go1.22.1", b"v3.14.2")),
    ],
)
def known_program(data: bytes) -> None:
    """Look for versions of programs."""
    for path in ("usr/sbin/nginx", "usr/bin/helm", "usr/bin/python3.11"):
        if program := elf.read_elf(path, FileContent(data, len(data))):
            check_claims(known_programs.read_known_programs(program))


@target(
    covers=(
        _READER.format("linux_kernel"),
        "praxi_tasks.inventory.binary.linux_kernel.PACKED_READER",
        "praxi_tasks.inventory.binary.linux_kernel.PATHS_READER",
        "praxi_tasks.inventory.binary.linux_kernel.parse_module_info",
        "praxi_tasks.inventory.binary.linux_kernel.read_image",
        "praxi_tasks.inventory.binary.linux_kernel.read_linux",
        "praxi_tasks.inventory.binary.linux_kernel.read_packed",
    ),
    seeds=[
        programs.elf({".modinfo": b"license=GPL\0intree=Y\0name=a\0vermagic=6.1.0-47 SMP\0"}),
        programs.elf({".modinfo": b"license=NVIDIA\0version=535.1\0"}),
        b"Linux version 6.1.0-47-cloud (x)",
        gzip.compress(b"Linux version 6.1.0-47-cloud (x)"),
        b"\0" * 0x202 + b"HdrS" + bytes(8) + b"\x40\0" + bytes(0x30) + b"6.1.0 x\0",
    ],
    errors=(DataError,),
)
def linux_kernel_files(data: bytes) -> None:
    """Read an image of Linux, or a module."""
    content = FileContent(data, len(data))
    for path in ("lib/modules/6.1.0/a.ko.xz", "boot/vmlinuz"):
        linux_kernel.is_packed(path, data[:64])
        check_claims(linux_kernel.read_packed(path, content))
    said = linux_kernel.parse_module_info(data)
    same("=" in "".join(said), False, "no name holds a sign")
    name = data[:40].decode("utf-8", "surrogateescape").replace("\0", "")
    view = LayerView(changeset({f"boot/System.map-{name}": "f"}), {})
    check_claims(linux_kernel.name_kernels(view))
