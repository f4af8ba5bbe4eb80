"""Lock files, each of a form of its own."""

from __future__ import annotations

from praxi_tasks.inventory.readers import LOCK_READERS
from tests.fuzz.target import target
from tests.fuzz.targets.records import check
from tests.support.bun import bun_lockb

# An input's first byte chooses one.
_LOCKS = {
    "uv.lock": b'[[package]]\nname = "six"\nversion = "1"\nsource = { registry = "x" }\n[package.y]\n',
    "Pipfile.lock": b'{"default":{"a":{"version":"==1"}},"develop":{}}',
    "requirements.txt": b"a[b]==1 ; c\n-e .\n",
    "pyodide-lock.json": b'{"packages":{"a":{"name":"a","version":"1"}}}',
    "package-lock.json": b'{"packages":{"node_modules/@s/a":{"version":"1"}}}',
    "npm-shrinkwrap.json": b'{"dependencies":{"a":{"version":"npm:b@1","dependencies":{"c":{}}}}}',
    "yarn.lock": b'"@s/a@npm:^1, b@npm:c@1":\n  version: 1.0\n',
    "pnpm-lock.yaml": b"packages:\n  '@s/a@1.0':\n  /b/1.0_c:\n",
    "bun.lock": b'"a": ["@s/a@1.0", "", {}],',
    "bun.lockb": bun_lockb(),
    "deno.lock": b'{"npm":{"a@1_b@2":{}},"packages":{"npm":{"c@1":{}}}}',
    "conda-lock.yml": b"package:\n- name: a\n  version: '1'\n  manager: pip\n",
    "conda-linux-64.lock": b"https://x/linux-64/a-b-1-0.conda#0",
    "pixi.lock": b"packages:\n- conda: https://x/a-1-0.conda\n- pypi: x\n  name: a\n  version: 1\n",
    "environment.yml": b"dependencies:\n  - x::a=1=0\n  - pip:\n    - b==1\n",
    "go.mod": b"require (\n a.b/c v1.0 // indirect\n)\nreplace a.b/c => d.e/f v2.0\n",
    "go.sum": b"a.b/c v1.0 h1:x=\n",
    "Cargo.lock": b'[[package]]\nname = "a"\nversion = "1"\nsource = "registry+x"\n',
    "Gemfile.lock": b"GEM\n  specs:\n    a (1.0-x86)\n",
    "composer.lock": b'{"packages":[{"name":"a/b","version":"1"}],"packages-dev":null}',
    "gradle.lockfile": b"a.b:c:1=x\n",
    "packages.lock.json": b'{"dependencies":{"n":{"A":{"resolved":"1"}}}}',
    "mix.lock": b'"a": {:hex, :a, "1"},',
    "rebar.lock": b'{<<"a">>,{pkg,<<"a">>,<<"1">>},0}',
    "pubspec.lock": b'  a:\n    source: hosted\n    version: "1"\n',
    "cpanfile.snapshot": b"DISTRIBUTIONS\n  A-B-1.0\n",
    "luarocks.lock": b'return {\n dependencies = {\n  a = "1.0-1",\n  ["b-c"] = "2-1"\n }\n}\n',
    "nimble.lock": b'{"packages":{"a":{"version":"1"}}}',
    "cabal.project.freeze": b"constraints: any.a ==1.0,\n             b ==2\n",
    "stack.yaml.lock": b"packages:\n- completed:\n    hackage: a-1.0@sha256:00,1\n",
    "packages.config": b'<packages><package id="A" version="1" /></packages>',
    "project.assets.json": b'{"libraries":{"A/1":{"type":"package"}}}',
    "paket.lock": b"NUGET\n  remote: x\n    A (1.0)\n      B (>= 2)\n",
    "verification-metadata.xml": b'<component group="a.b" name="c" version="1">',
    "packrat.lock": b"Package: a\nSource: CRAN\nVersion: 1\n",
    "Package.resolved": b'{"pins":[{"location":"https://x/a/b.git","state":{"version":"1"}}]}',
    "Podfile.lock": b"PODS:\n  - A/B (1.0):\n",
    "conan.lock": b'{"requires":["a/1@u/c#0"],"graph_lock":{"nodes":{"1":{"ref":"b/1"}}}}',
    ".terraform.lock.hcl": b'provider "a.b/c/d" {\n  version = "1"\n}\n',
    "renv.lock": b'{"Packages":{"a":{"Package":"a","Version":"1","Source":"Bioconductor"}}}',
    "Manifest.toml": b'[[deps.A]]\ngit-tree-sha1 = "0"\nversion = "1"\n',
}
_PARSERS = (
    "beam.read_mix_lock", "beam.read_rebar_lock", "cargo.read_cargo_lock", "conan.read_conan_lock",
    "conda.read_conda_lock", "conda.read_environment", "conda.read_explicit_list", "conda.read_pixi_lock",
    "dart.read_pubspec_lock", "dotnet.read_nuget_lock", "dotnet.read_packages_config",
    "dotnet.read_paket_lock", "dotnet.read_project_assets", "golang.read_go_mod", "golang.read_go_sum",
    "haskell.read_freeze", "haskell.read_stack_lock", "julia.read_manifest", "jvm.read_gradle_lock",
    "jvm.read_verification", "lua.read_luarocks_lock", "nim.read_nimble_lock", "npm.read_bun_lock",
    "npm.read_deno_lock", "npm.read_package_lock", "npm.read_pnpm_lock", "npm.read_yarn_lock",
    "perl.read_snapshot", "php.read_composer_lock", "python.read_pipfile", "python.read_pyodide_lock",
    "python.read_requirements", "python.read_tables_of_packages", "r.read_packrat_lock", "r.read_renv_lock",
    "ruby.read_gemfile_lock", "swift.read_package_resolved", "swift.read_podfile_lock",
    "terraform.read_terraform_lock",
    "bun_lockb.read_bun_lockb", "tables.read_tables",  # which have no reader of their own
)  # fmt: skip


@target(
    covers=(
        *(f"praxi_tasks.inventory.lockfiles.{name}" for name in _PARSERS),
        *sorted(
            {f"praxi_tasks.inventory.lockfiles.{name.partition('.')[0]}.READER" for name in _PARSERS[:-2]}
        ),
    ),
    seeds=[bytes((number,)) + seed for number, seed in enumerate(_LOCKS.values())],
)
def lock_files(data: bytes) -> None:
    """Read a lock file of one of many kinds."""
    name = list(_LOCKS)[data[0] % len(_LOCKS) if data else 0]
    (reader,) = (reader for reader in LOCK_READERS if reader.reads(name))
    check(reader, data[1:], [name])
