"""Lock files say what somebody chose: never what an image holds."""

from __future__ import annotations

from praxi_tasks.findings.image import LayerFacts, fuse
from praxi_tasks.inventory import Claim, Inventory
from tests.findings.images import Changes, layer, pypi

LOCK = "app/poetry.lock"
FLASK = Claim("pypi", "flask", "3.0.0", LOCK)


def locked(number: int, *declared: Claim, problems: tuple[str, ...] = (), path: str = LOCK) -> LayerFacts:
    inventory = Inventory(f"sha256:{number}", declared=declared, declared_problems=problems)
    return LayerFacts(Changes(f"sha256:{number}", [path], [ord("f")]), inventory)


def test_what_a_lock_file_names_is_no_component() -> None:
    image = fuse([locked(1, FLASK, FLASK)])
    assert image.components == ()
    (lock,) = image.declared
    assert (lock.lock_file, lock.layer, lock.count) == (LOCK, "sha256:1", 1)
    assert lock.packages == ("pkg:pypi/flask@3.0.0",)


def test_a_lock_file_that_is_gone_declares_nothing() -> None:
    removed = LayerFacts(Changes("sha256:2", [], whiteouts=(LOCK,)), Inventory("sha256:2"))
    assert fuse([locked(1, FLASK), removed]).declared == ()


def test_a_lock_file_that_is_replaced_declares_what_it_is_then() -> None:
    newer = Claim("pypi", "flask", "3.1.0", LOCK)
    (lock,) = fuse([locked(1, FLASK), locked(2, newer)]).declared
    assert lock.packages == ("pkg:pypi/flask@3.1.0",)


def test_a_lock_file_that_a_package_brought_is_its_developers() -> None:
    brought = pypi("app", "1.0", "app/poetry.lock")
    lock = next(path for path in brought.files if path.endswith("poetry.lock"))
    declared = Claim("pypi", "flask", "3.0.0", lock)
    assert fuse([layer(1, brought.files, claims=[brought]), locked(2, declared, path=lock)]).declared == ()


def test_one_that_can_not_be_read_is_told() -> None:
    (lock,) = fuse([locked(1, problems=(f"{LOCK}: it is damaged: at 1",))]).declared
    assert (lock.count, lock.problem) == (0, "it is damaged: at 1")
