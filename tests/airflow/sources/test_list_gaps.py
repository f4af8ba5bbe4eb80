from __future__ import annotations

import pytest

from praxi_airflow.sources.containers import Container, Life, Seen, Sightings
from praxi_airflow.sources.list_gaps import (
    Heard,
    gaps_of_names,
    gaps_of_shards,
    gaps_of_silence,
    remarks_on_labels,
    remarks_on_shards,
    remarks_on_silence,
    remarks_on_status,
)

DAY = 288


@pytest.mark.parametrize(
    ("heard", "gaps", "remarks"),
    [(288, 0, 0), (287, 0, 0), (286, 0, 1), (282, 0, 1), (281, 1, 0), (0, 1, 0)],
)
def test_half_an_hour_of_silence_is_one_too_long(heard: int, gaps: int, remarks: int) -> None:
    day = Heard(DAY, {"east": heard, "west": DAY})
    assert [gap.cluster for gap in gaps_of_silence(day, ["east", "west"])] == ["east"] * gaps
    assert len(list(remarks_on_silence(day, ["east", "west"]))) == remarks


@pytest.mark.parametrize(("steps", "gaps", "remarks"), [(1, 0, 0), (6, 0, 1), (7, 1, 0)])
def test_a_shard_that_is_missing_is_as_silence(steps: int, gaps: int, remarks: int) -> None:
    day = Heard(DAY, {"east": DAY}, {"east": steps})
    assert [gap.cluster for gap in gaps_of_shards(day)] == ["east"] * gaps
    assert len(list(remarks_on_shards(day))) == remarks


def test_where_nothing_was_heard_at_all_anything_may_be_missing() -> None:
    (gap,) = gaps_of_silence(Heard(DAY, {}), [])
    assert (gap.cluster, gap.containers) == (None, ())
    assert not list(gaps_of_silence(Heard(0, {}), []))  # an interval of a minute, between two steps


def life(namespace: str = "shop", pod: str = "web-0", **labels: str) -> Life:
    given = {"namespace": namespace, "pod": pod, "container": "main", "cluster": "east"}
    return Life.of(given | {"image": "", "image_id": "sha256:" + "ab" * 32} | labels)


def test_containers_without_a_name_are_a_gap_in_their_namespace() -> None:
    first, second = gaps_of_names([life(), life(pod="web-1"), life("bank", cluster="west")])
    assert (first.cluster, first.namespace) == ("east", "shop")
    assert first.problem.startswith(
        "2 containers have no image name in any label, the first: main of pod shop/"
    )
    assert (second.cluster, second.namespace) == ("west", "bank")


def test_a_container_is_the_same_as_long_as_its_image_is() -> None:
    def containers(*lives: Life) -> tuple[str, ...]:
        (gap,) = gaps_of_names(lives)
        return gap.containers

    assert containers(life()) == containers(life(pod="web-1", uid="2"))
    assert containers(life()) != containers(life(image_id="sha256:" + "cd" * 32))
    unknown = life(image_id="", uid="1")
    assert containers(unknown) == containers(unknown)
    assert containers(unknown) != containers(life(image_id="", uid="2"))
    assert containers(life(image_id="", image="ab" * 32)) == containers(life())


def sightings(*lives: Life, ran: tuple[Container, ...] = ()) -> Sightings:
    return Sightings({one: Seen(1, 2) for one in lives}, dict.fromkeys(ran, True), frozenset(), init=False)


def test_labels_that_are_missing_are_told() -> None:
    found = sightings(life(), life(""))
    assert len(list(remarks_on_labels([found]))) == 1
    assert not list(remarks_on_labels([sightings(life())]))
    east, west = life(), life(cluster="west")
    (remark,) = remarks_on_status(sightings(east, west, ran=(east.container,)))
    assert "of the cluster west" in remark
    assert not list(remarks_on_status(sightings(east, ran=(east.container,))))
