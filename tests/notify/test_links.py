from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import UsageError
from praxi_tasks.notify.links import KEYS, LinkError, PageLinks, SharedView, sign, verified

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OLD, NEW = "o" * 32, "n" * 40
VIEW = SharedView("namespace", "shop", "east", int((NOW + timedelta(7)).timestamp()))
SITE = "https://airflow.example.org"


def opened(link: str, keys: list[str]) -> SharedView:
    return verified(urlsplit(link).path.split("/")[3], keys, NOW)


def test_a_signed_link_says_what_it_shows_until_it_ends() -> None:
    token = sign(VIEW, [NEW])
    assert verified(token, [NEW], NOW) == VIEW
    assert verified(token, [NEW], NOW + timedelta(days=7, seconds=-1)) == VIEW
    for late in (timedelta(7), timedelta(9_999)):
        with pytest.raises(LinkError, match="ended"):
            verified(token, [NEW], NOW + late)


def test_keys_are_exchanged_without_a_gap() -> None:
    of_old = sign(VIEW, [OLD])
    assert verified(of_old, [NEW, OLD], NOW) == verified(sign(VIEW, [NEW, OLD]), [NEW], NOW)
    with pytest.raises(LinkError, match="not made here"):
        verified(of_old, [NEW], NOW)


def test_every_changed_character_is_noticed() -> None:
    token = sign(VIEW, [NEW])
    for place, before in enumerate(token):
        for other in "Aa0_":
            if other != before:
                with pytest.raises(LinkError):
                    verified(token[:place] + other + token[place + 1 :], [NEW], NOW)


@given(st.text(max_size=200))
def test_no_text_opens_anything(token: str) -> None:
    with pytest.raises(LinkError):
        verified(token, [NEW], NOW)


@pytest.mark.parametrize("tail", ["=", "==", ".", " ", "\n", "%", "A"])
def test_one_view_has_one_token(tail: str) -> None:
    with pytest.raises(LinkError):
        verified(sign(VIEW, [NEW]) + tail, [NEW], NOW)


@pytest.mark.parametrize("keys", [[], [""], ["short"], [NEW, "short"]])
def test_a_key_that_can_be_guessed_signs_and_opens_nothing(keys: list[str]) -> None:
    with pytest.raises(UsageError, match="missing, or shorter"):
        sign(VIEW, keys)
    with pytest.raises(UsageError):
        verified(sign(VIEW, [NEW]), keys, NOW)
    with pytest.raises(UsageError):
        PageLinks(SITE, "image", keys)


def test_without_an_address_there_are_no_links() -> None:
    links = PageLinks("")
    assert (links.overview(), links.images([("web:1", "")], "shop")) == ("", "")


def test_links_ask_for_a_login_unless_a_scope_is_set() -> None:
    links = PageLinks(f"{SITE}/")
    assert links.overview() == f"{SITE}/praxi/"
    link = links.images([("r.example/web:1&x=<b>", "east")], "shop")
    assert urlsplit(link).path == "/praxi/image"
    assert parse_qs(urlsplit(link).query) == {"image": ["r.example/web:1&x=<b>"], "cluster": ["east"]}
    assert links.images([("a", ""), ("b", "")], "shop") == f"{SITE}/praxi/images?namespace=shop"


def test_a_signed_link_is_for_the_namespace_or_for_the_image() -> None:
    ends = NOW + timedelta(7)
    one, two = [("web:1", "east")], [("web:1", "east"), ("web:2", "east")]
    spaces = PageLinks(SITE, "namespace", [NEW], ends)
    assert opened(spaces.images(two, "shop"), [NEW]) == VIEW
    assert opened(spaces.images(one, "shop"), [NEW]) == VIEW
    assert urlsplit(spaces.images(one, "shop")).path.endswith("/image")
    images = PageLinks(SITE, "image", [NEW], ends)
    assert opened(images.images(one, "shop"), [NEW]) == SharedView("image", "web:1", "east", VIEW.expires)


@pytest.mark.parametrize(("scope", "images", "namespace"), [("namespace", 1, ""), ("image", 2, "shop")])
def test_what_the_scope_has_no_link_for_asks_for_a_login(scope: str, images: int, namespace: str) -> None:
    links = PageLinks(SITE, "image" if scope == "image" else "namespace", [NEW], NOW)
    link = links.images([(f"web:{number}", "") for number in range(images)], namespace)
    assert "shared" not in unquote(link)
    assert PageLinks(SITE, "namespace", [NEW], NOW).overview() == f"{SITE}/praxi/"


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PageLinks.from_environment(NOW).overview() == ""
    monkeypatch.setenv("PRAXI_PAGES_URL", SITE)
    monkeypatch.setenv("PRAXI_LINK_SCOPE", "namespace")
    with pytest.raises(UsageError, match="openssl"):
        PageLinks.from_environment(NOW)
    monkeypatch.setenv(KEYS, f"{NEW} {OLD}")
    monkeypatch.setenv("PRAXI_LINK_DAYS", "7")
    assert opened(PageLinks.from_environment(NOW).images([("w", "east")], "shop"), [NEW]) == VIEW


@pytest.mark.parametrize(
    ("name", "value"),
    [("PRAXI_LINK_SCOPE", "all"), ("PRAXI_LINK_DAYS", "0"), ("PRAXI_PAGES_URL", "javascript:alert(1)")],
)
def test_a_setting_that_is_none_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        PageLinks.from_environment(NOW)
    assert name in str(caught.value)
