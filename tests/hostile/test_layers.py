"""Layers made to break their reader: each gives a clear typed error, or harmless rows."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.errors import DigestMismatchError, LayerError, LimitExceededError, PraxiError
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import LayerLimits, read_layer
from tests.support.layers import (
    COMPRESSIONS,
    MEDIA_TYPE,
    Entry,
    VerifiedBlob,
    archive,
    changeset,
    describe,
    folder,
    link,
    member,
    read,
)

SAMPLE = archive([folder("a"), member("a/b", random.Random(1).randbytes(5000)), link("a/l", "b")])


def renamed(name: bytes) -> bytes:
    """Return an archive of one file with this name in a pax record."""
    length = len(b" path=\n") + len(name)
    length += len(str(length + len(str(length))))
    record = b"%d path=%s\n" % (length, name)
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(record)
    padding = bytes(-len(record) % 512)
    return header.tobuf(tarfile.USTAR_FORMAT) + record + padding + archive([member("x", b"content")])


@pytest.mark.parametrize("kept", [3, 18, 1000, -9, -1])
@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_truncated_stream(kind: str, kept: int) -> None:
    with pytest.raises(LayerError):
        read(COMPRESSIONS[kind](SAMPLE)[:kept], media_type=MEDIA_TYPE + kind)


@pytest.mark.parametrize("kept", [100, 512, 700, 1536, 6000])
def test_truncated_archive(kept: int) -> None:
    with pytest.raises(LayerError, match="too early"):
        read(SAMPLE[: kept if kept != 512 else 1100])


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
@pytest.mark.parametrize("cut", [1, 511, 512, 3000])
def test_streams_in_several_members_are_one(kind: str, cut: int) -> None:
    pack = COMPRESSIONS[kind]
    whole = Changeset.from_reading(read(SAMPLE))
    parts = pack(SAMPLE[:cut]) + pack(SAMPLE[cut:])
    assert list(Changeset.from_reading(read(parts)).paths) == list(whole.paths)


def test_a_second_archive_behind_the_first_is_not_looked_at() -> None:
    second = archive([member("hidden")])
    for data in (SAMPLE + second, COMPRESSIONS["+gzip"](SAMPLE) + COMPRESSIONS["+gzip"](second)):
        assert list(Changeset.from_reading(read(data)).paths) == ["a", "a/b", "a/l"]


def test_members_behind_a_lone_zero_block() -> None:
    with pytest.raises(LayerError, match="lone block"):
        read(SAMPLE[:512] + bytes(512) + SAMPLE[512:])


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
@pytest.mark.parametrize("garbage", [b"x", b"garbage behind the stream", b"\0garbage"])
def test_garbage_behind_the_stream(kind: str, garbage: bytes) -> None:
    with pytest.raises(LayerError):
        read(COMPRESSIONS[kind](SAMPLE) + garbage)


def test_zeros_behind_gzip_are_padding() -> None:
    assert len(read(COMPRESSIONS["+gzip"](SAMPLE) + bytes(1000)).types) == 3


def test_skippable_zstd_frames_are_skipped() -> None:
    skipped = b"\x5a\x2a\x4d\x18\x04\0\0\0note"
    data = skipped + COMPRESSIONS["+zstd"](SAMPLE) + skipped
    assert len(read(data).types) == 3


@pytest.mark.parametrize(
    "data", [b"\x28\xb5\x2f\xfd garbage and more of it", b"no archive at all" * 99, b"\x1f\x8b\x08"]
)
def test_garbage(data: bytes) -> None:
    with pytest.raises(LayerError):
        read(data)


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_the_media_type_promises_a_compression(kind: str) -> None:
    with pytest.raises(LayerError, match="media type"):
        read(b"nothing like it" * 100, media_type=MEDIA_TYPE + kind)


@pytest.mark.parametrize("kind", COMPRESSIONS)
@pytest.mark.parametrize("promised", COMPRESSIONS)
def test_the_bytes_decide_over_the_media_type(kind: str, promised: str) -> None:
    if kind or not promised:
        assert len(read(COMPRESSIONS[kind](SAMPLE), media_type=MEDIA_TYPE + promised).types) == 3


@pytest.mark.parametrize("packed", [bytes(1024), b"", gzip.compress(bytes(1024)), gzip.compress(b"")])
def test_empty_layer(packed: bytes) -> None:
    reading = read(packed)
    assert (len(reading.types), len(reading.paths), reading.whiteouts) == (0, 0, ())


@pytest.mark.parametrize("name", ["../etc/passwd", "a/../../b", "a/..", ".."])
def test_names_that_leave_their_folder(name: str) -> None:
    for entry in (member(name), folder(name), link("x", name, tarfile.LNKTYPE)):
        with pytest.raises(LayerError, match="leaves its folder"):
            changeset([entry])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("./a", "a"),
        ("a//b/./c", "a/b/c"),
        ("///x", "x"),
        ("..a", "..a"),
        (".a", ".a"),
    ],
)
def test_odd_names_are_cleaned(name: str, path: str) -> None:
    assert list(changeset([member(name)]).paths) == [path]


@pytest.mark.parametrize("name", ["./", "/", "."])
def test_the_root_is_no_change(name: str) -> None:
    assert list(changeset([folder(name), member("a")]).paths) == ["a"]


def test_a_symbolic_link_may_point_anywhere() -> None:
    changes = changeset([link("a", "../../../etc/passwd")])
    assert dict(changes.links) == {0: "../../../etc/passwd"}


def test_a_nul_in_a_pax_name() -> None:
    with pytest.raises(LayerError, match="NUL"):
        read(renamed(b"a\0b"))


def test_a_name_that_is_no_utf8() -> None:
    for data in (archive([member("caf\udce9")]), renamed(b"caf\xe9")):
        assert list(Changeset.from_reading(read(data)).paths) == ["caf\udce9"]


@pytest.mark.parametrize("archive_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_name_of_5000_characters(archive_format: int) -> None:
    for entry in (member("d/" * 2500), link("a", "x" * 5000), member("w/.wh." + "x" * 5000)):
        with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_PATH_LENGTH"):
            changeset([entry], archive_format)
    assert len(changeset([member("x" * 4096)], archive_format).paths[0]) == 4096


@pytest.mark.parametrize(
    "records",
    [
        b"12 path=a",
        b"x path=a\n",
        b"9999 path=a\n",
        b"9 path=ab\n",
        b"0 \n",
        b"6 a=b\n" + b"6 a=b\nrest",
        b"-5 a=b\n",
    ],
)
def test_malformed_pax_records(records: bytes) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(records)
    data = header.tobuf(tarfile.USTAR_FORMAT) + records.ljust(512, b"\0") + SAMPLE
    with pytest.raises(LayerError, match="pax"):
        read(data)


def test_an_extended_header_of_gigabytes() -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 5 << 30
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_HEADER_BYTES"):
        read(header.tobuf(tarfile.GNU_FORMAT) + SAMPLE)


def test_an_extended_header_without_member() -> None:
    with pytest.raises(LayerError, match="too early"):
        read(renamed(b"a")[:1024])


@pytest.mark.parametrize(
    "field", [b"-0000001750", b"0o000001750", b"00000_01750", b"+0000001750", b"9999999999 "]
)
def test_numbers_that_only_python_would_read(field: bytes) -> None:
    data = bytearray(archive([member("a", b"x" * 1000)]))
    data[124:136] = field.ljust(12, b"\0")
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(LayerError, match="no number"):
        read(bytes(data))


def test_a_negative_size() -> None:
    data = bytearray(archive([member("a", b"x")]))
    data[124:136] = b"\xff" * 11 + b"\0"
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(LayerError, match="negative"):
        read(bytes(data))


def test_hard_link_loops() -> None:
    loop = [link("a", "b", tarfile.LNKTYPE), link("b", "a", tarfile.LNKTYPE), link("c", "c", tarfile.LNKTYPE)]
    changes = changeset(loop)
    assert dict(changes.links) == {0: "b", 1: "a", 2: "c"}
    assert changes.sizes.tolist() == [0, 0, 0]


def test_symbolic_link_loops() -> None:
    changes = changeset([link("a", "b"), link("b", "a"), link("c", "c"), member("a/d", b"x")])
    assert list(changes.paths) == ["a", "b", "c", "a/d"]


def test_hard_links_show_what_stood_there_before_them() -> None:
    listed = [
        member("file", b"first"),
        link("to-first", "./file", tarfile.LNKTYPE),
        link("to-link", "/to-first", tarfile.LNKTYPE),
        member("file", b"second!"),
        link("to-second", "file", tarfile.LNKTYPE),
        link("below", "etc/elsewhere", tarfile.LNKTYPE),
        link("symbolic", "file"),
        link("to-symbolic", "symbolic", tarfile.LNKTYPE),
    ]
    changes = changeset(listed)
    sizes = dict(zip(changes.paths, changes.sizes.tolist(), strict=True))
    assert sizes == {
        "to-first": 5, "to-link": 5, "file": 7, "to-second": 7, "below": 0, "symbolic": 0, "to-symbolic": 0,
    }  # fmt: skip
    hashes = dict(zip(changes.paths, changes.hashes.tolist(), strict=True))
    assert hashes["to-first"] == hashes["to-link"] != hashes["to-second"] == hashes["file"]
    assert changes.links[list(changes.paths).index("to-first")] == "file"


def test_of_duplicates_the_last_counts() -> None:
    changes = changeset(
        [member("a", b"1"), member("b"), member("./a", b"22"), link("l", "x"), member("/a", b"333")]
    )
    assert list(changes.paths) == ["b", "l", "a"]
    assert changes.sizes.tolist() == [0, 0, 3]
    assert dict(changes.links) == {1: "x"}


def test_a_folder_that_becomes_a_file_takes_its_content_along() -> None:
    listed: list[Entry] = [
        folder("d"),
        member("d/a"),
        folder("d/s"),
        member("d/s/b"),
        member("dx"),
        member("d"),
    ]
    assert list(changeset(listed).paths) == ["dx", "d"]
    again = [*listed, folder("d"), member("d/new")]
    assert list(changeset(again).paths) == ["dx", "d", "d/new"]
    repeated = [folder("d"), member("d/a"), folder("d")]
    assert list(changeset(repeated).paths) == ["d/a", "d"]


def test_whiteouts_are_about_lower_layers() -> None:
    listed = [
        member("etc/.wh.removed"),
        member(".wh.top"),
        folder("etc/replaced"),
        member("etc/replaced/new"),
        member("etc/.wh.replaced"),
        member("opt/.wh..wh..opq"),
        member("opt/added"),
        member(".wh..wh..opq"),
        member("etc/a.wh.b"),
    ]
    changes = changeset(listed)
    assert changes.whiteouts == ("etc/removed", "top", "etc/replaced")
    assert changes.opaques == ("opt", "")
    assert list(changes.paths) == ["etc/replaced", "etc/replaced/new", "opt/added", "etc/a.wh.b"]


def test_notes_of_aufs_mean_nothing() -> None:
    listed = [folder(".wh..wh.plnk"), member(".wh..wh.plnk/12.34", b"x"), member(".wh..wh.aufs"), member("a")]
    changes = changeset(listed)
    assert (list(changes.paths), changes.whiteouts, changes.opaques) == (["a"], (), ())


@pytest.mark.parametrize("name", [".wh.", "a/.wh.", "a/.wh..", ".wh..."])
def test_whiteouts_of_nothing(name: str) -> None:
    with pytest.raises(LayerError, match="names nothing"):
        changeset([member(name)])


def test_devices_and_fifos_have_no_content() -> None:
    listed = [member(name, type=kind, size=4096) for name, kind in (("c", b"3"), ("b", b"4"), ("p", b"6"))]
    header = b"".join(info.tobuf(tarfile.GNU_FORMAT) for info, _ in listed)
    changes = Changeset.from_reading(read(header + SAMPLE))
    assert list(changes.paths) == ["c", "b", "p", "a", "a/b", "a/l"]
    assert changes.sizes.tolist() == [0, 0, 0, 0, 5000, 0]


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_a_bomb_by_ratio(kind: str) -> None:
    limits = LayerLimits(ratio_floor=1 << 20, max_ratio=100)
    bomb = COMPRESSIONS[kind](archive([member("zeros", bytes(20 << 20))]))
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_RATIO"):
        read(bomb, limits=limits)
    small = COMPRESSIONS[kind](archive([member("zeros", bytes(900 << 10))]))
    assert len(read(small, limits=limits).types) == 1


def test_a_bomb_by_bytes() -> None:
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_BYTES"):
        read(SAMPLE, limits=LayerLimits(max_bytes=4096))


def test_a_sparse_bomb() -> None:
    info = tarfile.TarInfo("hole")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_BYTES"):
        read(bytes(header) + SAMPLE, limits=LayerLimits(max_bytes=1 << 30))


def test_a_window_too_large() -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 24,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    packer = zstd.ZstdCompressor(options=options)
    data = packer.compress(SAMPLE) + packer.flush()
    assert len(read(data).types) == 3
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_WINDOW_BYTES"):
        read(data, limits=LayerLimits(max_window_bytes=1 << 20))


@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        (LayerLimits(max_entries=2), "PRAXI_LAYER_MAX_ENTRIES"),
        (LayerLimits(max_path_bytes=3), "PRAXI_LAYER_MAX_PATH_BYTES"),
        (LayerLimits(max_path_length=2), "PRAXI_LAYER_MAX_PATH_LENGTH"),
    ],
)
def test_each_limit_names_its_setting(limits: LayerLimits, setting: str) -> None:
    with pytest.raises(LimitExceededError, match=setting) as caught:
        read(SAMPLE, limits=limits)
    assert caught.value.where.startswith("sha256:")


def test_whiteouts_count_as_entries() -> None:
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_ENTRIES"):
        read(archive([member(f".wh.{number}") for number in range(11)]), limits=LayerLimits(max_entries=10))


def test_files_too_large_to_keep_are_named() -> None:
    listed = [member("large", b"x" * 11), member("a", b"y" * 8), member("b", b"z" * 8)]
    limits = LayerLimits(max_kept_file_bytes=10, max_kept_bytes=15)
    reading = read(archive(listed), limits=limits, keep=lambda _: True)
    assert reading.kept == {"a": b"y" * 8}
    assert reading.too_large == ("large", "b")


def test_a_wrong_digest_explains_the_damage() -> None:
    descriptor = describe(COMPRESSIONS["+gzip"](SAMPLE))
    damaged = bytearray(COMPRESSIONS["+gzip"](SAMPLE))
    damaged[200] ^= 0xFF
    blob = VerifiedBlob(bytes(damaged), descriptor.digest)
    with pytest.raises(DigestMismatchError):
        read_layer(blob, descriptor, limits=LayerLimits(), keep=lambda _: False)


def test_what_the_source_raises_comes_through_and_the_thread_ends() -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        read_layer(
            Broken(), Descriptor(MEDIA_TYPE, "sha256:0", 1), limits=LayerLimits(), keep=lambda _: False
        )


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(COMPRESSIONS)),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=4),
    st.floats(0.01, 1),
)
def test_damage_raises_only_our_errors(kind: str, flips: list[tuple[float, int]], kept: float) -> None:
    data = bytearray(COMPRESSIONS[kind](SAMPLE))
    for place, mask in flips:
        data[int(place * len(data))] ^= mask
    try:
        reading = read(bytes(data[: int(kept * len(data))]), limits=LayerLimits(max_bytes=64 << 20))
    except PraxiError:
        return
    assert len(reading.types) == len(reading.hashes) == bytes(reading.paths).count(0)


MILLION = """
import sys
from praxi_tasks.errors import LimitExceededError
from praxi_tasks.fingerprint import Changeset
from tests.support.layers import describe, VerifiedBlob
from praxi_tasks.oci.layer import read_layer
from praxi_tasks.oci.layer import LayerLimits
data = open(sys.argv[1], "rb").read()
blob, descriptor = VerifiedBlob(data, describe(data).digest), describe(data)
try:
    reading = read_layer(blob, descriptor, limits=LayerLimits.from_environment(), keep=lambda _: False)
    stored = Changeset.from_reading(reading).to_bytes()
    del reading
    print(len(Changeset.from_bytes(stored)))
except LimitExceededError as error:
    print(error)
# What getrusage calls the peak begins with the process that this one was forked from.
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a layer of a million files."""
    path = tmp_path_factory.mktemp("million") / "layer.tar.gz"
    template = bytearray(tarfile.TarInfo("0" * 60).tobuf(tarfile.USTAR_FORMAT))
    template[148:156] = b" " * 8
    rest = sum(template) - sum(template[:60])
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as file:
        for number in range(1_000_000):
            template[:60] = name = b"usr/lib/python3/dist-packages/package/modules/file_%06d.py" % number
            template[148:156] = b"%06o\0 " % (rest + sum(name))
            file.write(template)
        file.write(bytes(1024))
    return path


def run_million(layer: Path, **environment: str) -> list[str]:
    command = [sys.executable, "-c", MILLION, str(layer)]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=root, env={"PYTHONPATH": ".", **environment}
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_million_entries_in_flat_memory(million: Path) -> None:
    count, memory = run_million(million)
    assert int(count) == 1_000_000
    assert int(memory) <= 200


@pytest.mark.slow
def test_more_entries_than_allowed(million: Path) -> None:
    message, memory = run_million(million, PRAXI_LAYER_MAX_ENTRIES="999999")
    assert "999999 entries" in message
    assert "PRAXI_LAYER_MAX_ENTRIES" in message
    assert int(memory) <= 200
