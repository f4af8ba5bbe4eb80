"""References are read as Docker reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.oci.image.reference import Reference

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nginx", Reference("docker.io", "library/nginx", "latest")),
        ("nginx:1.27", Reference("docker.io", "library/nginx", "1.27")),
        ("grafana/grafana", Reference("docker.io", "grafana/grafana", "latest")),
        ("index.docker.io/nginx", Reference("docker.io", "library/nginx", "latest")),
        ("registry-1.docker.io/a/b:c", Reference("docker.io", "a/b", "c")),
        ("localhost/app", Reference("localhost", "app", "latest")),
        ("localhost:5000/app:2", Reference("localhost:5000", "app", "2")),
        ("[::1]:5000/app:2", Reference("[::1]:5000", "app", "2")),
        ("Quay.IO/org/team/app", Reference("quay.io", "org/team/app", "latest")),
        (f"quay.io/app@{DIGEST}", Reference("quay.io", "app", "", DIGEST)),
        (f"quay.io/app:v1@{DIGEST}", Reference("quay.io", "app", "v1", DIGEST)),
        (f"app@sha512:{HEX}{HEX}", Reference("docker.io", "library/app", "", f"sha512:{HEX}{HEX}")),
        ("a.b/c__d/e-f--g:T_1.x-y", Reference("a.b", "c__d/e-f--g", "T_1.x-y")),
    ],
)
def test_parses(text: str, expected: Reference) -> None:
    assert Reference.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " nginx",
        "NGINX",
        "a/B",
        "nginx:",
        "nginx:-x",
        "nginx:" + "x" * 129,
        "nginx@",
        "nginx@sha256:short",
        f"nginx@md5:{HEX[:32]}",
        "a//b",
        "/a",
        "a/",
        "a/../b",
        "quay.io/",
        "quay.io:99999/a",
        "quay.io:0/a",
        "-x.io/a",
        "http://quay.io/a",
        "user:secret@quay.io/a",
        "a___b",
        "nginx\n",
        "nginx:1\u0660",
        "a" * 256,
        "a" * 5000,
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidReferenceError):
        Reference.parse(text)


@pytest.mark.parametrize("text", [DIGEST, HEX])
def test_an_image_id_alone_names_no_repository(text: str) -> None:
    with pytest.raises(InvalidReferenceError, match="names no repository"):
        Reference.parse(text)


WORD = st.from_regex(r"[a-z0-9]{1,6}((\.|_|__|-{1,2})[a-z0-9]{1,4}){0,2}", fullmatch=True)
HOST = st.from_regex(r"([a-z0-9]{1,8}\.[a-z]{2,3}|localhost|\[::1\])(:[1-9][0-9]{0,3})?", fullmatch=True)
TAG = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)


@given(HOST, st.lists(WORD, min_size=1, max_size=4), st.none() | TAG, st.booleans())
def test_round_trip_of_parts(host: str, path: list[str], tag: str | None, pinned: bool) -> None:
    text = f"{host}/{'/'.join(path)}" + (f":{tag}" if tag else "") + (f"@{DIGEST}" if pinned else "")
    reference = Reference.parse(text)
    assert (reference.registry, reference.repository) == (host, "/".join(path))
    assert reference.tag == (tag or ("" if pinned else "latest"))
    assert reference.digest == (DIGEST if pinned else "")
    assert Reference.parse(str(reference)) == reference


@given(st.text(alphabet="aB0.:/@-_[] \n", max_size=40) | st.text(max_size=20))
def test_whatever_is_accepted_means_the_same_when_written_out(text: str) -> None:
    try:
        reference = Reference.parse(text)
    except InvalidReferenceError:
        return
    assert Reference.parse(str(reference)) == reference
