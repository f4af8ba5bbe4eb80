"""Records of package managers that belong to no distribution and no language."""

from __future__ import annotations

import json

import pytest

from tests.inventory.layers import inventory_of, only

CONDA = json.dumps(
    {
        "build": "py312_0",
        "build_number": 0,
        "depends": ["python"],
        "files": ["lib/python3.12/site-packages/numpy/__init__.py", "bin/f2py"],
        "license": "BSD-3-Clause",
        "name": "numpy",
        "version": "1.26.4",
    }
).encode()
SPACK = json.dumps(
    {"spec": {"nodes": [{"name": "hdf5", "version": "1.14.3"}, {"name": "zlib", "version": "1"}]}}
)
SNAP = b"name: core22\nversion: '20240111'\nsummary: name of all\nlicense: GPL-3.0\napps:\n  name: x\n"
BITNAMI = json.dumps(
    {
        "packages": [
            {
                "licenseConcluded": "PostgreSQL",
                "externalRefs": [{"referenceLocator": "pkg:bitnami/postgresql@16.2.0-1?arch=amd64"}],
            },
            {"externalRefs": [{"referenceLocator": "cpe:2.3:*"}, {"referenceLocator": "pkg:bitnami/x"}]},
            {"externalRefs": [{"referenceLocator": "pkg:bitnami/%"}]},
        ]
    }
).encode()

EASYBUILD = b"""easyblock = 'EB_GROMACS'

name = 'GROMACS'
version = "2023.3"
versionsuffix = '-CUDA-%(cudaver)s'
homepage = 'https://www.gromacs.org'
dependencies = [('Python', '3.10.8')]
"""


@pytest.mark.parametrize("prefix", ["opt/conda/", "opt/conda/envs/science/", ""])
def test_conda_owns_the_files_of_its_environment(prefix: str) -> None:
    path = f"{prefix}conda-meta/numpy-1.26.4-py312_0.json"
    claim = only(inventory_of({path: CONDA, f"{prefix}conda-meta/history": b""}))
    assert (claim.ecosystem, claim.name, claim.version) == ("conda", "numpy", "1.26.4")
    assert claim.files == (f"{prefix}bin/f2py", f"{prefix}lib/python3.12/site-packages/numpy/__init__.py")
    assert claim.licences == ("BSD-3-Clause",)
    assert claim.checksums == b""


@pytest.mark.parametrize("prefix", ["opt/conda/", ""])
def test_condas_checksums_are_those_of_the_files_where_they_were_installed(prefix: str) -> None:
    paths = [
        {"_path": "bin/f2py", "sha256": "11" * 32, "sha256_in_prefix": "22" * 32, "path_type": "hardlink"},
        {"_path": "lib/python3.12/site-packages/numpy/__init__.py", "sha256": "33" * 32},
        {"_path": "lib/elsewhere", "sha256": "no digest"},
    ]
    record = json.loads(CONDA) | {"paths_data": {"paths": paths, "paths_version": 1}}
    claim = only(inventory_of({f"{prefix}conda-meta/numpy.json": json.dumps(record).encode()}))
    assert claim.checksums == b"\x22" * 8 + b"\x33" * 8


def test_a_list_of_condas_paths_that_is_none_costs_the_checksums_alone() -> None:
    record = json.loads(CONDA) | {"paths_data": {"paths": 1}}
    inventory = inventory_of({"opt/conda/conda-meta/numpy.json": json.dumps(record).encode()})
    (claim,) = inventory.claims
    assert (len(claim.files), claim.checksums) == (2, b"")
    assert "its checksums" in inventory.problems[0]


@pytest.mark.parametrize(
    ("path", "data", "expected", "file"),
    [
        (
            "opt/spack/gcc-12/hdf5-1.14.3-abc/.spack/spec.json",
            SPACK.encode(),
            ("spack", "hdf5", "1.14.3"),
            "opt/spack/gcc-12/hdf5-1.14.3-abc/lib/libhdf5.so",
        ),
        (
            "home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json",
            b"{}",
            ("brew", "jq", "1.7.1"),
            "home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/bin/jq",
        ),
        (
            "apps/software/GROMACS/2023.3-foss-2022b/easybuild/GROMACS-2023.3-foss-2022b.eb",
            EASYBUILD,
            ("easybuild", "GROMACS", "2023.3"),
            "apps/software/GROMACS/2023.3-foss-2022b/bin/gmx",
        ),
        ("snap/core22/1122/meta/snap.yaml", SNAP, ("snap", "core22", "20240111"), "snap/core22/1122/bin/sh"),
        (
            "opt/bitnami/postgresql/.spdx-postgresql.spdx",
            BITNAMI,
            ("bitnami", "postgresql", "16.2.0-1"),
            "opt/bitnami/postgresql/bin/postgres",
        ),
    ],
)
def test_a_record_names_its_release_and_owns_its_folder(
    path: str, data: bytes, expected: tuple[str, str, str], file: str
) -> None:
    claim = only(inventory_of({path: data}, {file: "f"}))
    assert (claim.ecosystem, claim.name, claim.version) == expected
    assert claim.files == tuple(sorted((path, file)))


@pytest.mark.parametrize(
    "path",
    [
        "opt/conda/conda-meta/x.json",
        "opt/x/.spack/spec.json",
        "opt/x/1/easybuild/recipe.eb",
        "snap/x/1/meta/snap.yaml",
        "opt/bitnami/x/.spdx-x.spdx",
        "opt/bitnami/.bitnami_components.json",
    ],
)
@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"packages":1,"spec":1,"name":1}'])
def test_what_can_not_be_read_is_a_problem(path: str, data: bytes) -> None:
    inventory = inventory_of({path: data})
    assert not inventory.claims
    assert len(inventory.problems) == 1


@pytest.mark.parametrize(
    ("entry", "release"),
    [
        ("bash-5.2-p26", ("bash", "5.2-p26")),
        ("openssl-3.0.13-bin", ("openssl", "3.0.13")),
        ("python3.11-requests-2.31.0", ("python3.11-requests", "2.31.0")),
        ("libX11-1.8.7", ("libX11", "1.8.7")),
        ("source", None),
        ("hook", None),
        ("zlib-1.3.tar.gz", None),
        ("fix-1.2.patch", None),
    ],
)
@pytest.mark.parametrize(("store", "ecosystem"), [("nix", "nix"), ("gnu", "guix")])
def test_a_folder_of_a_store_is_named_for_its_release(
    store: str, ecosystem: str, entry: str, release: tuple[str, str] | None
) -> None:
    folder = f"{store}/store/0c9mi5sal15ry4mq2yh5sldcqz2q0ys5-{entry}"
    files = {f"{folder}/bin/x": "f", f"{folder}/lib": "d", f"{folder}/lib/y": "l"}
    inventory = inventory_of({}, files)
    assert not inventory.problems
    if release is None:
        assert not inventory.claims
        return
    (claim,) = inventory.claims
    assert (claim.ecosystem, (claim.name, claim.version)) == (ecosystem, release)
    assert claim.files == (f"{folder}/bin/x", f"{folder}/lib/y")
    assert inventory.databases == (f"{folder}/bin/x",)


def test_what_a_recipe_computes_its_own_name_says() -> None:
    computing = b"local_version = '22'\nname = 'Amber'\nversion = '%s.4' % local_version\n"
    path = "apps/software/Amber/22.4-foss-2022a/easybuild/Amber-22.4-foss-2022a.eb"
    claim = only(inventory_of({path: computing}))
    assert (claim.name, claim.version) == ("Amber", "22.4")


def test_a_recipe_that_only_reproduces_a_build_is_none_of_an_installed_program() -> None:
    path = "apps/software/x/1/easybuild/reprod/GROMACS-2023.3-foss-2022b.eb"
    assert not inventory_of({path: EASYBUILD}).claims


FLATPAK = f"var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/{'0a' * 32}"
METAINFO = b"""<component><!-- <release version="3"/> --><project_license>GPL-3.0+</project_license>
<releases><release date="2024-05-02" version="2.10.38"/><release version="2.10.36"/></releases></component>"""
EXTENSIONS = (
    b'[{"identifier": {"id": "ms-python.python", "uuid": "x"}, "version": "2024.4.1",'
    b' "relativeLocation": "ms-python.python-2024.4.1"}, {"identifier": {"id": "odd"}, "version": "1"}]'
)


SNAP_MANIFEST = b"""snapcraft-version: 8.2.1
name: pc
version: 24-0.1
architectures:
- amd64
parts:
  boot:
    stage-packages:
    - unpacked=1
primed-stage-packages:
- grub-efi-amd64-signed=1.202+2.12-1ubuntu7
- libc6:amd64=2.39-0ubuntu8.7
stage-packages: []
"""
BASE_SNAP = b"""package-repositories:
- type: apt
  ppa: example/base
packages:
- adduser=3.118ubuntu2
- gcc-10-base:amd64=10.5.0-1ubuntu1~20.04
"""


def test_packages_of_a_snap_that_is_the_root_are_the_distributions() -> None:
    inventory = inventory_of({"snap/manifest.yaml": SNAP_MANIFEST, "usr/share/snappy/dpkg.yaml": BASE_SNAP})
    assert not inventory.problems
    assert {(one.ecosystem, one.name, one.version, one.architecture) for one in inventory.claims} == {
        ("deb", "adduser", "3.118ubuntu2", ""),
        ("deb", "gcc-10-base", "10.5.0-1ubuntu1~20.04", "amd64"),
        ("deb", "grub-efi-amd64-signed", "1.202+2.12-1ubuntu7", ""),
        ("deb", "libc6", "2.39-0ubuntu8.7", "amd64"),
    }


def test_packages_of_a_snap_inside_an_image_are_of_no_distribution() -> None:
    inventory = inventory_of({"snap/pc/1/snap/manifest.yaml": SNAP_MANIFEST})
    assert {(one.ecosystem, one.name) for one in inventory.claims} == {
        ("generic", "grub-efi-amd64-signed"),
        ("generic", "libc6"),
    }


def test_tools_of_asdf_and_mise_are_named_by_their_folders() -> None:
    paths = [
        "root/.asdf/installs/nodejs/20.11.0/README.md",
        "root/.asdf/installs/nodejs/20.11.0/bin/node",
        "root/.asdf/installs/nodejs/20.11.0/bin/corepack",
        "root/.local/share/mise/installs/shellcheck/v0.9.0/shellcheck",
        "root/.local/share/mise/installs/java/temurin-17.0.9+9/bin/java",
        "srv/installs/x/1.0/bin/x",
    ]
    inventory = inventory_of({}, dict.fromkeys(paths, "f"))
    assert not inventory.problems
    assert {(one.ecosystem, one.name, one.version): one.files for one in inventory.claims} == {
        ("generic", "node", "20.11.0"): ("root/.asdf/installs/nodejs/20.11.0/bin/corepack",),
        ("generic", "shellcheck", "0.9.0"): (paths[3],),
    }


def test_flatpak() -> None:
    metainfo = f"{FLATPAK}/files/share/metainfo/org.gimp.GIMP.metainfo.xml"
    claim = only(inventory_of({f"{FLATPAK}/metadata": b"[Application]\n", metainfo: METAINFO}))
    assert (claim.ecosystem, claim.name, claim.version) == ("flatpak", "org.gimp.GIMP", "2.10.38")
    assert (claim.architecture, claim.licences) == ("x86_64", ("GPL-3.0+",))
    assert metainfo in claim.files
    runtime = f"var/lib/flatpak/runtime/org.gnome.Platform/x86_64/46/{'0a' * 32}/metadata"
    claim = only(inventory_of({runtime: b"[Runtime]\n"}))
    assert (claim.name, claim.version) == ("org.gnome.Platform", "46")


@pytest.mark.parametrize(
    "folder", ["root/.vscode-server/extensions", "home/coder/.local/share/code-server/extensions"]
)
def test_extensions_of_an_editor(folder: str) -> None:
    file = f"{folder}/ms-python.python-2024.4.1/out/x.js"
    claim = only(inventory_of({f"{folder}/extensions.json": EXTENSIONS}, {file: "f"}))
    assert (claim.ecosystem, claim.name, claim.version) == (
        "vscode-extension",
        "ms-python/python",
        "2024.4.1",
    )
    assert claim.files == (file,)


def test_other_lists_of_extensions_are_none() -> None:
    assert not inventory_of({"srv/extensions/extensions.json": EXTENSIONS}).claims


PROVIDERS = "opt/tf-plugins/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"
PROVIDER = f"{PROVIDERS}/terraform-provider-aws_v5.100.0_x5"


def test_providers_of_terraform() -> None:
    own = "app/.terraform/providers/tf.example.org/Team/db/1.0.0-rc1/linux_arm64/terraform-provider-db"
    licence = f"{PROVIDERS}/LICENSE.txt"
    others = (
        "usr/bin/terraform-provider-aws_v5.100.0",
        "plugins/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-gcp_v5.100.0",
    )
    claims = inventory_of(dict.fromkeys((PROVIDER, own, licence, *others), b"")).claims
    assert [(one.name, one.version, one.architecture, one.files) for one in claims] == [
        ("hashicorp/aws", "5.100.0", "amd64", (licence, PROVIDER)),
        ("tf.example.org/team/db", "1.0.0-rc1", "arm64", (own,)),
    ]
    assert {one.ecosystem for one in claims} == {"terraform"}


BROWSER_EXTENSION = b'{"manifest_version": 3, "name": "__MSG_appName__", "version": "1.57.2"}'


def test_extensions_of_browsers() -> None:
    folder = "root/.config/chromium/Default/Extensions/cjpalhdlnbpafiamejdnhcphjbkeiagm/1.57.2_0"
    claim = only(inventory_of({f"{folder}/manifest.json": BROWSER_EXTENSION, f"{folder}/background.js": b""}))
    assert (claim.ecosystem, claim.name) == ("chrome-extension", "cjpalhdlnbpafiamejdnhcphjbkeiagm")
    assert claim.version == "1.57.2"
    assert claim.files == (f"{folder}/background.js", f"{folder}/manifest.json")
    assert not inventory_of({"srv/site/manifest.json": BROWSER_EXTENSION}).claims
    assert inventory_of({f"{folder}/manifest.json": b'{"version": "1"}'}).problems


@pytest.mark.parametrize("noted", ['"files": null', '"paths_data": null'])
def test_nulls_and_letters_of_other_encodings_hide_no_package(noted: str) -> None:
    record = f'{{"name": "numpy", "version": "1.26.4", "license": "José", {noted}}}'.encode("latin-1")
    inventory = inventory_of({"opt/conda/conda-meta/numpy-1.26.4-0.json": record})
    assert only(inventory).version == "1.26.4"
    assert not inventory.problems


COMPONENTS = b"""{
  "mongodb": {"arch": "amd64", "distro": "debian-10", "type": "NAMI", "version": "4.4.11-2"},
  "gosu": {"version": "1.14.0-0"}, "broken": {"type": "NAMI"}, "../x": {"version": "1"}
}"""
COMPONENTS_PATH = "opt/bitnami/.bitnami_components.json"


def test_bitnamis_older_images_have_one_list() -> None:
    files = {"opt/bitnami/mongodb/bin/mongod": "f", "opt/x": "f"}
    claims = inventory_of({COMPONENTS_PATH: COMPONENTS}, files).claims
    assert [(claim.name, claim.version, claim.files) for claim in claims] == [
        ("mongodb", "4.4.11-2", ("opt/bitnami/mongodb/bin/mongod",)),
        ("gosu", "1.14.0-0", ()),
    ]


def test_an_application_that_bitnami_documents_keeps_its_files() -> None:
    document = "opt/bitnami/postgresql/.spdx-postgresql.spdx"
    program = "opt/bitnami/postgresql/bin/postgres"
    files = {document: BITNAMI, COMPONENTS_PATH: b'{"postgresql": {"version": "16.2.0-1"}}'}
    owned = [claim.files for claim in inventory_of(files, {program: "f"}).claims]
    assert sorted(owned) == [(), tuple(sorted((document, program)))]
