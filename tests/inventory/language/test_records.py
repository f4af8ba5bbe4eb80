"""Records of languages' package managers: each a small one as its manager writes it, and damaged ones."""

from __future__ import annotations

import json

import pytest

from praxi_tasks.inventory import Claim
from tests.inventory.layers import inventory_of, only

COMPOSER = json.dumps(
    {
        "packages": [
            {
                "name": "Symfony/console",
                "version": "v6.4.1",
                "license": ["MIT", "GPL-2.0-only"],
                "install-path": "../symfony/console",
            }
        ],
        "dev": False,
    }
).encode()
PEAR = (
    b'a:3:{s:7:"attribs";a:1:{s:7:"version";s:3:"2.0";}s:4:"name";s:9:"memcached";s:7:"channel";'
    b's:12:"pecl.php.net";s:7:"version";a:2:{s:7:"release";s:5:"3.2.0";s:3:"api";s:5:"1.0.0";}'
    b's:12:"dependencies";a:1:{s:4:"name";s:4:"PEAR";s:7:"channel";s:12:"pear.php.net";}}'
)
PEAR_BY_HAND = (
    b'a:3:{s:4:"name";s:9:"memcached";s:4:"date";s:10:"2022-01-11";'
    b's:7:"version";a:2:{s:7:"release";s:5:"3.2.0";s:3:"api";s:5:"3.2.0";}}'
)
OLD_PEAR = b'a:2:{s:7:"package";s:4:"Mail";s:7:"version";s:5:"1.4.1";}'
GEM = b"""# -*- encoding: utf-8 -*-
# stub: rack 3.0.8 ruby lib

Gem::Specification.new do |s|
  s.name = "rack".freeze
  s.version = "3.0.8"
  s.licenses = ["MIT".freeze, "Ruby".freeze]
end
"""
PLAIN_GEM = b"""Gem::Specification.new do |s|
  s.name = 'rack'
  s.version = Gem::Version.new("3.0.8")
  s.license = 'MIT'
  s.licenses = ["Ruby"]
  s.add_dependency("name = 'x'")
end
"""
R = b"""Package: jsonlite
Version: 1.8-8
License: MIT + file LICENSE
Repository: CRAN
Built: R 4.3.1; x86_64-pc-linux-gnu; 2023-12-05; unix
"""
BIOCONDUCTOR = b"Package: limma\nVersion: 3.58.1\nbiocViews: ExonArray\nBuilt: R 4.3.1; ; 2023; unix\n"
PERLLOCAL = b"""=head2 Mon Jan  1 00:00:00 2024: C<Module> L<Try::Tiny|Try::Tiny>

=over 4

=item *

C<installed into: /usr/local/share/perl/5.36.0>

=item *

C<VERSION: 0.30>

=back

=head2 Tue Jan  2 00:00:00 2024: C<Module> L<Try::Tiny|Try::Tiny>

C<VERSION: 0.31>
"""
PACKLIST = b"/usr/local/share/perl/5.36.0/Try/Tiny.pm\n/usr/local/man/man3/Try::Tiny.3pm type=file\n"
CPANM = json.dumps({"name": "Moose", "version": "2.2206", "dist": "Moose-2.2206"}).encode()
ROCKSPEC = b'package = "luasocket"\nversion = "3.1.0-1"\ndescription = {\n  license = "MIT"\n}\n'
JULIA = b'name = "JSON"\nuuid = "682c06a0"\nversion = "0.21.4"\n\n[deps]\nversion = "9"\n'
OPAM = b'opam-version: "2.0"\nlicense: ["LGPL-2.1-only" "MIT"]\n'
HASKELL = b"name:                 aeson\nversion:              2.1.2.1\nlicense:              BSD-3-Clause\n"
ERLANG = b'%% made\n{application, cowboy, [\n\t{description, "x"},\n\t{vsn, "2.10.0"},\n]}.\n'
DOTNET = json.dumps(
    {
        "targets": {
            "net8.0": {"Newtonsoft.Json/13.0.3": {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {}}}}
        },
        "libraries": {
            "app/1.0.0": {"type": "project"},
            "Newtonsoft.Json/13.0.3": {"type": "package"},
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"},
        },
    }
).encode()
WORDPRESS = (
    b"<?php\n/**\n * Plugin Name: Akismet Anti-spam\n * Version: 5.3.1\n * License: GPLv2 or later\n */\n"
)
THEME = b"/*\nTheme Name: Twenty Ten\nAuthor: x\nVersion: 4.0\nLicense: GPL-2.0-or-later\n*/\nbody {}\n"
OCTAVE = b"Name: Statistics\nVersion: 1.6.5\nDate: 2024-03-25\nLicense: GPLv3+, Public Domain\n"
NUSPEC = b"""\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata minClientVersion="2.12">
    <id>Serilog.Sinks.File</id>
    <version>5.0.0+abcdef</version>
    <license type="expression">Apache-2.0</license>
    <dependencies><dependency id="Serilog" version="2.10.0" /></dependencies>
  </metadata>
</package>
"""
MODULES = b"""{"manifest": {"/mod.ts": {"size": 1}}, "exports": {".": "./mod.ts"}}
// denoCacheMetadata={"headers":{"etag":"x"},"url":"https://jsr.io/@std/path/1.0.8_meta.json","time":1}"""
OLD_MODULES = b'{"headers": {}, "url": "https://jsr.io/@std/fs/0.229.3_meta.json", "now": {}}'
HASH = "0123456789abcdef0123456789abcdef01234567"

RECORDS = {
    "srv/vendor/composer/installed.json": (COMPOSER, ("composer", "symfony/console", "v6.4.1")),
    "usr/share/php/.registry/.channel.pecl.php.net/memcached.reg": (
        PEAR,
        ("pear", "pecl.php.net/memcached", "3.2.0"),
    ),
    "usr/share/php/.registry/mail.reg": (OLD_PEAR, ("pear", "pear.php.net/Mail", "1.4.1")),
    "var/lib/gems/3.1.0/specifications/rack-3.0.8.gemspec": (GEM, ("gem", "rack", "3.0.8")),
    "usr/lib/ruby/gems/3.1.0/specifications/default/rack-3.0.8.gemspec": (
        PLAIN_GEM,
        ("gem", "rack", "3.0.8"),
    ),
    "opt/specifications/nokogiri-1.16.0-x86_64-linux.gemspec": (b"x", ("gem", "nokogiri", "1.16.0")),
    "usr/local/lib/R/site-library/jsonlite/DESCRIPTION": (R, ("cran", "jsonlite", "1.8-8")),
    "opt/conda/lib/R/library/limma/DESCRIPTION": (BIOCONDUCTOR, ("bioconductor", "limma", "3.58.1")),
    "usr/share/octave/packages/statistics-1.6.5/packinfo/DESCRIPTION": (
        OCTAVE,
        ("octave", "statistics", "1.6.5"),
    ),
    "usr/local/lib/perl/5.36.0/perllocal.pod": (PERLLOCAL, ("cpan", "Try-Tiny", "0.31")),
    "opt/perl5/x86_64-linux/.meta/Moose-2.2206/install.json": (CPANM, ("cpan", "Moose", "2.2206")),
    "usr/local/lib/luarocks/rocks-5.1/luasocket/3.1.0-1/luasocket-3.1.0-1.rockspec": (
        ROCKSPEC,
        ("luarocks", "luasocket", "3.1.0-1"),
    ),
    "root/.julia/packages/JSON/93Ea8/Project.toml": (JULIA, ("julia", "JSON", "0.21.4")),
    "root/.opam/4.14/.opam-switch/packages/lwt.5.7.0/opam": (OPAM, ("opam", "lwt", "5.7.0")),
    "usr/lib/ghc/package.conf.d/aeson-2.1.2.1.conf": (HASKELL, ("hackage", "aeson", "2.1.2.1")),
    "app/lib/cowboy-2.10.0/ebin/cowboy.app": (ERLANG, ("hex", "cowboy", "2.10.0")),
    "usr/lib/erlang/lib/cowboy-2.10.0/ebin/cowboy.app": (ERLANG, ("otp", "cowboy", "2.10.0")),
    "root/.nuget/packages/serilog.sinks.file/5.0.0/serilog.sinks.file.nuspec": (
        NUSPEC,
        ("nuget", "Serilog.Sinks.File", "5.0.0"),
    ),
    f"root/.cache/deno/remote/https/jsr.io/{'0a' * 32}": (MODULES, ("jsr", "@std/path", "1.0.8")),
    f"deno-dir/deps/https/jsr.io/{'0b' * 32}.metadata.json": (OLD_MODULES, ("jsr", "@std/fs", "0.229.3")),
    "root/.pub-cache/hosted/pub.dev/path-1.9.0/pubspec.yaml": (b"", ("pub", "path", "1.9.0")),
    f"root/.conan/data/zlib/1.3/_/_/package/{HASH}/conaninfo.txt": (b"", ("conan", "zlib", "1.3")),
    f"root/.nimble/pkgs2/regex-0.25.0-{HASH}/nimblemeta.json": (b"{}", ("nim", "regex", "0.25.0")),
    "root/.nimble/pkgs/jester-0.6.0/nimblemeta.json": (b"{}", ("nim", "jester", "0.6.0")),
    "root/.local/share/swi-prolog/pack/func/pack.pl": (
        b"name(func).\nversion('0.4.2').\ntitle('x').\n",
        ("swiplpack", "func", "0.4.2"),
    ),
    "srv/wp-content/plugins/hello.php": (
        b"<?php\n/*\nPlugin Name: Hello Dolly\nVersion: 1.7.2\n*/\n",
        ("wordpress-plugin", "hello", "1.7.2"),
    ),
    "srv/wp-content/themes/twentyten/style.css": (THEME, ("wordpress-theme", "twentyten", "4.0")),
    "srv/wp-includes/version.php": (
        b"<?php\n/**\n * @global string $wp_version\n */\n$wp_version = '6.4.3-RC1';\n$wp_db_version = 1;\n",
        ("generic", "wordpress", "6.4.3-RC1"),
    ),
    "srv/wp-content/plugins/akismet/akismet.php": (WORDPRESS, ("wordpress-plugin", "akismet", "5.3.1")),
}


@pytest.mark.parametrize("path", RECORDS)
def test_a_record_names_its_release(path: str) -> None:
    data, expected = RECORDS[path]
    claim = only(inventory_of({path: data}))
    assert (claim.ecosystem, claim.name, claim.version) == expected
    assert claim.database == path


def read(path: str, data: bytes, *others: str) -> tuple[Claim, ...]:
    inventory = inventory_of({path: data}, dict.fromkeys(others, "f"))
    assert inventory.problems == ()
    return inventory.claims


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("srv/vendor/composer/installed.json", "srv/vendor/symfony/console/Application.php"),
        (
            "var/lib/gems/3.1.0/specifications/rack-3.0.8.gemspec",
            "var/lib/gems/3.1.0/gems/rack-3.0.8/lib/rack.rb",
        ),
        (
            "usr/local/lib/R/site-library/jsonlite/DESCRIPTION",
            "usr/local/lib/R/site-library/jsonlite/R/jsonlite.rdb",
        ),
        (
            "usr/share/octave/packages/statistics-1.6.5/packinfo/DESCRIPTION",
            "usr/share/octave/packages/statistics-1.6.5/fitdist.m",
        ),
        ("root/.julia/packages/JSON/93Ea8/Project.toml", "root/.julia/packages/JSON/93Ea8/src/JSON.jl"),
        ("app/lib/cowboy-2.10.0/ebin/cowboy.app", "app/lib/cowboy-2.10.0/ebin/cowboy.beam"),
        (
            "root/.nuget/packages/serilog.sinks.file/5.0.0/serilog.sinks.file.nuspec",
            "root/.nuget/packages/serilog.sinks.file/5.0.0/lib/net6.0/Serilog.Sinks.File.dll",
        ),
        ("srv/wp-content/plugins/akismet/akismet.php", "srv/wp-content/plugins/akismet/views/a.php"),
    ],
)
def test_a_package_owns_its_folder(path: str, file: str) -> None:
    beside = (
        file.replace("console", "console2").replace("3.0.8/lib", "3.0.80/lib").replace("jsonlite/", "json/")
    )
    (claim,) = read(path, RECORDS[path][0], file, *({beside} - {file}))
    assert file in claim.files
    assert beside == file or beside not in claim.files


@pytest.mark.parametrize(
    ("path", "licences"),
    [
        ("srv/vendor/composer/installed.json", ("MIT OR GPL-2.0-only",)),
        ("var/lib/gems/3.1.0/specifications/rack-3.0.8.gemspec", ("MIT", "Ruby")),
        ("usr/local/lib/R/site-library/jsonlite/DESCRIPTION", ("MIT + file LICENSE",)),
        ("root/.nuget/packages/serilog.sinks.file/5.0.0/serilog.sinks.file.nuspec", ("Apache-2.0",)),
        ("root/.opam/4.14/.opam-switch/packages/lwt.5.7.0/opam", ("LGPL-2.1-only", "MIT")),
        ("usr/lib/ghc/package.conf.d/aeson-2.1.2.1.conf", ("BSD-3-Clause",)),
        ("srv/wp-content/plugins/akismet/akismet.php", ("GPLv2 or later",)),
    ],
)
def test_licences_are_read(path: str, licences: tuple[str, ...]) -> None:
    assert read(path, RECORDS[path][0])[0].licences == licences


def test_composer_1_and_a_package_outside() -> None:
    old = json.dumps([{"name": "a/b", "version": "1"}, {"name": "", "version": "1"}]).encode()
    path = "srv/vendor/composer/installed.json"
    inventory = inventory_of({path: old}, {"srv/vendor/a/b/x.php": "f"})
    assert [claim.files for claim in inventory.claims] == [("srv/vendor/a/b/x.php",)]
    assert len(inventory.problems) == 1
    outside = json.dumps({"packages": [{"name": "a/b", "version": "1", "install-path": "../../.."}]}).encode()
    assert read(path, outside, "etc/passwd")[0].files == ()


def test_a_list_of_pears_without_a_channel_is_of_the_one_it_lies_in() -> None:
    inside = "usr/share/php/.registry/.channel.pecl.php.net/memcached.reg"
    assert only(inventory_of({inside: PEAR_BY_HAND})).name == "pecl.php.net/memcached"
    assert (
        only(inventory_of({"usr/share/php/.registry/m.reg": PEAR_BY_HAND})).name == "pear.php.net/memcached"
    )


def test_a_library_of_dotnets_without_a_version_is_none() -> None:
    data = b'{"libraries": {"Serilog": {"type": "package"}, "Serilog.Sinks/1": {"type": "package"}}}'
    assert [claim.name for claim in read("app/x.deps.json", data)] == ["Serilog.Sinks"]


def test_a_folder_that_two_records_name_is_given_to_the_first() -> None:
    several = [{"name": f"a/b{n}", "version": "1", "install-path": "../a/b"} for n in range(50)]
    path = "srv/vendor/composer/installed.json"
    claims = read(path, json.dumps({"packages": several}).encode(), "srv/vendor/a/b/x.php")
    assert [len(claim.files) for claim in claims] == [1, *[0] * 49]


def test_a_dotnet_application_lists_its_packages_and_their_files() -> None:
    claims = read("app/app.deps.json", DOTNET, "app/Newtonsoft.Json.dll")
    assert [(claim.name, claim.version, claim.files) for claim in claims] == [
        ("Newtonsoft.Json", "13.0.3", ("app/Newtonsoft.Json.dll",)),
        ("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1", ()),
    ]


def test_what_dotnets_runtime_has_instead_of_an_application_is_not_its_own() -> None:
    uses = {
        "app/1.0.0": {"dependencies": {"Humanizer": "2.14.1", "System.Net.Http": "4.3.0"}},
        "Humanizer/2.14.1": {"dependencies": {"Humanizer.Core": "2.14.1"}},
        "Humanizer.Core/2.14.1": {"runtime": {"lib/net6.0/Humanizer.dll": {}}},
        "System.Net.Http/4.3.0": {"dependencies": {"System.Runtime": "4.3.0"}},
        "System.Text.Json/8.0.5": {"runtime": {"lib/net8.0/System.Text.Json.dll": {}}},
        "runtime.native.System/4.3.0": {},
        "Razor.Design/2.2.0": {"compile": {"lib/x.dll": {}}, "compileOnly": True},
    }
    libraries = {name: {"type": "project" if name == "app/1.0.0" else "package"} for name in uses}
    libraries["System.Buffers/4.3.0"] = {"type": "package"}  # of which no target says how it is used
    data = json.dumps({"targets": {"net8.0": uses}, "libraries": libraries}).encode()
    assert [claim.name for claim in read("app/app.deps.json", data)] == [
        "Humanizer",
        "Humanizer.Core",
        "System.Text.Json",
        "System.Buffers",
    ]


def test_a_list_of_files_belongs_to_the_module_it_is_named_for() -> None:
    path = "usr/local/lib/perl/5.36.0/perllocal.pod"
    packlist = "usr/local/lib/perl/5.36.0/auto/Try/Tiny/.packlist"
    claim = only(inventory_of({path: PERLLOCAL, packlist: PACKLIST}))
    assert claim.files == ("usr/local/man/man3/Try::Tiny.3pm", "usr/local/share/perl/5.36.0/Try/Tiny.pm")


def test_what_is_no_installed_package_is_silent() -> None:
    assert read("src/jsonlite/DESCRIPTION", R.rpartition(b"Built:")[0]) == ()
    assert read("usr/lib/R/library/jsonlite/DESCRIPTION", R.rpartition(b"Built:")[0]) != ()
    assert read("srv/wp-content/plugins/akismet/other.php", b"<?php\n") == ()
    assert read("srv/wp-content/themes/x/style.css", b"body {}\n") == ()
    assert read("srv/wp-includes/version.php", b"<?php\n") == ()
    assert read("src/Serilog.Sinks.File/serilog.sinks.file.nuspec", NUSPEC) == ()
    module = b'export {};\n// denoCacheMetadata={"url":"https://jsr.io/@std/path/1.0.8/mod.ts"}'
    assert read(f"root/.cache/deno/remote/https/jsr.io/{'0c' * 32}", module) == ()


# Any content of the others is one without a package, or their paths name the release.
STRICT = (
    ".nuspec",
    "/packinfo/DESCRIPTION",
    "installed.json",
    ".reg",
    "install.json",
    "Project.toml",
    ".conf",
    ".app",
)


@pytest.mark.parametrize("path", [path for path in RECORDS if path.endswith(STRICT)])
@pytest.mark.parametrize("data", [b"\xff{", b"", b"{}", b"[1]"])
def test_what_can_not_be_read_is_a_problem(path: str, data: bytes) -> None:
    inventory = inventory_of({path: data})
    assert inventory.claims == ()
    assert len(inventory.problems) == 1


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (
            "usr/lib/erlang/lib/cowboy-2.10.0/ebin/cowboy.app",
            b"{application, cowboy, [{vsn," + b" " * 500_000,
        ),
        ("opt/perllocal.pod", b"=head2 C<Module> L<Try::Tiny|Try::Tiny>\n" + b"C<VERSION: " * 50_000),
    ],
    ids=["erlang", "perl"],
)
def test_a_record_without_end_is_read_in_linear_time(path: str, data: bytes) -> None:
    assert inventory_of({path: data}).claims == ()


def test_the_base_package_of_r_is_r_itself() -> None:
    path = "usr/local/lib/R/library/base/DESCRIPTION"
    data = b"Package: base\nVersion: 4.4.1\nPriority: base\nBuilt: R 4.4.1; ; ; unix\n"
    claims = inventory_of({path: data}).claims
    assert [(claim.ecosystem, claim.name, claim.version) for claim in claims] == [
        ("cran", "base", "4.4.1"),
        ("generic", "r", "4.4.1"),
    ]
