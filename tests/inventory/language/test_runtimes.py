from __future__ import annotations

import pytest

from praxi_tasks.inventory import keep_file
from tests.inventory.layers import inventory_of, only

PYTHON = b'#define PY_MAJOR_VERSION\t3\n/* Version as a string */\n#define PY_VERSION      \t"3.12.4"\n'
NODE = (
    b"#ifndef SRC_NODE_VERSION_H_\n#define NODE_MAJOR_VERSION 22\n"
    b"#define NODE_MINOR_VERSION 3\n#define NODE_PATCH_VERSION 0\n"
)
JAVA = b'IMPLEMENTOR="Somebody"\nJAVA_VERSION="17.0.11"\nJAVA_VERSION_DATE="2024-04-16"\n'
RUBY = b'module RbConfig\n  CONFIG["MAJOR"] = "3"\n  CONFIG["RUBY_PROGRAM_VERSION"] = "3.3.4"\nend\n'
PHP = b'#define PHP_MAJOR_VERSION 8\n#define PHP_VERSION "8.3.8"\n#define PHP_VERSION_ID 80308\n'

MATLAB = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- Version information for MathWorks R2023b Release -->
<MathWorks_version_info>
  <version>23.2.0.2365128</version>
  <release>R2023b</release>
</MathWorks_version_info>
"""
TOLD = [
    ("usr/local/include/python3.12/patchlevel.h", PYTHON, "python", "3.12.4"),
    ("opt/include/python3.13t/patchlevel.h", b'#define PY_VERSION "3.13.0rc2+"', "python", "3.13.0rc2+"),
    ("usr/local/include/node/node_version.h", NODE, "node", "22.3.0"),
    ("opt/java/openjdk/release", JAVA, "openjdk", "17.0.11"),
    ("usr/local/openjdk-8/jre/release", b'JAVA_VERSION="1.8.0_382"\n', "openjdk", "8.0.382"),
    ("usr/lib/jvm/temurin-21/release", b'JAVA_VERSION="21"\n', "openjdk", "21"),
    ("opt/graalvm-jdk-21/release", b'JAVA_VERSION="21.0.3.1"\n', "openjdk", "21.0.3.1"),
    ("usr/local/go/VERSION", b"go1.22.3\ntime 2024-05-01T19:49:47Z\n", "go", "1.22.3"),
    ("root/sdk/go1.23rc1/VERSION", b"go1.23rc1\n", "go", "1.23rc1"),
    ("usr/local/lib/ruby/3.3.0/x86_64-linux/rbconfig.rb", RUBY, "ruby", "3.3.4"),
    ("usr/local/include/php/main/php_version.h", PHP, "php", "8.3.8"),
    ("usr/local/MATLAB/R2023b/VersionInfo.xml", MATLAB, "matlab", "23.2.0.2365128"),
    ("opt/google-cloud-sdk/VERSION", b"458.0.1\n", "google-cloud-sdk", "458.0.1"),
    ("opt/quarto-1.4.550/share/version", b"1.4.550", "quarto", "1.4.550"),
    ("usr/local/lib/erlang/releases/26/OTP_VERSION", b"26.2.5\n", "erlang", "26.2.5"),
]


@pytest.mark.parametrize(("path", "content", "name", "version"), TOLD)
def test_a_runtimes_own_file_tells_its_version(path: str, content: bytes, name: str, version: str) -> None:
    claim = only(inventory_of({path: content}))
    assert (claim.ecosystem, claim.name, claim.version) == ("generic", name, version)
    assert (claim.database, claim.files) == (path, (path,))


@pytest.mark.parametrize(
    ("path", "name", "version"),
    [
        ("opt/node-v16.20.2-linux-x64/bin/node", "node", "16.20.2"),
        ("usr/local/lib/perl5/5.38.2/strict.pm", "perl", "5.38.2"),
        ("usr/local/aws-cli/v2/2.15.30/dist/aws", "aws-cli", "2.15.30"),
        ("usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.6/System.Runtime.dll", "dotnet", "8.0.6"),
        (
            "usr/share/dotnet/shared/Microsoft.AspNetCore.App/9.0.0-preview.4.24267.6/Microsoft.AspNetCore.dll",
            "aspnet-core",
            "9.0.0-preview.4.24267.6",
        ),
    ],
)
def test_a_runtimes_folder_names_its_version(path: str, name: str, version: str) -> None:
    claim = only(inventory_of({path: b"x"}))
    assert (claim.ecosystem, claim.name, claim.version) == ("generic", name, version)


def test_what_a_file_tells_is_not_named_once_more() -> None:
    folder = "opt/node-v22.3.0-linux-x64"
    found = inventory_of({f"{folder}/bin/node": b"x", f"{folder}/include/node/node_version.h": NODE})
    assert [claim.version for claim in found.claims] == ["22.3.0"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("usr/local/include/python3.12/patchlevel.h", b"#define OTHER 1\n"),
        ("usr/local/include/python3.12/patchlevel.h", b'#define PY_VERSION "none"\n'),
        ("opt/java/app/release", b"1.0\n"),
        ("usr/local/go/VERSION", b"devel +abc\n"),
        ("opt/java/openjdk/release", b'JAVA_VERSION="\xff"\n'),
    ],
)
def test_a_file_that_tells_nothing_is_no_damage(path: str, content: bytes) -> None:
    found = inventory_of({path: content})
    assert not found.claims
    assert not found.problems


@pytest.mark.parametrize("path", ["etc/release", "srv/app/VERSION", "srv/src/patchlevel.h"])
def test_other_files_of_such_names_are_not_kept(path: str) -> None:
    assert not keep_file(path)
