from __future__ import annotations

import re

import pytest

from praxi_tasks.ecosystems import GENERIC, GOLANG
from praxi_tasks.inventory import program_cpe
from praxi_tasks.inventory.binary.known_programs import rules_of
from praxi_tasks.inventory.binary.program_rules import RULES
from tests.inventory.binary.program_examples import EXAMPLES
from tests.inventory.binary.programs import releases
from tests.support.programs import elf, go_build_info, go_variables, pe

BY_NAME = {rule.name: rule for rule in RULES}


def test_every_rule_has_its_own_name_and_an_example() -> None:
    assert len(RULES) >= 120
    assert list(BY_NAME) == [rule.name for rule in RULES] == list(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_program_by_some_of_its_bytes(name: str) -> None:
    rule, (file, content, version) = BY_NAME[name], EXAMPLES[name]
    if isinstance(content, tuple):
        program = elf(go_variables(b"go1.22.1", *content))
        assert releases(program, f"opt/bin/{file}") == [
            "golang/stdlib@1.22.1",
            f"{rule.ecosystem}/{name}@{'v' if rule.ecosystem == GOLANG.purl_type else ''}{version}",
        ]
        return
    program = elf({".rodata": b"some text\0" + content})
    assert releases(program, f"opt/bin/{file}") == [f"{rule.ecosystem}/{name}@{version}"]
    assert releases(program, "opt/bin/another") == []


def test_the_version_across_the_pieces_that_are_read() -> None:
    for before in range((4 << 20) - 200, (4 << 20) + 20, 20):
        program = elf({".rodata": bytes(before) + b"\0nginx version: nginx/1.25.1\0"})
        assert releases(program, "usr/sbin/nginx") == ["generic/nginx@1.25.1"]


def test_of_several_versions_that_of_the_files_name_counts() -> None:
    program = elf({".rodata": b"\x001.2.13\x003.40.1\x003.11.9\x003.12.1\0"})
    assert releases(program, "usr/bin/python3.11") == ["generic/python@3.11.9"]
    assert releases(program, "usr/lib/libpython3.12.so.1.0") == ["generic/python@3.12.1"]
    assert releases(program, "usr/bin/python3.10") == []


def test_what_a_server_answers_is_not_its_version() -> None:
    replies = b"Begin TLS negotiation now.\x002.0.0\x00TLS is already active.\x00"
    program = elf({".rodata": replies + b"DOVECOT_VERSION\x002.3.19.1\x00SOCKET_COUNT\x00"})
    assert releases(program, "usr/lib/dovecot/libdovecot.so.0.0.0") == ["generic/dovecot@2.3.19.1"]
    assert releases(elf({".rodata": replies}), "usr/lib/dovecot/libdovecot.so.0.0.0") == []


def test_what_older_releases_hold() -> None:
    program = elf({".rodata": b"default_kdf_iter\x00fast_kdf_iter\x003.4.1\x00cipher_page\x003.15.2\0"})
    assert releases(program, "usr/lib/libsqlcipher.so.0.8.6") == ["generic/sqlcipher@3.4.1"]
    program = elf({".rodata": b"command-line\x00OpenSSH_4.3\x00%s"})
    assert releases(program, "usr/sbin/sshd") == ["generic/openssh@4.3"]


def test_of_another_format() -> None:
    assert releases(pe({".rdata": b"curl/8.4.0"}), "tools/curl") == ["generic/curl@8.4.0"]


def test_a_go_program_that_was_stamped_says_it_itself() -> None:
    info = go_build_info("go1.22.1", "path\tx\nmod\tgithub.com/rclone/rclone\tv1.66.0\th1:x=\n")
    program = elf({**go_variables(b"v1.66.0"), ".go.buildinfo": info})
    assert releases(program, "usr/bin/rclone") == [
        "golang/stdlib@1.22.1",
        "golang/github.com/rclone/rclone@v1.66.0",
    ]


def test_a_rule_knows_the_version_that_build_information_lacks() -> None:
    info = go_build_info(
        "go1.22.1", "path\tx\nmod\tgithub.com/traefik/traefik/v3\t(devel)\ndep\ta.b/c\t(devel)\n"
    )
    program = elf({**go_variables(b"3.0.4"), ".go.buildinfo": info})
    assert releases(program, "usr/bin/traefik") == [
        "golang/stdlib@1.22.1",
        "golang/a.b/c@(devel)",
        "generic/traefik@3.0.4",
        "golang/github.com/traefik/traefik/v3@v3.0.4",
    ]
    info = go_build_info("go1.22.1", "path\tx\nmod\tgithub.com/hashicorp/vault\t(devel)\n")
    program = elf({**go_variables(b"1.16.2"), ".go.buildinfo": info})
    assert releases(program, "usr/bin/vault") == [
        "golang/stdlib@1.22.1",
        "golang/github.com/hashicorp/vault@v1.16.2",
    ]


def test_versions_of_go_that_contradict_each_other_tell_nothing() -> None:
    assert releases(elf(go_variables(b"go1.22.1", b"go1.21.0"))) == []
    assert releases(elf(go_variables(b"go1.26.5", b"text"))) == ["golang/stdlib@1.26.5"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("libz.so.1.2.13", {"zlib"}),
        ("libzstd.so.1", {"zstd"}),
        ("libavahi-client.so.3", set()),
        ("x86_64-linux-gnu-gcc-12", {"gcc"}),
        ("go", {"go"}),
        ("7z", {"p7zip"}),
        ("", set()),
    ],
)
def test_what_a_file_may_be_by_its_name(name: str, wanted: set[str]) -> None:
    assert {rule.name for rule in rules_of(name)} == wanted


def test_cpe_names() -> None:
    generic = GENERIC.purl_type
    assert program_cpe(generic, "curl", "8.4.0") == "cpe:2.3:a:haxx:curl:8.4.0:*:*:*:*:*:*:*"
    assert program_cpe(generic, "openjdk", "17.0.1+2") == "cpe:2.3:a:oracle:openjdk:17.0.1\\+2:*:*:*:*:*:*:*"
    assert program_cpe(generic, "tini", "1") == program_cpe(generic, "x", "1") == ""
    assert program_cpe(generic, "curl", "") == ""
    helm = program_cpe(GOLANG.purl_type, "helm.sh/helm", "v3.14.2")
    assert helm == "cpe:2.3:a:helm:helm:3.14.2:*:*:*:*:*:*:*"


def test_no_search_takes_quadratic_time() -> None:
    """Of bytes that are all alike, a pattern that may begin anywhere and go on for ever takes hours."""
    for rule in RULES:
        for text in (
            one.expression.pattern for one in rule.patterns(re.sub(r"[*#]", "3", rule.files.split()[0]))
        ):
            assert rb"\d+" not in text
            assert not re.match(rb"(?:\\.|\[[^]]*\]|.)[+*]", text)


def test_a_pattern_is_searched_where_its_word_is() -> None:
    words = {rule.name: [one.plain for one in rule.patterns(rule.files.split()[0])] for rule in RULES}
    assert words["mariadb"] == [b"-MariaDB"]
    assert words["luajit"] == [b"LuaJIT "]
    assert words["ffmpeg"] == [b"FFmpeg version ", b"s version ", b""]
    assert words["haproxy"][:2] == [b", released 20", b"HA-Proxy version "]
    assert words["glibc"] == [b"GNU C Library "]
    assert words["sudo"] == [b"Sudo version ", b""]
