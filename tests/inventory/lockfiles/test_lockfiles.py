"""What each kind of lock file declares, as its own tool writes it."""

from __future__ import annotations

import json

import pytest

from praxi_tasks.inventory import Inventory
from tests.inventory.layers import inventory_of

POETRY = b"""[[package]]
name = "Flask"
version = "3.0.0"
files = [
    {file = "flask-3.0.0.tar.gz", hash = "sha256:0"},
]

[package.dependencies]
name = "1"

[[package]]
name = "ours"
version = "0.1.0"

[package.source]
type = "directory"
url = "ours"

[metadata]
version = "9"
"""
UV = b"""version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }

[[package]]
name = "six"
version = "1.16.0"
source = { registry = "https://example.org/simple" }
"""
PYLOCK = b"""lock-version = '1.0'
[[packages]]
name = 'attrs'
version = '25.1.0'
[[packages.wheels]]
name = 'attrs-25.1.0-py3-none-any.whl'
[[packages]]
name = 'ours'
version = '1'
[packages.directory]
path = '.'
"""
PDM = b'[[package]]\nname = "idna"\nversion = "3.6"\n\n[[package]]\nname = "x"\nversion = "1"\npath = "./x"\n'
PIPFILE = b"""{"default": {"click": {"version": "==8.1.7"}, "x": {"git": "y"}},
 "develop": {"pytest": {"version": "==8.0"}}}"""
REQUIREMENTS = b"""# pins
Flask==3.0.0 \\
    --hash=sha256:00
celery[redis] == 5.3.6 ; python_version > "3"
numpy>=1
torch==2.*
range==1.0,!=1.1
-e ./x
"""
PYODIDE = b'{"info": {"arch": "wasm32"}, "packages": {"numpy": {"name": "numpy", "version": "1.26.4"}}}'
NPM_3 = json.dumps(
    {
        "packages": {
            "": {"name": "app", "version": "1.0.0"},
            "packages/ours": {"version": "1.0.0"},
            "node_modules/ours": {"resolved": "packages/ours", "link": True},
            "node_modules/@babel/core": {"version": "7.24.0", "dev": True},
            "node_modules/a/node_modules/ms": {"version": "2.0.0"},
            "node_modules/alias": {"name": "real", "version": "1.2.3"},
        },
        "dependencies": {"ms": {"version": "9.9.9"}},
    }
).encode()
NPM_1 = b"""{"dependencies": {"a": {"version": "1.0.0", "dependencies": {"ms": {"version": "2.0.0"}}},
 "alias": {"version": "npm:real@1.2.3"}, "git": {"version": "git+ssh://x#1"}}}"""
YARN_1 = b"""# yarn lockfile v1


"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.24.0"
  resolved "https://example.org/core.tgz"
  dependencies:
    version "^1.0.0"

ms@2.0.0:
  version "2.0.0"

alias@npm:real@^1:
  version "1.2.3"

"ours@file:./ours":
  version "1.0.0"
"""
YARN_BERRY = b"""__metadata:
  version: 8

"@babel/core@npm:^7.0.0, @babel/core@npm:^7.1.0":
  version: 7.24.0
  resolution: "@babel/core@npm:7.24.0"

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."

"ms@patch:ms@npm%3A2.0.0#~/x.patch":
  version: 2.0.0
"""
PNPM = b"""lockfileVersion: '9.0'
importers:
  .:
    dependencies:
packages:

  '@babel/core@7.24.0':
    resolution: {integrity: x}

  /ms/2.0.0:
    dev: true
  /react-dom@18.2.0(react@18.2.0):
    dev: true
  link@file:../x:
    dev: true

snapshots:
  other@1.0.0: {}
"""
BUN_SPREAD = b"""{
  "workspaces": {"": {"dependencies": {"ours": "workspace:*"}}},
  "packages": {
    "@babel/core": [
      "@babel/core@7.24.0",
      "",
      {"optionalDependencies": {"fsevents@2": "1"}},
      "sha512-x"
    ],
    "sub": ["sub@git+ssh://example.org/sub", {}],
    "ms": [
      "ms@2.0.0"
    ]
  }
}
"""
BUN = b"""{
  "lockfileVersion": 1,
  "packages": {
    "@babel/core": ["@babel/core@7.24.0", "", { "dependencies": {} }, "sha512-x"],
    "ours": ["ours@workspace:packages/ours"],
  }
}
"""
DENO = (
    b'{"version": "4", "jsr": {"@std/assert@1.0.0-rc.2": {}},'
    b' "npm": {"chalk@5.3.0": {}, "a@1.0.0_b@2.0.0": {}}}'
)
DENO_3 = b'{"packages": {"npm": {"string_decoder@1.3.0": {}}, "jsr": {"@std/path@0.218.2": {}}}}'
CONDA_LOCK = b"""version: 1
metadata:
  name: x
package:
- name: numpy
  version: 1.26.4
  manager: conda
  dependencies:
    version: '9'
- name: flask
  version: '3.0.0'
  manager: pip
"""
EXPLICIT = b"@EXPLICIT\nhttps://conda.example.org/linux-64/ca-certificates-2024.2.2-hbcca054_0.conda#00\n"
PIXI = b"""version: 5
environments:
  default:
    packages:
      linux-64:
      - conda: https://conda.example.org/linux-64/numpy-1.26.4-py312_0.conda
      - pypi: https://example.org/flask-3.0.0-py3-none-any.whl
packages:
- kind: conda
  name: numpy
  version: 1.26.4
- kind: pypi
  name: flask
  version: 3.0.0
"""
ENVIRONMENT_LOOSE = b"""dependencies:
  - bzip2=1
  - zlib=1.2.*
  - libblas>=3.9
  - libcblas<=3.9.0=22_openblas
  - libgcc-ng 13.2|13.3
  - libgfortran-ng >13.2.0,<=13.3
  - libgfortran5 =>13.2.0,<13.3
  - libgomp 13.2.0 hf8544c7_5  # as conda lists it
  - liblapack=3.9.*=22_openblas
  - "="
"""
ENVIRONMENT = b"""name: x
channels:
  - python=2
dependencies:
  - conda-forge::numpy=1.26.4=py312_0
  - scipy==1.12
  - pandas>=2
  - pip
  - pip:
    - flask==3.0.0
    - celery>=5
prefix: /x
"""
GO_MOD = b"""module example.org/app

go 1.22

require (
	github.com/gin-gonic/gin v1.9.1
	golang.org/x/net v0.20.0 // indirect
	example.org/ours v1.0.0
)
require rsc.io/quote v1.5.2

replace example.org/ours => ../ours
replace golang.org/x/net v0.20.0 => golang.org/x/net v0.21.0
exclude rsc.io/quote v1.5.1
"""
GO_MOD_REPLACED = b"""module example.org/app
require (
	example.org/a v1.0.0
	example.org/b v1.0.0
)
replace (
	example.org/a v0.9.0 => example.org/a v1.5.0
	example.org/b => example.org/c v3.0.0
)
"""
GO_SUM = b"rsc.io/quote v1.5.2 h1:x=\nrsc.io/quote v1.5.2/go.mod h1:x=\nrsc.io/other v1.0.0/go.mod h1:x=\n"
CARGO = b"""version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "libc",
]

[[package]]
name = "libc"
version = "0.2.153"
source = "registry+https://example.org/index"
"""
GEMFILE = b"""GIT
  remote: https://example.org/x
  specs:
    ours (0.1.0)

GEM
  remote: https://example.org/
  specs:
    nokogiri (1.16.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.3)

PLATFORMS
  ruby
"""
COMPOSER = b"""{"packages": [{"name": "symfony/console", "version": "v6.4.1"},
 {"name": "a/b", "version": "dev-main"}], "packages-dev": []}"""
GRADLE = b"# made\ncom.google.guava:guava:33.0.0-jre=compileClasspath,x\nempty=annotationProcessor\n"
NUGET = b"""{"version": 1, "dependencies": {"net8.0":
 {"Serilog": {"type": "Direct", "resolved": "3.1.1"}, "ours": {"type": "Project"}}}}"""
PACKAGES_CONFIG = b"""\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>
<packages>
  <package id="Serilog" version="3.1.1" targetFramework="net48" />
  <package targetFramework="net48" version='6.0.4' id='Newtonsoft.Json'/>
  <package id="Unversioned" />
</packages>
"""
ASSETS = b"""{"version": 3, "libraries": {"Serilog/3.1.1": {"type": "package", "path": "serilog/3.1.1"},
 "Ours/1.0.0": {"type": "project", "path": "../Ours/Ours.csproj"}}}"""
PAKET = b"""STORAGE: NONE
NUGET
  remote: https://example.org/index.json
    Serilog (3.1.1)
      System.Memory (>= 4.5)
    FSharp.Core (8.0.100) - restriction: >= net48
GITHUB
  remote: example/tools
    build.fsx (0123456789abcdef)
"""
FREEZE = b"""active-repositories: hackage.haskell.org:merge
constraints: any.aeson ==2.1.2.1,
             aeson +ordered-keymap,
             any.base ==4.18.2.1
index-state: hackage.haskell.org 2024-01-01T00:00:00Z
"""
STACK = b"""packages:
- completed:
    hackage: postgresql-libpq-0.10.1.0@sha256:00ff,3166
    pantry-tree:
      size: 1096
  original:
    hackage: postgresql-libpq-0.10.1.0
- completed:
    git: https://example.org/x.git
    name: ours
    version: 1.0.0
snapshots:
- original: lts-22.41
"""
CARTON = b"""# carton snapshot format: version 1.0
DISTRIBUTIONS
  Try-Tiny-0.31
    pathname: E/ET/ETHER/Try-Tiny-0.31.tar.gz
    provides:
      Try::Tiny 0.31
    requirements:
      perl 5.006
"""
LUAROCKS = b"""return {
   dependencies = {
      ["lua-cjson"] = "2.1.0.10-1",
      lpeg = "1.1.0-1"
   }
}
"""
NIMBLE = b'{"version": 2, "packages": {"regex": {"version": "0.25.0"}, "x": {"vcsRevision": "00"}}}'
PACKRAT = b"""PackratFormat: 1.4
RVersion: 4.3.2

Package: jsonlite
Source: CRAN
Version: 1.8.8

Package: limma
Source: Bioconductor
Version: 3.58.1

Package: x
Source: github
Version: 1
"""
VERIFICATION = b"""<?xml version="1.0" encoding="UTF-8"?>
<verification-metadata><components>
  <component group="com.google.guava" name="guava" version="33.0.0-jre">
    <artifact name="guava-33.0.0-jre.jar"/>
  </component>
</components></verification-metadata>
"""
MIX = b'%{\n  "cowboy": {:hex, :cowboy, "2.10.0", "00", [:make], [], "hexpm"},\n  "x": {:git, "y", "z"},\n}\n'
REBAR = b'{"1.2.0",\n[{<<"cowlib">>,{pkg,<<"cowlib">>,<<"2.12.1">>},1}]}.\n'
PUBSPEC = b"""packages:
  path:
    dependency: transitive
    description:
      name: path
    source: hosted
    version: "1.9.0"
  flutter:
    source: sdk
    version: "0.0.0"
sdks:
  dart: ">=3.0.0"
"""
SWIFT = b"""{"pins": [
 {"location": "https://example.org/apple/swift-nio.git", "state": {"version": "2.62.0"}},
 {"location": "https://example.org/a/b", "state": {"branch": "main"}}], "version": 2}"""
SWIFT_1 = b"""{"object": {"pins": [{"package": "NIO",
 "repositoryURL": "git@example.org:apple/swift-nio.git", "state": {"version": "2.0.0"}}]}}"""
PODS = b"""PODS:
  - AFNetworking (4.0.1):
    - AFNetworking/Reachability (= 4.0.1)
  - AFNetworking/Reachability (4.0.1)

DEPENDENCIES:
  - AFNetworking (~> 4.0)
"""
CONAN = (
    b'{"version": "0.5", "requires": ["zlib/1.3#00%1.2", "x/1@u/c#0"], "build_requires": ["cmake/3.28.1"]}'
)
CONAN_1 = b"""{"graph_lock": {"nodes": {"0": {"ref": null}, "1": {"ref": "zlib/1.3#00"},
 "2": {"ref": "not/a/reference"}}}}"""
RENV = b"""{"R": {"Version": "4.3.2"}, "Packages": {
 "jsonlite": {"Package": "jsonlite", "Version": "1.8.8", "Source": "Repository"},
 "limma": {"Package": "limma", "Version": "3.58.1", "Source": "Bioconductor"},
 "x": {"Package": "x", "Version": "1", "Source": "GitHub"}}}"""
MANIFEST = b"""julia_version = "1.10.0"
manifest_format = "2.0"

[[deps.JSON]]
deps = ["Dates"]
git-tree-sha1 = "00"
uuid = "682c06a0"
version = "0.21.4"

[[deps.Dates]]
uuid = "ade2ca70"
version = "1.10.0"
"""

TERRAFORM = b"""# This file is maintained automatically by "terraform init".
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.0.0"
  hashes = [
    "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
  ]
}

provider "tf.example.org/team/db" {
  version = "1.0.0"
}
"""
LOCKS: dict[str, tuple[str, bytes, set[str]]] = {
    "poetry": ("app/poetry.lock", POETRY, {"pypi/flask 3.0.0"}),
    "uv": ("uv.lock", UV, {"pypi/six 1.16.0"}),
    "pdm": ("app/pdm.lock", PDM, {"pypi/idna 3.6"}),
    "pylock": ("app/pylock.dev.toml", PYLOCK, {"pypi/attrs 25.1.0"}),
    "pipenv": ("app/Pipfile.lock", PIPFILE, {"pypi/click 8.1.7", "pypi/pytest 8.0"}),
    "requirements": ("app/requirements-dev.txt", REQUIREMENTS, {"pypi/flask 3.0.0", "pypi/celery 5.3.6"}),
    "requirements folder": ("app/requirements/dev.txt", b"a==1\n", {"pypi/a 1"}),
    "pyodide": ("srv/pyodide-lock.json", PYODIDE, {"pypi/numpy 1.26.4"}),
    "pyodide before": ("srv/pyodide/repodata.json", PYODIDE, {"pypi/numpy 1.26.4"}),
    "npm": (
        "app/package-lock.json",
        NPM_3,
        {"npm/@babel/core 7.24.0", "npm/ms 2.0.0", "npm/real 1.2.3"},
    ),
    "npm 1": ("npm-shrinkwrap.json", NPM_1, {"npm/a 1.0.0", "npm/ms 2.0.0", "npm/real 1.2.3"}),
    "yarn": ("app/yarn.lock", YARN_1, {"npm/@babel/core 7.24.0", "npm/ms 2.0.0", "npm/real 1.2.3"}),
    "yarn berry": ("yarn.lock", YARN_BERRY, {"npm/@babel/core 7.24.0", "npm/ms 2.0.0"}),
    "pnpm": (
        "app/pnpm-lock.yaml",
        PNPM,
        {"npm/@babel/core 7.24.0", "npm/ms 2.0.0", "npm/react-dom 18.2.0"},
    ),
    "bun spread": ("app/bun.lock", BUN_SPREAD, {"npm/@babel/core 7.24.0", "npm/ms 2.0.0"}),
    "bun": ("app/bun.lock", BUN, {"npm/@babel/core 7.24.0"}),
    "deno": ("deno.lock", DENO, {"npm/chalk 5.3.0", "npm/a 1.0.0", "jsr/@std/assert 1.0.0-rc.2"}),
    "deno 3": ("deno.lock", DENO_3, {"npm/string_decoder 1.3.0", "jsr/@std/path 0.218.2"}),
    "conda-lock": ("app/conda-lock.yml", CONDA_LOCK, {"conda/numpy 1.26.4", "pypi/flask 3.0.0"}),
    "explicit": ("conda-linux-64.lock", EXPLICIT, {"conda/ca-certificates 2024.2.2"}),
    "explicit by name": ("conda.lock", EXPLICIT, {"conda/ca-certificates 2024.2.2"}),
    "pixi": ("app/pixi.lock", PIXI, {"conda/numpy 1.26.4", "pypi/flask 3.0.0"}),
    "environment": (
        "app/environment.yml",
        ENVIRONMENT,
        {"conda/numpy 1.26.4", "conda/scipy 1.12", "pypi/flask 3.0.0"},
    ),
    "environment loose": (
        "app/environment.yml",
        ENVIRONMENT_LOOSE,
        {"conda/bzip2 1", "conda/libgomp 13.2.0"},
    ),
    "go.mod replaced": (
        "src/go.mod",
        GO_MOD_REPLACED,
        {"golang/example.org/a v1.0.0", "golang/example.org/c v3.0.0"},
    ),
    "go.mod": (
        "src/go.mod",
        GO_MOD,
        {
            "golang/github.com/gin-gonic/gin v1.9.1",
            "golang/golang.org/x/net v0.21.0",
            "golang/rsc.io/quote v1.5.2",
        },
    ),
    "go.sum": ("src/go.sum", GO_SUM, {"golang/rsc.io/quote v1.5.2"}),
    "cargo": ("src/Cargo.lock", CARGO, {"cargo/libc 0.2.153"}),
    "bundler": ("app/Gemfile.lock", GEMFILE, {"gem/nokogiri 1.16.0", "gem/racc 1.7.3"}),
    "composer": ("app/composer.lock", COMPOSER, {"composer/symfony/console v6.4.1"}),
    "gradle": ("app/gradle.lockfile", GRADLE, {"maven/com.google.guava:guava 33.0.0-jre"}),
    "nuget": ("app/packages.lock.json", NUGET, {"nuget/Serilog 3.1.1"}),
    "packages.config": (
        "app/packages.config",
        PACKAGES_CONFIG,
        {"nuget/Serilog 3.1.1", "nuget/Newtonsoft.Json 6.0.4"},
    ),
    "assets": ("app/obj/project.assets.json", ASSETS, {"nuget/Serilog 3.1.1"}),
    "paket": ("app/paket.lock", PAKET, {"nuget/Serilog 3.1.1", "nuget/FSharp.Core 8.0.100"}),
    "cabal": ("app/cabal.project.freeze", FREEZE, {"hackage/aeson 2.1.2.1", "hackage/base 4.18.2.1"}),
    "stack": ("app/stack.yaml.lock", STACK, {"hackage/postgresql-libpq 0.10.1.0"}),
    "carton": ("app/cpanfile.snapshot", CARTON, {"cpan/Try-Tiny 0.31"}),
    "luarocks": ("luarocks.lock", LUAROCKS, {"luarocks/lua-cjson 2.1.0.10-1", "luarocks/lpeg 1.1.0-1"}),
    "nimble": ("nimble.lock", NIMBLE, {"nim/regex 0.25.0"}),
    "packrat": (
        "app/packrat/packrat.lock",
        PACKRAT,
        {"cran/jsonlite 1.8.8", "bioconductor/limma 3.58.1"},
    ),
    "verification": (
        "app/gradle/verification-metadata.xml",
        VERIFICATION,
        {"maven/com.google.guava:guava 33.0.0-jre"},
    ),
    "mix": ("app/mix.lock", MIX, {"hex/cowboy 2.10.0"}),
    "rebar": ("app/rebar.lock", REBAR, {"hex/cowlib 2.12.1"}),
    "pub": ("app/pubspec.lock", PUBSPEC, {"pub/path 1.9.0"}),
    "swift": ("Package.resolved", SWIFT, {"swift/example.org/apple/swift-nio 2.62.0"}),
    "swift 1": ("Package.resolved", SWIFT_1, {"swift/example.org/apple/swift-nio 2.0.0"}),
    "cocoapods": ("Podfile.lock", PODS, {"cocoapods/AFNetworking 4.0.1"}),
    "conan": ("conan.lock", CONAN, {"conan/zlib 1.3", "conan/x 1", "conan/cmake 3.28.1"}),
    "conan 1": ("conan.lock", CONAN_1, {"conan/zlib 1.3"}),
    "renv": ("renv.lock", RENV, {"cran/jsonlite 1.8.8", "bioconductor/limma 3.58.1"}),
    "terraform": (
        "infra/.terraform.lock.hcl",
        TERRAFORM,
        {"terraform/hashicorp/aws 5.100.0", "terraform/tf.example.org/team/db 1.0.0"},
    ),
    "julia": ("env/Manifest.toml", MANIFEST, {"julia/JSON 0.21.4"}),
}


def declared(inventory: Inventory) -> set[str]:
    return {f"{claim.ecosystem}/{claim.name} {claim.version}" for claim in inventory.declared}


@pytest.mark.parametrize("kind", LOCKS)
def test_a_lock_file_declares_and_claims_nothing(kind: str) -> None:
    path, data, expected = LOCKS[kind]
    inventory = inventory_of({path: data})
    assert declared(inventory) == expected
    assert {claim.database for claim in inventory.declared} == {path}
    assert (inventory.claims, inventory.databases, inventory.problems) == ((), (), ())
    assert inventory.declared_problems == ()
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory


@pytest.mark.parametrize("line_end", [b"\r\n"])
@pytest.mark.parametrize("kind", LOCKS)
def test_ends_of_lines_of_windows_change_nothing(kind: str, line_end: bytes) -> None:
    path, data, expected = LOCKS[kind]
    assert declared(inventory_of({path: data.replace(b"\n", line_end)})) == expected


@pytest.mark.parametrize("filler", [b"\n", b"a", b"a-", b"- a=", b"[[", b"\xff", b'"'])
@pytest.mark.parametrize("kind", LOCKS)
def test_much_of_one_thing_ends(kind: str, filler: bytes) -> None:
    path, data, _ = LOCKS[kind]
    inventory = inventory_of({path: data[:60] + filler * (100_000 // len(filler))})
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory


@pytest.mark.parametrize(
    "path",
    [
        "app/node_modules/x/yarn.lock",
        "usr/lib/python3.11/site-packages/x/requirements.txt",
        "root/go/pkg/mod/rsc.io/quote@v1.5.2/go.mod",
        "var/lib/gems/3.1.0/gems/x-1/Gemfile.lock",
        "usr/share/dict/words.txt",
        "app/other.lock",
        "opt/conda/pkgs/cache/repodata.json",
    ],
)
def test_what_came_with_an_installed_package_or_is_no_lock_file_declares_nothing(path: str) -> None:
    assert inventory_of({path: REQUIREMENTS}) == inventory_of({path: b""})


@pytest.mark.parametrize(
    "path",
    [
        "package-lock.json",
        "Pipfile.lock",
        "composer.lock",
        "conan.lock",
        "renv.lock",
        "deno.lock",
        "packages.config",
        "nimble.lock",
    ],
)
def test_a_damaged_lock_file_is_told_and_is_no_gap_of_what_is_installed(path: str) -> None:
    inventory = inventory_of({path: b"{"})
    assert inventory.problems == ()
    (problem,) = inventory.declared_problems
    assert problem.startswith(f"{path}: it is no lock file")
