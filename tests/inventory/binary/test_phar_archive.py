from __future__ import annotations

import bz2
import zlib

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.inspect import part_to_read
from praxi_tasks.inventory.binary.phar_archive import read_phar
from praxi_tasks.oci.layer import FileContent

PATH = "usr/local/bin/composer"
STUB = b'#!/usr/bin/env php\n<?php Phar::mapPhar("x.phar"); __HALT_COMPILER(); ?>\r\n'
LIST = b"""<?php return array(
    'root' => array(
        'name' => 'composer/composer',
        'pretty_version' => '2.7.7',
        'version' => '2.7.7.0',
    ),
    'versions' => array(
        'composer/composer' => array(
            'pretty_version' => '2.7.7',
        ),
        'psr/log-implementation' => array(
            'dev_requirement' => false,
            'provided' => array(
                0 => '1.0|2.0|3.0',
            ),
        ),
        'Symfony/Console' => array(
            'pretty_version' => 'v5.4.41',
        ),
    ),
);
"""
_GZIPPED = zlib.compress(LIST, wbits=-15)[:9]
PACKAGES = [("composer/composer", "2.7.7"), ("symfony/console", "v5.4.41")]


def phar(files: dict[str, bytes], flags: int = 0, count: int | None = None) -> bytes:
    """Return an archive as PHP writes one, each file packed as its flags say."""
    index, body = b"", b""
    for name, content in files.items():
        data = zlib.compress(content, wbits=-15) if flags == 0x1000 else content
        data = bz2.compress(content) if flags == 0x2000 else data
        numbers = (len(content), 1_700_000_000, len(data), zlib.crc32(content), flags | 0o644, 0)
        index += _text(name.encode()) + b"".join(number.to_bytes(4, "little") for number in numbers)
        body += data
    head = (len(files) if count is None else count).to_bytes(4, "little") + b"\x11\0" + b"\0\0\1\0"
    index = head + _text(b"composer.phar") + _text(b"a:0:{}") + index
    return STUB + _text(index) + body


def _text(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


def _named(data: bytes) -> list[tuple[str, str]]:
    claims = list(read_phar(PATH, FileContent(data, len(data))))
    assert {(claim.ecosystem, claim.database, claim.files) for claim in claims} <= {
        ("composer", PATH, (PATH,))
    }
    return [(claim.name, claim.version) for claim in claims]


@pytest.mark.parametrize("flags", [0, 0x1000, 0x2000])
def test_what_composer_put_into_an_archive_is_named(flags: int) -> None:
    files = {"bin/composer": b"<?php", "vendor/composer/installed.php": LIST, "src/a.php": b"<?php"}
    assert _named(phar(files, flags)) == PACKAGES


def test_a_script_is_no_archive() -> None:
    assert _named(b"#!/usr/bin/php\n<?php require 'Composer.php';\n") == []
    assert _named(phar({"src/a.php": LIST})) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (STUB, "far larger"),
        (STUB + b"\xff\xff\xff\xff", "far larger"),
        (phar({"a": b""})[:-10], "cut off"),
        (phar({"a": b""}, count=2), "cut off"),
        (phar({"a": b""}, count=1 << 31), "members"),
        (phar({"vendor/composer/installed.php": LIST}, 0x1000).replace(_GZIPPED, b"\xff" * 9), "damaged"),
        (phar({"vendor/composer/installed.php": LIST}, 0x2000).replace(b"BZh9", b"BZhx"), "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_archive_is_told(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        _named(data)


def test_archives_are_told_by_their_names() -> None:
    head = STUB[:64]
    for path in (b"usr/local/bin/composer", b"usr/local/bin/wp", b"opt/PHPUnit.phar"):
        assert part_to_read(path, head) is not None
    assert part_to_read(b"srv/index.php", b"<?php") is None
