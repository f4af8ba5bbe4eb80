from __future__ import annotations

import pytest

from praxi_tasks.inventory import VersionText
from tests.inventory.paths.named import found, named

SITE = "usr/local/lib/python3.11/site-packages"
RARE = "osl_ephys"  # of a project outside the table, by own_imports.bin
NEW = "cuteSVTrio"  # of a project that no index of imports has, by project_names.bin


def packages(*folders: str, site: str = SITE) -> list[str]:
    return [f"{site}/{folder}/__init__.py" for folder in folders]


def test_an_import_is_named_after_its_distribution() -> None:
    paths = [*packages("sklearn", "numpy", "PIL", "yaml", "cv2", "bs4"), f"{SITE}/six.py"]
    assert sorted(named(paths)) == [
        "pypi/beautifulsoup4",
        "pypi/numpy",
        "pypi/opencv-python",
        "pypi/pillow",
        "pypi/pyyaml",
        "pypi/scikit-learn",
        "pypi/six",
    ]


def test_distributions_that_install_the_same_folder_tie() -> None:
    (opencv,) = found(packages("cv2"))
    assert "pypi/opencv-python-headless" in opencv.ties
    assert 0.5 < opencv.confidence <= 1
    (xgboost,) = found(packages("xgboost"))
    assert xgboost.ties == ("pypi/xgboost-cpu",)


def test_a_distribution_that_brings_several_imports_is_there_once() -> None:
    (attrs,) = found(packages("attr", "attrs"))
    assert attrs.name == "attrs"
    assert sorted(attrs.paths) == packages("attr", "attrs")


def test_what_an_import_may_be_of_is_what_another_one_names() -> None:
    assert named(packages("lightning_fabric", "pytorch_lightning")) == ["pypi/pytorch-lightning"]
    assert named([*packages("matplotlib"), f"{SITE}/pylab.py", f"{SITE}/mpl_toolkits/mplot3d/axes3d.py"]) == [
        "pypi/matplotlib"
    ]


@pytest.mark.parametrize(
    "path",
    [
        f"{SITE}/tests/__init__.py",
        f"{SITE}/examples/__init__.py",
        f"{SITE}/utils/__init__.py",
        f"{SITE}/_distutils_hack/__init__.py",
        f"{SITE}/numpy.libs/libopenblas.so",
        f"{SITE}/__pycache__/six.cpython-311.pyc",
        f"{SITE}/dataclasses.py",
        f"{SITE}/numpy/data.txt",
        f"{SITE}/distutils-precedence.pth",
        f"{SITE}/ac51d50a4f4b6d748b8c__mypyc.cpython-311-x86_64-linux-gnu.so",
        "usr/lib/python3.11/json/__init__.py",
        "app/src/helpers/__init__.py",
        f"{SITE}/pip/_vendor/requests.py",
        "opt/tool/_vendor/site-packages/requests/__init__.py",
    ],
)
def test_what_names_no_package(path: str) -> None:
    assert all("/pip" in name for name in named([path]))


def test_what_lies_in_a_package_is_its_own() -> None:
    inside = [f"{SITE}/torch/lib/libcudart.so.12", f"{SITE}/torch/_vendor/packaging/__init__.py"]
    assert named([*packages("torch"), *inside]) == ["pypi/torch"]


def test_parts_of_a_namespace_are_named_one_by_one() -> None:
    paths = [
        f"{SITE}/google/cloud/storage/version.py",
        f"{SITE}/google/protobuf/message.py",
        f"{SITE}/google/auth/__init__.py",
        f"{SITE}/google/_upb/_message.abi3.so",
        f"{SITE}/google/somebody/__init__.py",
    ]
    assert sorted(named(paths)) == ["pypi/google-auth", "pypi/google-cloud-storage", "pypi/protobuf"]


def test_a_build_of_a_package_is_no_part_of_a_namespace() -> None:
    (faiss,) = found(packages("faiss"))
    assert faiss.name == "faiss-cpu"


def test_an_unknown_import_is_named_where_its_own_text_says_the_distribution() -> None:
    said = VersionText(f"{SITE}/qq_lab/__init__.py", "", "qq-lab-tools")
    assert named(packages("qq_lab"), [said]) == ["pypi/qq-lab-tools"]


def test_an_import_of_an_unknown_project_is_called_as_it_is_imported() -> None:
    paths = [*packages("nobody_knows_this_import"), f"{SITE}/nor_this_one.py", *packages("_private_thing")]
    first, second = found(paths, [VersionText(paths[0], "1.2")])
    assert (first.ecosystem, first.name, first.relation) == ("generic", "nobody_knows_this_import", "import")
    assert (first.version, first.ties, first.paths) == ("1.2", (), packages("nobody_knows_this_import"))
    assert (second.name, second.relation) == ("nor_this_one", "import")


def test_an_import_that_several_projects_install_and_none_is_meant_is_an_import_alone() -> None:
    (shared,) = found(packages("format"))
    assert (shared.ecosystem, shared.name, shared.relation) == ("generic", "format", "import")


def test_what_an_application_imports_of_its_own_is_no_package() -> None:
    ours = packages("ours_alone", site="app/src/helpers")
    assert not found(ours)
    beside = [*packages("numpy", "pandas", "requests", site="deps"), *packages("ours_alone", site="deps")]
    assert sorted(named(beside)) == ["pypi/numpy", "pypi/pandas", "pypi/requests"]


def test_a_rare_import_that_one_project_alone_installs_is_named_where_an_index_filled_the_folder() -> None:
    (rare,) = found(packages(RARE))
    assert (rare.ecosystem, rare.name, rare.relation) == ("pypi", RARE.replace("_", "-"), "")
    assert 0.9 < rare.confidence < 0.99
    (debians,) = found(packages(RARE, site="usr/lib/python3/dist-packages"))
    assert debians.relation == "import"
    assert not found([f"{SITE}/{RARE}/data/table.csv"])
    (part,) = found([f"{SITE}/{RARE}/plugins/one.py", f"{SITE}/other_thing_of_ours/__init__.py"])
    assert part.name == "other_thing_of_ours"


def test_an_import_that_is_called_as_a_project_is_named_after_it_where_an_index_filled_the_folder() -> None:
    (new,) = found(packages(NEW))
    assert (new.ecosystem, new.name, new.relation) == ("pypi", "cutesvtrio", "")
    assert 0.9 < new.confidence < 0.99
    (debians,) = found(packages(NEW, site="usr/lib/python3/dist-packages"))
    assert debians.relation == "import"
    (words,) = found(packages("region_selection"))
    assert words.relation == "import"


def test_a_version_is_that_of_the_file_that_is_most_reliable() -> None:
    paths = [*packages("numpy"), f"{SITE}/numpy/version.py"]
    texts = [VersionText(paths[0], "0.1"), VersionText(paths[1], "2.1.0")]
    (numpy,) = found(paths, texts)
    assert (numpy.version, numpy.evidence[0]) == ("2.1.0", paths[1])


@pytest.mark.parametrize("folder", ["app/lib/python", "opt/python", "srv/any name"])
def test_a_folder_that_pip_put_packages_into_needs_no_name(folder: str) -> None:
    names = named([*packages("numpy", "pandas", "requests", site=folder), f"{folder}/six.py"])
    assert sorted(names) == ["pypi/numpy", "pypi/pandas", "pypi/requests", "pypi/six"]
    ours = packages("api", "models", "views", "core", "requests", "pages", "ours", site=folder)
    assert not named(ours)
    assert not named([*packages("numpy", "pandas", "requests", site=folder), f"{folder}/os.py"])
    vendored = packages("numpy", "pandas", "requests", site=f"{folder}/_vendor")
    assert not named(vendored)


def test_two_environments_have_their_own() -> None:
    paths = [path for venv in ("a", "b") for path in packages("numpy", site=f"opt/{venv}/lib/site-packages")]
    assert named(paths) == ["pypi/numpy"] * 2


def test_the_private_package_beside_it_says_its_version() -> None:
    texts = [
        VersionText(f"{SITE}/_pytest/_version.py", "8.2.0"),
        VersionText(f"{SITE}/_yaml/_version.py", "1"),
    ]
    paths = [*packages("pytest", "yaml"), *(text.path for text in texts)]
    texts.append(VersionText(f"{SITE}/yaml/__init__.py", "6.0"))
    assert {"pypi/pytest@8.2.0", "pypi/pyyaml@6.0"} <= set(named(paths, texts))
