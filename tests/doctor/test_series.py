"""Which series of kube-state-metrics there are."""

from __future__ import annotations

from praxi_tasks.doctor import check_series
from praxi_tasks.errors import HttpError


def test_a_whole_prometheus() -> None:
    asked: list[str] = []

    def ask(query: str) -> float:
        asked.append(query)
        return 7.0

    assert {outcome.status for outcome in check_series(ask, 'cluster="a"')} == {"ok"}
    assert asked[0] == 'count(kube_pod_container_info{cluster="a"})'
    assert asked[1] == 'count(kube_pod_container_info{cluster="a",image_id!=""})'


def test_without_containers_nothing_more_is_asked() -> None:
    (found,) = check_series(lambda _: 0.0)
    assert found.status == "failed"
    assert "no series kube_pod_container_info: no container is known" in found.what
    assert "scrape kube-state-metrics" in found.action


def test_what_is_missing_beside_is_a_warning() -> None:
    found = list(check_series(lambda query: 0.0 if "node" in query else 5.0))
    assert [outcome.status for outcome in found] == ["ok", "ok", "ok", "warning"]
    assert "--metric-labels-allowlist" in found[-1].action


def test_an_answer_that_is_none_ends_it() -> None:
    def away(query: str) -> float:
        raise HttpError("the server answered 503", where=query)

    (found,) = check_series(away)
    assert found.status == "unavailable"
