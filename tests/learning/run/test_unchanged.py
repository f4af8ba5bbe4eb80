"""A training that learns nothing says why."""

from __future__ import annotations

import json

import pytest

from praxi_tasks.learning.run.documents import Judged
from praxi_tasks.store import Store, documents, keys
from tests.learning.conftest import ask, claim, installed, put_layer, put_package, train


@pytest.mark.usefixtures("starter")
class TestWhy:
    def test_it_knows_what_was_asked_for(self, store: Store) -> None:
        ask(store, "audit", put_package(store, 1, "newlib"))
        train(store, "t1")
        train(store, "t2", settings=json.dumps({"packages": ["pypi/newlib@1.0"]}))
        assert why(store, "t2").endswith("it knows pypi/newlib@1.0 already")

    def test_nobody_asked_for_anything(self, store: Store) -> None:
        train(store, "t1")
        assert why(store, "t1").endswith("nothing was asked for that it does not know")

    def test_it_could_not_be_had(self, store: Store) -> None:
        lost = [f"pypi/lost{number}@1.0" for number in range(4)]
        train(store, "t1", settings=json.dumps({"packages": lost}))
        assert "no release of pypi/lost0@1.0, pypi/lost1@1.0, pypi/lost2@1.0 and 1 more could be had" in why(
            store, "t1"
        )

    def test_its_files_are_another_releases(self, store: Store) -> None:
        original = put_package(store, 1, "honest")
        ask(store, "one", original)
        train(store, "t1")
        contents = installed("honest")
        digest = put_layer(store, 2, contents, [claim("copycat", "9.9", list(contents))])
        ask(store, "two", type(original)("pkg:pypi/copycat@9.9", "pypi", "copycat", "9.9", (digest,)))
        train(store, "t2")
        assert why(store, "t2").endswith("pypi/copycat/9.9 installs the same files as pypi/honest")


def why(store: Store, run: str) -> str:
    """Return the one reason of a training's gate."""
    (reason,) = documents.read(store, keys.training_run(run, "gate.json"), Judged).reasons
    return reason
