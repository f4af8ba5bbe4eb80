"""Print the table of docs/software.md: what of which ecosystem is read, and where advisories come from."""

from __future__ import annotations

from praxi_tasks.ecosystems import ECOSYSTEMS, Ecosystem
from praxi_tasks.inventory.binary import (
    dotnet_assembly,
    dotnet_bundle,
    electron_archive,
    elf_package_note,
    go_build_info,
    java_archive,
    known_programs,
    linux_kernel,
    native_image,
    phar_archive,
    pyinstaller,
    python_archive,
    rust_crates,
)
from praxi_tasks.inventory.paths.rules import RULES
from praxi_tasks.inventory.readers import LOCK_READERS, READERS

# What programs and archives tell, by the ecosystem of what they name; others name packages of any.
IN_FILES = {
    go_build_info.READER: ("golang", "build information of Go programs"),
    rust_crates.READER: ("cargo", "cargo-auditable's list, or paths of panics, in Rust programs"),
    java_archive.READER: ("maven", "jars, wars and ears, also inside others; stripped ones by known classes"),
    native_image.READER: ("maven", "SBOMs of GraalVM's native images"),
    dotnet_assembly.READER: ("nuget", ".NET assemblies"),
    dotnet_bundle.READER: ("nuget", "applications in a single file"),
    electron_archive.READER: ("npm", "Electron's archives"),
    phar_archive.READER: ("composer", "PHP's archives, such as Composer's own program"),
    python_archive.READER: ("pypi", "wheels, zipapps, PEX, shiv and eggs"),
    pyinstaller.READER: ("pypi", "programs of PyInstaller"),
    elf_package_note.READER: ("", "package notes of ELF files"),
    known_programs.READER: ("generic", "versions that well-known programs hold"),
    linux_kernel.READER: ("generic", "Linux and its modules"),
    linux_kernel.PACKED_READER: ("", "compressed images and modules of Linux"),
}

# Read by the reader of another row.
SHARED = ("bioconductor", "otp", "wordpress-theme")

# Lock files that name packages of another ecosystem than their reader's, and only those rows.
DECLARED_BESIDE = {"bioconductor": "renv.lock", "cocoapods": "Podfile.lock", "jsr": "deno.lock"}

# How the names of lock files end that a function tells from others.
_KINDS_OF_FILES = (".txt", ".toml", ".lock")

MODELS = {
    "ml-model": "safetensors, GGUF, llamafile, ONNX, PyTorch, NeMo, Keras, TensorFlow, OpenVINO, Core ML,"
    " boosted trees and pickles",
}


def table() -> str:
    """Return the table as Markdown, one row for each ecosystem."""
    recorded = {reader.ecosystem for reader in READERS}
    columns = (
        *("package URL type", "records of installed packages", "in programs and archives", "by paths alone"),
        *("advisories", "declared in"),
    )
    lines = [_row(*columns), _row(*["---"] * len(columns))]
    for name, row in sorted(ECOSYSTEMS.items()):
        inside = [text for ecosystem, text in IN_FILES.values() if ecosystem == name]
        inside += [MODELS[name]] if name in MODELS else []
        record = row.database if name in recorded or name in SHARED else ""
        paths = "; ".join(rule.summary for rule in RULES if rule.ecosystem == name)
        lines.append(_row(f"`{name}`", record, "; ".join(inside), paths, _advisories(row), _locks(name)))
    return "\n".join(lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _locks(ecosystem: str) -> str:
    names = [name for reader in LOCK_READERS if reader.ecosystem == ecosystem for name in reader.endings]
    names += filter(None, [DECLARED_BESIDE.get(ecosystem)])
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names) if name not in _KINDS_OF_FILES)


def _advisories(row: Ecosystem) -> str:
    if row.of_distribution:
        return "those of its distribution"
    return f"OSV: {row.osv}" if row.osv else "none"


if __name__ == "__main__":
    print(table())
