from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery import ReleasePrediction
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.inventory import VENDORED, Claim, Distribution
from tests.findings.images import STATUS, Changes, deb, layer, pypi, seen

SITE = "usr/lib/python3/dist-packages"


def component(name: str, *layers: LayerFacts) -> Component:
    found = [item for item in fuse(layers).components if item.name == name]
    assert len(found) == 1, found
    return found[0]


def test_a_package_that_both_name_is_one_component_with_both_sources() -> None:
    flask = pypi("Flask", "3.0.0", "flask/app.py")
    found = component(
        "Flask",
        layer(
            1,
            flask.files,
            claims=[flask],
            releases=[seen("pypi", "flask", ["3.0.0"], f"{SITE}/flask/app.py")],
        ),
    )
    assert found.sources == ("inventory", "fingerprint")
    assert found.versions == ("3.0.0",)
    assert found.purl == "pkg:pypi/flask@3.0.0"
    assert found.present
    assert not found.hidden


def test_disagreement_shows_both_versions() -> None:
    flask = pypi("flask", "3.0.0", "flask/app.py")
    found = component(
        "flask",
        layer(
            1,
            flask.files,
            claims=[flask],
            releases=[seen("pypi", "flask", ["2.0.0"], f"{SITE}/flask/app.py")],
        ),
    )
    assert found.versions == ("3.0.0",)
    assert found.fingerprint_versions == ("2.0.0",)


def test_a_release_only_the_fingerprint_sees_is_hidden_and_keeps_its_tie() -> None:
    found = component(
        "curl", layer(1, ["usr/bin/curl"], releases=[seen("deb", "curl", ["1", "2"], "usr/bin/curl")])
    )
    assert found.hidden
    assert found.versions == ("1", "2")
    assert found.purl == "pkg:deb/debian/curl"


def twins(*ties: str) -> ReleasePrediction:
    return msgspec.structs.replace(seen("deb", "exim4-light", [], "usr/sbin/exim4"), ties=ties)


def test_what_it_might_be_as_well_is_told_of_a_package_that_only_files_tell() -> None:
    found = component("exim4-light", layer(1, ["usr/sbin/exim4"], releases=[twins("deb/exim4-heavy")]))
    assert found.ties == ("deb/exim4-heavy",)
    assert found.one_of == ("exim4-light", "exim4-heavy")


def test_ecosystems_are_told_where_they_differ() -> None:
    found = component("exim4-light", layer(1, ["usr/sbin/exim4"], releases=[twins("pypi/exim")]))
    assert found.one_of == ("deb/exim4-light", "pypi/exim")


def test_a_database_that_knows_the_other_package_is_confirmed() -> None:
    claim = deb("exim4-heavy", "4.96", "usr/sbin/exim4")
    image = fuse([layer(1, claim.files, claims=[claim], releases=[twins("deb/exim4-heavy")])])
    (found,) = image.components
    assert (found.name, found.sources, found.ties) == ("exim4-heavy", ("inventory", "fingerprint"), ())


def test_of_layers_that_disagree_only_common_ties_remain() -> None:
    image = fuse(
        [
            layer(1, ["usr/sbin/exim4"], releases=[twins("deb/exim4-heavy", "deb/sendmail")]),
            layer(2, ["usr/sbin/exim"], releases=[twins("deb/exim4-heavy")]),
        ]
    )
    assert [item.ties for item in image.components] == [("deb/exim4-heavy",)]


def test_an_upgrade_leaves_the_old_version_behind_with_the_layer_that_replaced_it() -> None:
    old, new = deb("curl", "1", "usr/bin/curl"), deb("curl", "2", "usr/bin/curl")
    image = fuse([layer(1, ["usr/bin/curl"], claims=[old]), layer(2, ["usr/bin/curl"], claims=[new])])
    present, replaced = image.components
    assert (present.versions, present.present) == (("2",), True)
    assert (replaced.versions, replaced.removed_by) == (("1",), image.digests[1])


def test_an_upgrade_seen_by_files_alone_supersedes_the_lower_layer() -> None:
    image = fuse(
        [
            layer(1, ["usr/bin/curl"], releases=[seen("deb", "curl", ["1"], "usr/bin/curl")]),
            layer(2, ["usr/bin/curl"], releases=[seen("deb", "curl", ["2"], "usr/bin/curl")]),
        ]
    )
    assert [(item.versions, item.present) for item in image.components] == [(("2",), True), (("1",), False)]


def test_a_rewritten_database_keeps_the_file_lists_of_lower_layers() -> None:
    base, more = deb("bash", "5", "bin/bash"), deb("curl", "8", "usr/bin/curl")
    image = fuse(
        [
            layer(1, ["usr/bin/bash"], claims=[base]),
            layer(2, ["usr/bin/curl"], claims=[deb("bash", "5"), more]),
        ]
    )
    assert {item.name: item.layers[0] for item in image.components} == {
        "bash": image.digests[0],
        "curl": image.digests[1],
    }
    assert next(t for t in image.claims if t.claim.name == "bash").claim.files == ("bin/bash",)


def test_uninstalling_removes_the_component() -> None:
    flask = pypi("flask", "3.0.0", "flask/app.py")
    found = component("flask", layer(1, flask.files, claims=[flask]), layer(2, whiteouts=flask.files))
    assert found.removed_by == f"sha256:{2:064x}"
    assert not found.recovered


def test_deleting_the_metadata_alone_recovers_the_component() -> None:
    flask = pypi("flask", "3.0.0", "flask/app.py")
    found = component("flask", layer(1, flask.files, claims=[flask]), layer(2, whiteouts=flask.files[1:]))
    assert found.recovered
    assert found.present


def test_deleting_the_dpkg_folder_recovers_packages_and_the_fingerprint_confirms() -> None:
    found = component(
        "bash",
        layer(
            1, ["usr/bin/bash", STATUS], claims=[deb("bash", "5", "bin/bash")],
            releases=[seen("deb", "bash", ["5"], "usr/bin/bash")],
            distribution=Distribution("debian", "12", "bookworm"),
        ),
        layer(2, whiteouts=["var/lib/dpkg"]),
    )  # fmt: skip
    assert found.recovered
    assert found.sources == ("inventory", "fingerprint")
    assert found.purl == "pkg:deb/debian/bash@5?arch=amd64"


def test_an_emptied_database_counts_as_removed() -> None:
    found = component(
        "bash",
        layer(1, ["usr/bin/bash", STATUS], claims=[deb("bash", "5", "bin/bash")]),
        layer(2, [STATUS], databases=[STATUS]),
    )
    assert found.recovered


def test_an_opaque_folder_hides_what_lay_in_it() -> None:
    app = pypi("app", "1", "app/__init__.py", site="srv/site-packages")
    found = component("app", layer(1, app.files, claims=[app]), layer(2, opaques=["srv"]))
    assert not found.present


def test_two_copies_of_an_npm_package_stay_apart() -> None:
    claims = [
        Claim("npm", "ms", "2.0.0", "app/node_modules/ms/package.json"),
        Claim("npm", "ms", "2.1.3", "app/node_modules/debug/node_modules/ms/package.json"),
    ]
    assert [item.versions for item in fuse([layer(1, claims=claims)]).components] == [("2.0.0",), ("2.1.3",)]


NAMES = st.sampled_from(["a", "b", "bin", "c.py", "usr"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(
    st.lists(
        st.tuples(st.sets(PATHS, max_size=6), st.sets(PATHS, max_size=3), st.sets(PATHS, max_size=2)),
        max_size=4,
    )
)
def test_the_tree_is_what_applying_layers_one_by_one_gives(
    layers: list[tuple[set[str], set[str], set[str]]],
) -> None:
    from praxi_tasks.findings.image.file_tree import merged_usr

    expected: dict[str, int] = {}
    made = []
    for number, (files, whiteouts, opaques) in enumerate(layers):
        before = set(expected)
        # A whiteout of bin, where that is a link, is none of usr/bin.
        for gone in {merged_usr(path) for path in whiteouts if path != "bin" or "usr/bin" not in before}:
            expected = {p: n for p, n in expected.items() if p != gone and not p.startswith(gone + "/")}
        for gone in map(merged_usr, opaques):
            expected = {p: n for p, n in expected.items() if not p.startswith(gone + "/")}
        for new in {merged_usr(path) for path in files} - before - {"usr/bin"}:  # in a folder's place
            expected = {p: n for p, n in expected.items() if not p.startswith(new + "/")}
        expected.update({merged_usr(path): number for path in files})
        made.append(
            Changes(str(number), sorted(files), [ord("f")] * len(files), tuple(whiteouts), tuple(opaques))
        )
    tree = FileTree(made)
    assert tree.regular_files == expected


def test_two_environments_hold_a_component_each_unless_they_agree() -> None:
    def there(root: str, *versions: str) -> ReleasePrediction:
        found = seen("pypi", "flask", versions, f"{root}/flask/app.py")
        return msgspec.structs.replace(found, root=root)

    files = ["opt/a/site-packages/flask/app.py", "opt/b/site-packages/flask/app.py"]

    def components(*releases: ReleasePrediction) -> list[tuple[str, ...]]:
        return [each.versions for each in fuse([layer(1, files, releases=releases)]).components]

    first, second = "opt/a/site-packages", "opt/b/site-packages"
    assert components(there(first, "2.0"), there(second, "3.0")) == [("2.0",), ("3.0",)]
    assert components(there(first, "2.0"), there(second)) == [(), ("2.0",)]
    layers = [
        layer(1, files[:1], releases=[there(first, "2.0")]),
        layer(2, files[1:], releases=[there(second, "2.0")]),
    ]
    assert [each.versions for each in fuse(layers).components] == [("2.0",)]


def test_an_installed_package_is_not_the_copy_inside_another_one() -> None:
    vendor = f"{SITE}/pip/_vendor"
    copy = Claim(
        "pypi", "idna", "3.4", f"{vendor}/vendor.txt", files=(f"{vendor}/idna/core.py",), relation=VENDORED
    )
    site = "usr/local/lib/python3.11/dist-packages"

    def components(*versions: str) -> list[tuple[str, tuple[str, ...]]]:
        installed = seen("pypi", "idna", versions, f"{site}/idna/core.py")
        files = [*copy.files, f"{site}/idna/core.py"]
        image = fuse([layer(1, files, claims=[copy], releases=[installed])])
        return [(each.relation, each.versions) for each in image.components]

    assert components("3.7") == [(VENDORED, ("3.4",)), ("", ("3.7",))]
    assert components("3.4") == [(VENDORED, ("3.4",)), ("", ("3.4",))]
    assert components() == [("", ()), (VENDORED, ("3.4",))]


def test_what_is_named_where_a_copy_lies_is_the_copy() -> None:
    vendor = f"{SITE}/pip/_vendor"
    copy = Claim(
        "pypi", "idna", "3.4", f"{vendor}/vendor.txt", files=(f"{vendor}/idna/core.py",), relation=VENDORED
    )
    named = seen("pypi", "idna", ["3.4"], f"{vendor}/idna/core.py")
    found = component("idna", layer(1, copy.files, claims=[copy], releases=[named]))
    assert (found.relation, found.sources) == (VENDORED, ("inventory", "fingerprint"))


def test_an_environment_without_records_stands_beside_one_with_them() -> None:
    first, second = "opt/a/site-packages", "opt/b/site-packages"
    claim = pypi("flask", "3.0.0", "flask/app.py", site=first)

    def components(root: str, *versions: str) -> list[tuple[str, ...]]:
        named = seen("pypi", "flask", versions, f"{root}/flask/app.py")
        named = msgspec.structs.replace(named, root=root)
        image = fuse([layer(1, [*claim.files, *named.evidence], claims=[claim], releases=[named])])
        return [each.versions for each in image.components]

    assert components(second, "2.0.0") == [("2.0.0",), ("3.0.0",)]
    assert components(second) == [(), ("3.0.0",)]
    assert components(second, "3.0.0") == components(first) == [("3.0.0",)]
    assert components(first, "2.0.0") == [("3.0.0",)]  # the record and the files disagree


def test_a_program_in_bitnamis_folder_is_the_application_that_a_lower_layer_lists() -> None:
    listed = Claim("bitnami", "redis", "6.0.9-0", "opt/bitnami/.bitnami_components.json")
    inside, elsewhere = "opt/bitnami/redis/bin/redis-server", "usr/bin/redis-server"
    programs = [
        Claim("generic", "redis", "6.0.9", inside, files=(inside,)),
        Claim("generic", "redis", "7.2.4", elsewhere, files=(elsewhere,)),
    ]
    image = fuse(
        [layer(1, [listed.database], claims=[listed]), layer(2, [inside, elsewhere], claims=programs)]
    )
    assert [(one.ecosystem, one.versions) for one in image.components] == [
        ("bitnami", ("6.0.9-0",)),
        ("generic", ("7.2.4",)),
    ]
