from __future__ import annotations

import pytest

from tests.inventory.binary.programs import inspect, releases
from tests.support.dotnet import assembly, bundle, library
from tests.support.programs import elf, pe

DEPENDENCIES = (
    b'{"libraries": {"Json/13.0.1": {"type": "package"}, "app/1.0.0": {"type": "project"},'
    b' "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"type": "runtimepack"}}}'
)
NO_VERSION = ".".join("0000")
IN_BUNDLE = ["nuget/Json@13.0.1", "nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.4"]


@pytest.mark.parametrize(
    ("texts", "version"),
    [
        ({}, "3.2.1.0"),
        ({"ProductVersion": "13.0.3+0a2e291c0d9c", "FileVersion": "13.0.3.27908"}, "13.0.3"),
        ({"ProductVersion": "9.0.0-rc.1.24431.7"}, "9.0.0-rc.1.24431.7"),
        ({"ProductVersion": "4.6.26515.06 @BuiltBy: dlab"}, "4.6.26515.06"),
        ({"ProductVersion": "first", "FileVersion": "2.0.1.0"}, "2.0.1.0"),
        ({"ProductVersion": "0.0.0"}, "3.2.1.0"),
        (
            {
                "ProductName": "Microsoft® .NET Core",
                "ProductVersion": "3.1.23+x",
                "FileVersion": "4.700.22.1",
            },
            "4.700.22.1",
        ),
    ],
)
def test_an_assembly(texts: dict[str, str], version: str) -> None:
    assert releases(assembly("A.Json", "3.2.1.0", texts=texts), "app/x.dll") == [f"nuget/A.Json@{version}"]


def test_translations_and_assemblies_without_a_version_are_no_packages() -> None:
    assert releases(assembly("A.Json.resources", culture="de"), "app/de/A.Json.resources.dll") == []
    assert releases(assembly("A.Json", NO_VERSION), "app/A.Json.dll") == []


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (
            {"ProductName": "Simple  Launcher", "ProductVersion": "1.1.0.14"},
            "generic/Simple Launcher@1.1.0.14",
        ),
        (
            {
                "CompanyName": "Microsoft Corporation",
                "ProductName": "Microsoft® Visual Studio®",
                "FileDescription": "Microsoft® C Runtime Library",
                "FileVersion": "14.40.33810.0",
            },
            "generic/Microsoft C Runtime Library@14.40.33810.0",
        ),
        ({"OriginalFilename": "zlib1.DLL", "FileVersion": "1.3.1"}, "generic/zlib1@1.3.1"),
    ],
)
def test_a_program_for_windows(texts: dict[str, str], named: str) -> None:
    assert releases(library(texts), "tools/x.exe") == [named]


def test_a_program_that_says_nothing() -> None:
    assert releases(pe({".text": b"x"})) == []
    assert releases(library({"ProductName": "A"})) == releases(library({"FileVersion": "1.0"})) == []


@pytest.mark.parametrize("version", [1, 2, 6])
def test_an_application_in_one_file_by_its_list_of_dependencies(version: int) -> None:
    files = [(1, assembly("Json", "13.0.0.0")), (3, DEPENDENCIES), (4, b"{}")]
    assert releases(bundle(files, version=version), "app/tool") == IN_BUNDLE
    assert releases(bundle(files, packed=True), "app/tool") == IN_BUNDLE


def test_an_application_in_one_file_by_its_assemblies() -> None:
    files = [(1, assembly("Json", "13.0.0.0")), (2, b"\x7fELF"), (1, b"MZ"), (1, assembly("B", "1.2.0.0"))]
    named = ["nuget/Json@13.0.0.0", "nuget/B@1.2.0.0"]
    assert releases(bundle(files), "app/tool") == releases(bundle(files, packed=True), "app/tool") == named


def test_a_host_without_files_and_damage() -> None:
    host = bundle([])
    mark = host.index(bytes.fromhex("8b1202b9"))
    assert releases(host[: mark - 8] + bytes(8) + host[mark:]) == []
    assert releases(elf({".data": b"x"})) == []
    cut, odd = inspect(bundle([(3, DEPENDENCIES)])[:-8]), inspect(bundle([(3, DEPENDENCIES)], version=7))
    assert cut.problems == ("the list of the files in it is cut off",)
    assert odd.problems == ("the list of the files in it is of no known form: 7",)
    assert inspect(bundle([(3, b"[]")])).problems[0].startswith("it is no list of dependencies")
