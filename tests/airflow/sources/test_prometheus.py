from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from praxi_airflow.errors import (
    PartialAnswerError,
    PrometheusError,
    PrometheusUnavailableError,
    QueryTooLargeError,
)
from praxi_airflow.hooks.prometheus import PrometheusHook
from praxi_airflow.intervals import Interval
from praxi_airflow.sources.prometheus import PrometheusImages
from praxi_tasks.audit.deployed import DeployedImage
from tests.airflow.conftest import Configure
from tests.support.prometheus import Deployment, Endpoint, prometheus
from tests.support.proxy import Answer, proxy

pytestmark = pytest.mark.server

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
DIGEST = "sha256:" + "ab" * 32
TOO_LARGE = Answer(422, '{"status": "error", "error": "too many samples"}', "application/json")


def container(
    name: str, start: datetime, end: datetime, *, image_id: str = f"x@{DIGEST}", namespace: str = "shop",
    init: bool = False, running: bool = True,
) -> Deployment:  # fmt: skip
    return Deployment(
        image=f"reg.example/{name}:1", image_id=image_id, start=start, end=end, namespace=namespace,
        pod=f"{name}.pod-0", init=init, running=running,
    )  # fmt: skip


HISTORY = [
    container("always", DAY - 24 * HOUR, DAY + 72 * HOUR),
    container("hours", DAY + 5 * HOUR, DAY + 11 * HOUR, namespace="zoo"),
    container("moment", DAY + 3 * HOUR + 7 * SECOND, DAY + 3 * HOUR + 9 * SECOND),
    container("evening", DAY + 24 * HOUR - SECOND, DAY + 24 * HOUR),
    container("morning", DAY, DAY + SECOND),
    container("midnight", DAY + 24 * HOUR, DAY + 24 * HOUR + SECOND),
    container("setup", DAY + HOUR, DAY + HOUR + SECOND, init=True),
    container("waiting", DAY + HOUR, DAY + 3 * HOUR, image_id="", running=False),
    container("unknown", DAY + HOUR, DAY + 3 * HOUR, image_id=""),
    container("completed", DAY - 2 * HOUR, DAY + 20 * HOUR, running=False),
    container("job", DAY + 4 * HOUR, DAY + 20 * HOUR, running=False),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with prometheus(tmp_path_factory.mktemp("prometheus"), HISTORY) as endpoint:
        yield endpoint


@pytest.fixture
def asked(server: Endpoint, connect: Configure) -> Endpoint:
    connect(server.url)
    return server


def day(number: int) -> Interval:
    start = DAY + number * 24 * HOUR
    return Interval(start, start + 24 * HOUR)


def images(interval: Interval, namespaces: str = "") -> dict[str, DeployedImage]:
    found = PrometheusImages(PrometheusHook(), namespaces).deployed(interval)
    assert len(found) == len({image.image for image in found})
    return {image.image.removeprefix("reg.example/").removesuffix(":1"): image for image in found}


def test_a_day_has_exactly_the_images_that_ran_in_it(asked: Endpoint) -> None:
    found = images(day(0))
    assert set(found) == {"always", "hours", "moment", "evening", "morning", "setup", "unknown", "job"}
    assert found["hours"].namespaces == ("zoo",)
    assert found["hours"].digest == DIGEST
    assert found["setup"].init
    assert found["unknown"].warnings


def test_a_sample_on_the_boundary_counts_once(asked: Endpoint) -> None:
    days = [set(images(day(number))) for number in (-1, 0, 1)]
    assert ["midnight" in found for found in days] == [False, False, True]
    assert ["morning" in found for found in days] == [False, True, False]
    assert ["evening" in found for found in days] == [False, True, False]


def test_first_and_last_seen_are_those_of_the_interval(asked: Endpoint) -> None:
    found = images(day(0))
    seen = {name: (image.first_seen, image.last_seen) for name, image in found.items()}
    assert seen["always"] == ("2026-03-01T00:00:00+00:00", "2026-03-01T23:58:00+00:00")
    assert seen["hours"] == ("2026-03-01T05:00:00+00:00", "2026-03-01T10:58:00+00:00")
    assert seen["moment"] == ("2026-03-01T03:00:07+00:00", "2026-03-01T03:00:07+00:00")
    assert seen["evening"] == ("2026-03-01T23:59:59+00:00", "2026-03-01T23:59:59+00:00")


def test_every_interval_of_any_width_finds_what_ran_in_it(asked: Endpoint) -> None:
    for minutes in (1, 7, 90, 361, 60 * 24 * 3):
        interval = Interval(DAY + 3 * HOUR, DAY + 3 * HOUR + timedelta(minutes=minutes))
        assert {"always", "moment"} <= set(images(interval)), minutes


def test_namespaces_are_matched_whole(asked: Endpoint) -> None:
    assert set(images(day(0), "zo+")) == {"hours"}
    assert set(images(day(0), "oo")) == set()
    assert set(images(day(0), 'no"such\\\\d')) == set()


def test_a_bad_pattern_is_final(asked: Endpoint) -> None:
    with pytest.raises(PrometheusError, match=r"regexp|regular expression") as caught:
        images(day(0), "(")
    assert not caught.value.retryable


def test_a_day_without_containers_is_empty(asked: Endpoint) -> None:
    assert images(day(400)) == {}


def test_a_server_that_never_heard_of_containers_gives_an_empty_day(
    tmp_path: Path, connect: Configure
) -> None:
    with prometheus(tmp_path) as empty:
        connect(empty.url)
        assert images(day(0)) == {}


def test_matchers_of_the_connection_go_with_every_query(asked: Endpoint, connect: Configure) -> None:
    connect(asked.url, extra={"matchers": 'pod=~"hours.+"'})
    assert set(images(day(0))) == {"hours"}
    connect(asked.url, extra={"matchers": 'cluster="elsewhere"'})
    assert images(day(0)) == {}


def test_what_is_too_much_for_one_query_is_asked_in_parts(asked: Endpoint, connect: Configure) -> None:
    whole = images(day(0))
    with proxy(asked.url) as choosy:
        connect(choosy.url)
        choosy.next_answers = [TOO_LARGE] * 3
        assert images(day(0)) == whole


def test_a_server_that_refuses_the_smallest_part_is_an_error(asked: Endpoint, connect: Configure) -> None:
    with proxy(asked.url) as choosy:
        connect(choosy.url)
        choosy.always = TOO_LARGE
        with pytest.raises(QueryTooLargeError, match="connection praxi_prometheus"):
            images(day(0))
        assert len(choosy.seen) < 12


def _longer_than_an_hour(path: str) -> bool:
    return any(int(length) > 3_600_000 for length in re.findall(r"\[(\d+)ms", path))


def _error(status: int, text: str) -> Answer:
    body = json.dumps({"status": "error", "errorType": "execution", "error": text})
    return Answer(status, body, "application/json")


LIMITS = {
    "series": _error(
        422, "expanding series: rpc error: code = ResourceExhausted desc = exceeded series limit"
    ),
    "chunks": _error(
        503, "rpc error: code = ResourceExhausted desc = exceeded chunks limit: limit 5 violated"
    ),
    "deadline": _error(422, "expanding series: context deadline exceeded"),
    "samples": _error(422, "cannot select more than -search.maxSamplesPerQuery=1000 samples"),
    "length": _error(400, "the query time range exceeds the limit"),
    "balancer": Answer(504, "<html>504 Gateway Time-out</html>"),
    "address": Answer(414, "too long"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_every_servers_limit_is_met_by_asking_for_less(
    asked: Endpoint, connect: Configure, limit: str
) -> None:
    whole = images(day(0))
    with proxy(asked.url) as choosy:
        connect(choosy.url, extra={"retries": 0})
        choosy.judge = lambda path: LIMITS[limit] if _longer_than_an_hour(path) else None
        assert images(day(0)) == whole


def test_the_smallest_window_is_asked_for_shares_of_the_pods(asked: Endpoint, connect: Configure) -> None:
    hour = Interval(DAY + 5 * HOUR, DAY + 5 * HOUR + timedelta(minutes=10))
    whole = images(hour)
    with proxy(asked.url) as choosy:
        connect(choosy.url)
        choosy.judge = lambda path: None if "uid" in path.partition("{")[2] else LIMITS["series"]
        found = PrometheusImages(PrometheusHook()).listed(hour)
    assert {image.image for image in found.images} == {image.image for image in whole.values()}
    assert not found.gaps


def test_a_server_that_is_down_is_not_asked_for_less(asked: Endpoint, connect: Configure) -> None:
    with proxy(asked.url) as broken:
        connect(broken.url, extra={"retries": 0})
        broken.always = Answer(503, "down")
        with pytest.raises(PrometheusUnavailableError, match="answered 503"):
            images(day(0))
        assert len(broken.seen) == 2


PARTIAL = [
    {"warnings": ["store-b: connection refused; results may be incomplete"]},
    {"isPartial": True},
]


@pytest.mark.parametrize("more", PARTIAL)
def test_an_answer_that_is_not_whole_is_a_retry_then_a_problem(
    asked: Endpoint, connect: Configure, more: dict[str, object]
) -> None:
    answer = {"status": "success", "data": {"resultType": "vector", "result": []}, **more}
    with proxy(asked.url) as lame:
        connect(lame.url)
        lame.next_answers = [Answer(200, json.dumps(answer), "application/json")] * 2
        with pytest.raises(PartialAnswerError) as caught:
            images(day(0))
        assert caught.value.retryable
        found = PrometheusImages(PrometheusHook(accept_partial=True)).listed(day(0))
    (gap,) = found.gaps
    assert "not whole" in gap.problem
    assert gap.cluster is None
    assert found.images


def test_what_promql_says_about_a_query_is_no_missing_data(asked: Endpoint, connect: Configure) -> None:
    answer = {"status": "success", "data": {"result": []}, "warnings": ["PromQL warning: encountered a mix"]}
    with proxy(asked.url) as chatty:
        connect(chatty.url)
        chatty.next_answers = [Answer(200, json.dumps(answer), "application/json")]
        assert not PrometheusImages(PrometheusHook()).listed(day(0)).gaps


def test_silence_of_the_exporter_is_told_from_a_day_on_which_nothing_ran(asked: Endpoint) -> None:
    silent = PrometheusImages(PrometheusHook()).listed(day(400))
    assert [gap.cluster for gap in silent.gaps] == [None]
    assert "nothing of kube-state-metrics" in silent.gaps[0].problem
    assert silent.clusters == ()
    nothing = PrometheusImages(PrometheusHook(), "no-such-namespace").listed(day(0))
    assert (nothing.images, nothing.gaps, nothing.remarks, nothing.clusters) == ((), (), (), ("",))


def test_gaps_in_the_samples_are_told(tmp_path: Path, connect: Configure) -> None:
    morning = container("always", DAY - HOUR, DAY + 12 * HOUR)
    evening = container("always", DAY + 14 * HOUR, DAY + 25 * HOUR)
    with prometheus(tmp_path, [morning, evening]) as server:
        connect(server.url)
        found = PrometheusImages(PrometheusHook()).listed(day(0))
    (gap,) = found.gaps
    assert re.search(r"silent for 1(15|20) minutes", gap.problem)
    assert gap.cluster == ""


class OfShard(Deployment):
    """A container that one of two shards of kube-state-metrics tells of, the pod's first letter which."""

    def series(self) -> Iterator[tuple[str, dict[str, str], int]]:
        shard = str(ord(self.pod[0]) % 2)
        where = {"instance": f"10.0.0.{shard}:8080"}
        for metric, labels, value in super().series():
            yield metric, {**labels, **where}, value
        yield "kube_state_metrics_shard_ordinal", {"shard_ordinal": shard, **where}, int(shard)
        yield "kube_state_metrics_total_shards", where, 2


def of_shard(pod: str, end: datetime) -> Deployment:
    return OfShard(
        image="web:1", image_id=f"x@{DIGEST}", start=DAY - HOUR, end=end, namespace="shop", pod=pod
    )


def test_shards_are_one_and_a_missing_one_is_told(tmp_path: Path, connect: Configure) -> None:
    lives = [of_shard("a", DAY + 49 * HOUR), of_shard("b", DAY + 36 * HOUR)]
    with prometheus(tmp_path, lives) as server:
        connect(server.url)
        whole, half = (PrometheusImages(PrometheusHook()).listed(day(number)) for number in (0, 1))
    assert ([image.pods for image in whole.images], whole.gaps, whole.remarks) == ([2], (), ())
    assert [image.pods for image in half.images] == [2]
    (gap,) = half.gaps
    assert re.search(r"a shard of kube-state-metrics was missing for 7\d\d minutes", gap.problem)


def test_namespaces_are_found_where_prometheus_renamed_them(tmp_path: Path, connect: Configure) -> None:
    shop, zoo = (
        RenamedDeployment(image=f"{name}:1", image_id=f"x@{DIGEST}", start=DAY - HOUR, end=DAY + 24 * HOUR,
                          namespace=name, pod=f"{name}-0")
        for name in ("shop", "zoo")
    )  # fmt: skip
    with prometheus(tmp_path, [shop, zoo]) as server:
        connect(server.url)
        assert {name: image.namespaces for name, image in images(day(0)).items()} == {
            "shop": ("shop",), "zoo": ("zoo",)
        }  # fmt: skip
        assert set(images(day(0), "zo+")) == {"zoo"}
        assert set(images(day(0), "monitoring")) == set()


class RenamedDeployment(Deployment):
    """A container of which the scrape's own labels took the usual names."""

    def series(self) -> Iterator[tuple[str, dict[str, str], int]]:
        for metric, labels, value in super().series():
            own = {f"exported_{name}": labels[name] for name in ("namespace", "pod", "container")}
            scrape = {"namespace": "monitoring", "pod": "ksm-0", "container": "ksm"}
            yield metric, {**labels, **own, **scrape}, value


class OfCluster(Deployment):
    """A container of the cluster that its pod is named by."""

    def series(self) -> Iterator[tuple[str, dict[str, str], int]]:
        for metric, labels, value in super().series():
            yield metric, {**labels, "cluster": labels["pod"].partition(".")[0]}, value


def of_cluster(
    cluster: str, start: datetime, end: datetime, *, image: str = "web:1", image_id: str = f"x@{DIGEST}"
) -> Deployment:
    return OfCluster(
        image=image, image_id=image_id, start=start, end=end, namespace="shop", pod=f"{cluster}.web-0"
    )


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    lives = [
        of_cluster("steady", DAY - HOUR, DAY + 49 * HOUR),
        of_cluster("gapped", DAY - HOUR, DAY + 9 * HOUR),
        of_cluster("gapped", DAY + 12 * HOUR, DAY + 23 * HOUR),
        of_cluster("unnamed", DAY - HOUR, DAY + 49 * HOUR, image="", image_id=DIGEST),
    ]
    with prometheus(tmp_path_factory.mktemp("clusters"), lives) as endpoint:
        yield endpoint


def test_each_cluster_is_listened_to_by_itself(clusters: Endpoint, connect: Configure) -> None:
    connect(clusters.url)
    found = PrometheusImages(PrometheusHook()).listed(day(0))
    assert [image.cluster for image in found.images] == ["gapped", "steady"]
    assert found.clusters == ("gapped", "steady", "unnamed")
    gaps = {gap.cluster: gap for gap in found.gaps}
    assert gaps.keys() == {"gapped", "unnamed"}
    assert "of the cluster gapped was silent" in gaps["gapped"].problem
    assert (gaps["unnamed"].namespace, len(gaps["unnamed"].containers)) == ("shop", 1)
    after = PrometheusImages(PrometheusHook()).listed(day(1))
    assert after.clusters == ("steady", "unnamed")
    assert [gap.containers for gap in after.gaps] == [gaps["unnamed"].containers]


def test_clusters_are_told_apart_by_shares_of_their_pods_too(clusters: Endpoint, connect: Configure) -> None:
    hour = Interval(DAY + 9 * HOUR, DAY + 10 * HOUR)
    with proxy(clusters.url) as choosy:
        connect(choosy.url, extra={"retries": 0})
        choosy.judge = lambda path: None if "uid" in path.partition("{")[2] else LIMITS["series"]
        found = PrometheusImages(PrometheusHook()).listed(hour)
    assert [gap.cluster for gap in found.gaps if not gap.namespace] == ["gapped"]


def test_the_clusters_that_there_are_go_with_the_list(clusters: Endpoint, connect: Configure) -> None:
    connect(clusters.url, extra={"clusters": ["steady", "far"]})
    assert PrometheusImages(PrometheusHook()).listed(day(1)).expected == ("steady", "far")
    connect(clusters.url, extra={"cluster": "all"})
    found = PrometheusImages(PrometheusHook()).listed(day(0))
    assert (found.clusters, found.expected) == (("all",), ("all",))
    assert not [gap for gap in found.gaps if gap.of_cluster]  # one of them was heard all day


def test_clusters_behind_one_prometheus_stay_apart(asked: Endpoint, connect: Configure) -> None:
    connect(asked.url, extra={"cluster": "east"})
    assert {image.cluster for image in images(day(0)).values()} == {"east"}
    connect(asked.url, extra={"cluster_label": "namespace"})
    assert {name: image.cluster for name, image in images(day(0)).items()}["hours"] == "zoo"
