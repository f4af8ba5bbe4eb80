"""Rights in Kubernetes."""

from __future__ import annotations

from praxi_tasks.doctor import RIGHTS, Right, check_rights
from praxi_tasks.errors import HttpRefusedError
from tests.support import chart
from tests.support.cluster.rights import granted


def test_the_rights_are_those_that_the_chart_grants() -> None:
    asked: dict[str, set[str]] = {}
    for right in RIGHTS:
        asked.setdefault(str(right).partition(" ")[2], set()).add(right.verb)
    assert asked == granted(chart.role())


def test_all_rights() -> None:
    found = check_rights(lambda _: True, "praxi")
    assert (found.status, found.what) == ("ok", f"all {len(RIGHTS)} rights in the namespace praxi")


def test_missing_rights_are_named() -> None:
    found = check_rights(lambda right: right.resource != "events" and not right.subresource, "jobs")
    assert found.status == "failed"
    assert found.what == "in the namespace jobs this account may not get pods/log, list events, watch events"
    assert "charts/praxi" in found.action


def test_a_cluster_that_refuses_to_say() -> None:
    def refuse(_: Right) -> bool:
        raise HttpRefusedError("the server answered 401", action="check the token")

    assert check_rights(refuse, "praxi").status == "failed"


def test_the_review_that_is_sent() -> None:
    review = Right("get", "pods", "log").review("praxi")
    assert review["spec"]["resourceAttributes"] == {
        "namespace": "praxi", "verb": "get", "group": "", "resource": "pods", "subresource": "log"
    }  # fmt: skip
