"""``praxi packs build`` from an index to a layer: its files are named without any package database."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.pack_packages import ECOSYSTEMS, pack_packages
from praxi_tasks.cli.packs import packs
from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.sources.pack_indexes import PACK_INDEXES
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import open_store
from tests.learning.sources.test_conda import conda, tarball
from tests.learning.sources.test_conda import listed as conda_listed
from tests.support import world
from tests.support.gems import publish_gem, tar
from tests.support.layers import changeset, member
from tests.support.rpm_repository import RpmRepository, build_rpm
from tests.support.site import Answer, Site, site

PROGRAM = Path("/bin/true").read_bytes()


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        yield running


def run(*arguments: str) -> str:
    done = CliRunner().invoke(packs, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def build(folder: Path, kind: str, url: str, *options: str, names: str = "") -> tuple[str, Model]:
    """Build a pack by the command line, and use it on top of a model; return what was told and the model."""
    base, store = (folder / "base").as_uri(), (folder / "store").as_uri()
    world.model().save(base)
    (folder / "names.txt").write_text(names)
    listed = ["--list", str(folder / "names.txt")] if names else []
    told = run("build", kind, "--store", store, "--index", url, *options, *listed)
    name = told.splitlines()[-1].split()[1]
    out = (folder / "out").as_uri()
    run("use", name, "--store", store, "--model", base, "--out", out)
    return told, Model.load(out)


def named(model: Model, files: Mapping[str, bytes]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Return what a layer of these files is said to hold."""
    layer = Tagset.from_changeset(changeset([member(path, data) for path, data in sorted(files.items())]))
    return {(each.ecosystem, each.name, each.versions) for each in model.predict(layer).releases}


def tool(version: str) -> dict[str, bytes]:
    """Return the files of a program, of which only the content of two differs from version to version."""
    text = version.encode()
    return {
        "usr/bin/tool": PROGRAM + text,
        "usr/lib64/libtool.so.3": b"library " * 9000 + text,
        **{f"usr/share/tool/part{number}.dat": b"data" * (90 + number) for number in range(8)},
    }


def test_rpm_packages_by_their_headers(server: Site, tmp_path: Path) -> None:
    releases = RpmRepository(server, "/fedora/releases/42/Everything/x86_64/os")
    updates = RpmRepository(server, "/fedora/updates/42/Everything/x86_64")
    releases.publish(build_rpm(tmp_path, "tool", "1.5-1.fc42", tool("1")), built=1)
    updates.publish(build_rpm(tmp_path, "tool", "1.5-2.fc42", tool("2")), built=2)
    other = {f"usr/share/other/part{number}.dat": b"other" * 90 for number in range(8)}
    releases.publish(build_rpm(tmp_path, "other", "3-1", other), built=1)
    told, model = build(tmp_path, "fedora", f"{server.url}/fedora", "--suite", "42")
    assert "3 releases stored" in told
    assert "pack fedora/42 is in the store" in told
    asked = [path for path, _ in server.asked if "/Packages/" in path]
    assert len(asked) == len(server.ranges) == 3
    fedora = {"etc/fedora-release": b"Fedora release 42\n"}
    for release in "12":
        expected = ("rpm", "tool", (f"1.5-{release}.fc42",))
        assert named(model, fedora | tool(release)) == {expected}
        assert named(model, fedora | {"opt/app/bin/renamed": tool(release)["usr/bin/tool"]}) == {expected}
    assert named(model, fedora | {"opt/app/bin/renamed": b"nobody's" * 999}) == set()


def test_gems(server: Site, tmp_path: Path) -> None:
    def files(version: str) -> dict[str, bytes]:
        parts = {f"lib/rack/part{number}.rb": b"module Rack" * (20 + number) for number in range(9)}
        return {**parts, "lib/rack/version.rb": f"VERSION = '{version}'".encode() * 9}

    for version in ("3.0.8", "3.1.0"):
        publish_gem(server, "rack", version, files(version))
    told, model = build(tmp_path, "rubygems", server.url, names="rack\nlost\n")
    assert "2 releases stored, 1 failed:\n  gem/lost  the index does not have it" in told
    for home in ("usr/local/bundle/gems", "srv/shop/vendor/bundle/ruby/3.3.0/gems"):
        layer = {f"{home}/rack-3.1.0/{path}": data for path, data in files("3.1.0").items()}
        assert named(model, layer) == {("gem", "rack", ("3.1.0",))}


def test_jars(server: Site, tmp_path: Path) -> None:
    home = "/maven/org/example/cart"
    listed = (
        "<metadata><versioning><versions><version>1.0</version><version>1.1</version></versions></versioning>"
    )
    server.answers[f"{home}/maven-metadata.xml"] = Answer(f"{listed}</metadata>".encode())
    jars = {version: b"PK\x03\x04" + version.encode() * 9000 for version in ("1.0", "1.1")}
    for version, jar in jars.items():
        place = f"{home}/{version}/cart-{version}.jar"
        server.answers[place] = Answer(jar)
        server.answers[f"{place}.sha256"] = Answer(hashlib.sha256(jar).hexdigest().encode())
    told, model = build(tmp_path, "maven", f"{server.url}/maven", names="org.example:cart\n")
    assert "2 releases stored" in told
    expected = {("maven", "org.example:cart", ("1.0",))}
    assert named(model, {"app/lib/x.jar": jars["1.0"], "app/run.sh": b"java -jar"}) == expected


def test_packages_of_conda_by_their_lists(server: Site, tmp_path: Path) -> None:
    def files(version: str) -> dict[str, bytes]:
        data = {f"share/tool/part{number}.dat": b"data" * (90 + number) for number in range(8)}
        return {
            **data,
            "bin/tool": PROGRAM + version.encode(),
            "lib/libtool.so": b"library" * 9000 + version.encode(),
        }

    packages = {}
    for number, version in enumerate(("1.0", "1.1")):
        listed = [conda_listed(path, content) for path, content in files(version).items()]
        info = tarball({"info/paths.json": json.dumps({"paths": listed}).encode()})
        # Nothing but the list is there to be read.
        server.answers[f"/forge/linux-64/tool-{version}-0.conda"] = Answer(conda({}, info))
        packages[f"tool-{version}-0.conda"] = {"name": "tool", "version": version, "timestamp": number}
    index = json.dumps({"packages.conda": packages}).encode()
    server.answers["/forge/linux-64/current_repodata.json"] = Answer(index)
    server.answers["/forge/noarch/current_repodata.json"] = Answer(b"{}")
    told, model = build(tmp_path, "conda", f"{server.url}/forge", names="tool\n")
    assert "2 releases stored" in told
    for version in ("1.0", "1.1"):
        expected = {("conda", "tool", (version,))}
        assert named(model, {f"opt/conda/{path}": data for path, data in files(version).items()}) == expected
        assert named(model, {"app/renamed": files(version)["bin/tool"]}) == expected


def test_packages_of_r(server: Site, tmp_path: Path) -> None:
    def files(version: str) -> dict[str, bytes]:
        data = {f"inst/extdata/part{number}.csv": b"1,2" * (20 + number) for number in range(9)}
        return {**data, "NAMESPACE": f"export({version})".encode() * 9, "R/a.R": b"a <- 1"}

    home = "/cran/src/contrib"
    index = ""
    for name, version in (("tidyr", "1.3.1"), ("rlang", "1.1.4")):
        data = gzip.compress(tar({f"{name}/{path}": data for path, data in files(version).items()}))
        server.answers[f"{home}/{name}_{version}.tar.gz"] = Answer(data)
        index += f"Package: {name}\nVersion: {version}\n\n"
    server.answers[f"{home}/PACKAGES.gz"] = Answer(gzip.compress(index.encode()))
    told, model = build(tmp_path, "cran", f"{server.url}/cran", "--popular", "5")
    assert "2 releases stored" in told
    library = "usr/local/lib/R/site-library/tidyr"
    layer = {f"{library}/{path.removeprefix('inst/')}": data for path, data in files("1.3.1").items()}
    made = {f"{library}/{path}": b"made" * 99 for path in ("R/tidyr.rdb", "R/tidyr.rdx", "help/tidyr.rdb")}
    assert named(model, layer | made) == {("cran", "tidyr", ("1.3.1",))}


def test_every_index_has_a_source_and_an_ecosystem() -> None:
    assert ECOSYSTEMS.keys() == PACK_INDEXES.keys() - {"deb"}


def failure(*arguments: str, stdin: bytes = b"") -> str:
    """Return the message of a build that fails."""
    done = CliRunner().invoke(packs, ["build", *arguments], input=stdin)
    assert done.exit_code
    return f"{done.exception}\n{done.output}"


def test_lines_that_name_no_package_are_told_and_stop_no_other(server: Site, tmp_path: Path) -> None:
    publish_gem(server, "rack", "3.1.0", {f"lib/rack/{n}.rb": b"module Rack" * 30 for n in range(9)})
    names = (
        "# mine\nrack\n--source https://me:secret@gems.example\n\ngem/rack\npypi/flask\nnäme\nrack==3.1.0\n"
    )
    told, _ = build(tmp_path, "rubygems", server.url, names=names)
    assert "lines 3, 6, 7, no package of gem; write a name" in told
    assert "secret" not in told
    assert "2 releases stored\n" in told  # the newest versions, and one by its number


def test_a_list_may_be_what_pip_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(tmp_path.as_uri())
    listed = (
        "-r more.txt\nFlask[async]\nsix ; python_version<'4'\nrequests==2.32.0 --hash=sha256:0\nattrs>=23\n"
    )
    found = pack_packages(store, SimpleIndex("http://index.example"), "pypi", listed, None)
    assert [each.label for each in found] == ["pypi/flask", "pypi/six", "pypi/requests@2.32.0"]
    assert "lines 1, 5, no package of pypi" in capsys.readouterr().err


def test_many_odd_lines_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = SimpleIndex("http://index.example")
    assert [*pack_packages(open_store(tmp_path.as_uri()), index, "pypi", "?\n" * 99, None)] == []
    assert "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 89 more, no" in capsys.readouterr().err


def test_why_a_pack_can_not_be_built_is_told(server: Site, tmp_path: Path) -> None:
    store = ("--store", tmp_path.as_uri())
    assert "save it as UTF-8" in failure("pypi", *store, "--list", "-", stdin="requests".encode("utf-16"))
    assert "pypi has no suites (trixie); leave the suite out" in failure("pypi", *store, "--suite", "trixie")
    missing = ("--base", (tmp_path / "none").as_uri(), "--out", (tmp_path / "out").as_uri())
    index = ("rubygems", *store, "--index", server.url, "--list", "-")
    assert "no model" in failure(*index, *missing, stdin=b"rack")
    assert server.asked == []  # it fails before anything is collected
    assert "no release was collected" in failure(*index, stdin=b"rack")
    assert "'bla' is not one of" in failure("bla", *store)


def test_an_address_that_is_none_is_told() -> None:
    done = CliRunner().invoke(packs, ["build", "maven", "--store", "file:///x", "--index", "ftp://x"])
    assert done.exit_code
    assert "--index" in str(done.exception) + done.output
