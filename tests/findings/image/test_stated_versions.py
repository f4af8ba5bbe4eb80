"""Versions that files state of packages that the model knows in other versions only."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.discovery import ReleasePrediction
from praxi_tasks.findings.image.fusion import FusedImage, fuse
from praxi_tasks.inventory import VersionText
from tests.findings.images import layer, pypi, seen

SITE = "opt/venv/lib/python3.11/site-packages"
FILES = tuple(f"{SITE}/requests/{name}.py" for name in ("__init__", "__version__", "api"))
STATING = FILES[1]


def image(named: ReleasePrediction, stated: str = "2.32.4", file: str = STATING) -> FusedImage:
    return fuse([layer(1, FILES, releases=[named], texts=[VersionText(file, stated)])])


def named(*versions: str, denied: tuple[str, ...] = ()) -> ReleasePrediction:
    release = seen("pypi", "requests", versions, FILES[0], FILES[2])
    return msgspec.structs.replace(release, denied=denied, root=SITE)


@pytest.mark.parametrize("denied", [(), ("2.31.0", "2.32.3")])
def test_a_version_that_the_model_does_not_know_is_told_as_its_file_states_it(
    denied: tuple[str, ...],
) -> None:
    (found,) = image(named(denied=denied)).components
    assert (found.versions, found.purl) == (("2.32.4",), "pkg:pypi/requests@2.32.4")
    assert found.sources == ("fingerprint",)
    assert found.evidence[0] == STATING


def test_one_that_the_other_files_contradict_is_told_to_be_claimed() -> None:
    said = image(named(denied=("2.31.0", "2.32.4.0")))
    assert [each.versions for each in said.components] == [()]
    (found,) = said.contradicted
    assert (found.name, found.version, found.file, found.layer) == (
        "requests",
        "2.32.4",
        STATING,
        said.digests[0],
    )


def test_what_the_model_tells_stays() -> None:
    said = image(named("2.31.0"))
    assert [each.versions for each in said.components] == [("2.31.0",)]
    assert not said.contradicted


def test_a_file_of_another_package_states_nothing() -> None:
    other = f"{SITE}/urllib3/_version.py"
    said = fuse([layer(1, [*FILES, other], releases=[named()], texts=[VersionText(other, "2.2.1")])])
    assert {each.name: each.versions for each in said.components} == {"requests": (), "urllib3": ("2.2.1",)}


def test_the_private_package_beside_it_states_its_version() -> None:
    files = [f"{SITE}/{path}" for path in ("_pytest/_version.py", "_pytest/main.py", "pytest/__init__.py")]
    release = msgspec.structs.replace(seen("pypi", "pytest", [], files[1]), root=SITE)
    said = fuse([layer(1, files, releases=[release], texts=[VersionText(files[0], "8.2.0")])])
    assert [(each.name, each.versions) for each in said.components] == [("pytest", ("8.2.0",))]


def test_another_environment_states_nothing() -> None:
    site = "opt/other/lib/python3.11/site-packages"
    files = [path.replace(SITE, site) for path in FILES]
    text = VersionText(files[1], "2.28.2")
    said = fuse([layer(1, [*FILES, *files], releases=[named()], texts=[text])])
    assert [each.versions for each in said.components if each.sources == ("fingerprint",)] == [()]


def test_of_a_package_with_a_record_the_record_counts() -> None:
    claim = pypi("requests", "2.31.0", "requests/api.py", site=SITE)
    texts = [VersionText(STATING, "2.32.4")]
    said = fuse([layer(1, [*FILES, *claim.files], claims=[claim], releases=[named()], texts=texts)])
    assert [each.versions for each in said.components] == [("2.31.0",)]
