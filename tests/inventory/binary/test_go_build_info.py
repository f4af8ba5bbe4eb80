from __future__ import annotations

import struct

import pytest

from praxi_tasks.inventory.binary.go_build_info import BuildInfo, Module, main_version, parse_build_info
from tests.inventory.binary.programs import inspect, releases
from tests.support.programs import elf, elf_address, fat, go_build_info, go_variables, macho, pe

LINES = (
    "path\texample.org/tool/cmd/tool\nmod\texample.org/tool\tv1.4.0\th1:abc=\n"
    "dep\tgolang.org/x/sys\tv0.5.0\th1:def=\n"
    "dep\tgopkg.in/yaml.v3\tv3.0.0\n=>\tgithub.com/fork/yaml\tv3.0.1\th1:ghi=\n"
    "dep\tk8s.io/api\tv0.0.0\n=>\t./staging/src/k8s.io/api\t(devel)\t\n"
    'build\t-compiler=gc\nbuild\tvcs.revision=abc\nbuild\t"-ldflags"="-s -w"\n'
)
EXPECTED = [
    "golang/stdlib@1.22.1",
    "golang/example.org/tool@v1.4.0",
    "golang/golang.org/x/sys@v0.5.0",
    "golang/github.com/fork/yaml@v3.0.1",
    "golang/k8s.io/api@(devel)",
]
INLINE = go_build_info("go1.22.1", LINES)


@pytest.mark.parametrize(
    "program",
    [
        elf({".text": b"x" * 99, ".go.buildinfo": INLINE, ".data": b"y"}),
        elf({".go.buildinfo": INLINE}, bits=32),
        elf({".go.buildinfo": bytes(32) + INLINE}, little=False),
        pe({".text": b"x", ".data": bytes(48) + INLINE}),
        macho({"__text": b"x", "__go_buildinfo": INLINE}),
        fat(macho({"__go_buildinfo": INLINE})),
    ],
    ids=["elf", "elf32", "big-endian", "pe", "macho", "fat"],
)
def test_the_modules_of_a_program(program: bytes) -> None:
    assert releases(program) == EXPECTED


@pytest.mark.parametrize(("bits", "little"), [(64, True), (32, True), (64, False)])
def test_programs_from_before_go_1_18_hold_pointers(bits: int, little: bool) -> None:
    order, form = "<" if little else ">", "QQ" if bits == 64 else "II"
    version, lines = b"go1.16.3", INLINE[INLINE.index(b"\x30\x77") :]
    pair = struct.calcsize(form)
    sections = {"rodata": version + bytes(8) + lines, "data": bytes(2 * pair), ".go.buildinfo": bytes(32)}
    head = 64 if bits == 64 else 52
    rodata, data = (elf_address(sections, name, head) for name in ("rodata", "data"))
    pointers = struct.pack(order + form, data, data + pair)
    sections["data"] = struct.pack(order + 2 * form, rodata, len(version), rodata + 16, len(lines))
    sections[".go.buildinfo"] = (
        b"\xff Go buildinf:" + bytes([pair // 2, 0 if little else 1]) + pointers.ljust(16, b"\0")
    )
    found = releases(elf(sections, bits=bits, little=little))
    assert found == ["golang/stdlib@1.16.3", *EXPECTED[1:]]


def test_a_program_without_modules_has_gos_version() -> None:
    assert releases(elf({".go.buildinfo": go_build_info("go1.21rc2", "")})) == ["golang/stdlib@1.21rc2"]
    assert releases(elf({".go.buildinfo": go_build_info("devel go1.23-0a1b2c X:loopvar", "")})) == [
        "golang/stdlib@1.23"
    ]


@pytest.mark.parametrize(
    "data", [INLINE[:40], INLINE[:-30], INLINE[:32] + b"\xff" * 20, INLINE[:14] + bytes([3, 0]) + bytes(16)]
)
def test_damaged_build_information_is_told(data: bytes) -> None:
    found = inspect(elf({".go.buildinfo": data}))
    assert not found.claims
    assert "Go" in found.problems[0]


@pytest.mark.parametrize(
    "data", [elf({".text": b"x"}), elf({".go.buildinfo": b""}), b"\x7fELF", b"MZ", pe({})]
)
def test_other_programs_say_nothing(data: bytes) -> None:
    assert releases(data) == []


@pytest.mark.parametrize(
    ("version", "settings", "expected"),
    [
        ("v1.2.3", {}, "v1.2.3"),
        ("(devel)", {}, "(devel)"),
        ("", {"vcs.revision": "0123456789abcdef", "vcs.time": "nonsense"}, "(devel)"),
        (
            "(devel)",
            {"vcs.revision": "0123456789abcdef", "vcs.time": "2024-01-02T03:04:05Z"},
            "v0.0.0-20240102030405-0123456789ab",
        ),
        (
            "(devel)",
            {"-ldflags": "-s -w -X main.commit=1.0.0 -X github.com/a/b/version.Version=v2.9.6 -X a.b=3.0.0"},
            "v2.9.6",
        ),
        ("(devel)", {"-ldflags": "-X 'main.version=1.0.0-rc1' -X main.goVersion=1.22.1"}, "v1.0.0-rc1"),
    ],
)
def test_the_version_of_the_program_itself(version: str, settings: dict[str, str], expected: str) -> None:
    info = BuildInfo("go1.22", Module("example.org/tool", version), (), settings)
    assert main_version(info) == expected


def test_a_command_of_gos_own_has_no_module() -> None:
    assert parse_build_info("go1.22", "path\tcmd/go\nbuild\t-compiler=gc\n").main == ("cmd/go", "(devel)")
    assert parse_build_info("go1.22", "path\tcommand-line-arguments\n").main is None


def test_settings_may_be_in_quotes() -> None:
    info = parse_build_info(
        "go1.22", 'build\t-ldflags="-X main.version=1.2.3"\nbuild\t"a b"=`c`\nbuild\tx="\\q"\n'
    )
    assert info.settings == {"-ldflags": "-X main.version=1.2.3", "a b": "c", "x": "\\q"}


@pytest.mark.parametrize(
    ("path", "texts", "modules"),
    [
        ("a.b/tool", (b"2.6.2", b"some other text"), ["a.b/tool@v2.6.2"]),
        ("a.b/tool", (b"v1.5.0", b"1.5.0-1+b6"), ["a.b/tool@v1.5.0"]),
        ("a.b/tool", (b"1.6.20~ds1",), ["a.b/tool@v1.6.20+ds1"]),
        ("a.b/tool", (b"1.5.0", b"2.0.0"), ["a.b/tool@(devel)"]),
        (
            "github.com/caddy/caddy/v2/cmd/caddy",
            (b"2.6.2",),
            ["github.com/caddy/caddy/v2/cmd/caddy@v2.6.2", "github.com/caddy/caddy/v2@v2.6.2"],
        ),
        ("github.com/cli/cli", (b"2.6.2",), ["github.com/cli/cli@v2.6.2"]),
    ],
)
def test_a_version_that_the_linker_was_told(path: str, texts: tuple[bytes, ...], modules: list[str]) -> None:
    info = go_build_info("go1.19.8", f"path\t{path}\n")
    program = elf({**go_variables(*texts, linked=True), ".go.buildinfo": info})
    assert releases(program) == ["golang/stdlib@1.19.8", *(f"golang/{one}" for one in modules)]
    program = elf({**go_variables(*texts), ".go.buildinfo": info})
    assert releases(program) == ["golang/stdlib@1.19.8", f"golang/{path}@(devel)"]


def test_such_a_version_says_more_than_a_commit() -> None:
    commit = "build\tvcs.revision=0123456789ab\nbuild\tvcs.time=2024-01-01T00:00:00Z\n"
    info = go_build_info("go1.22.1", f"path\tx\nmod\ta.b/tool\t(devel)\n{commit}")
    program = elf({**go_variables(b"1.2.3", linked=True), ".go.buildinfo": info})
    assert releases(program) == ["golang/stdlib@1.22.1", "golang/a.b/tool@v1.2.3"]
