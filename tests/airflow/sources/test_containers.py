from __future__ import annotations

from collections.abc import Mapping

import pytest

from praxi_airflow.sources.containers import Container, Life, Seen, Sightings, images_of, nameless

DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32


def life(image: str = "web:1", image_id: str = f"web@{DIGEST}", **labels: str) -> Life:
    given = {"namespace": "shop", "pod": "web-0", "uid": "u", "container": "main", "container_id": "c"}
    return Life.of(given | {"image": image, "image_spec": "spec/web:1", "image_id": image_id} | labels)


def sightings(
    *lives: Life,
    ran: Mapping[Container, bool] | None = None,
    before: tuple[Life, ...] = (),
    init: bool = False,
) -> Sightings:
    return Sightings(
        {one: Seen(10.0 + n, 20.0 + n) for n, one in enumerate(lives)}, ran or {}, frozenset(before), init
    )


def test_containers_of_one_image_are_counted_together() -> None:
    one, two = life(), life(namespace="zoo", pod="web-1", uid="v")
    (image,) = images_of([sightings(two, one)])
    assert (image.image, image.digest, image.digest_kind) == ("web:1", DIGEST, "manifest")
    assert (image.namespaces, image.pods) == (("shop", "zoo"), 2)
    assert (image.first_seen, image.last_seen) == ("1970-01-01T00:00:10+00:00", "1970-01-01T00:00:21+00:00")
    assert (image.init, image.warnings) == (False, ())


def test_a_tag_that_moved_is_two_images() -> None:
    images = images_of([sightings(life(), life(image_id=f"web@{OTHER}", container_id="d"))])
    assert [image.digest for image in images] == [DIGEST, OTHER]
    assert [image.pods for image in images] == [1, 1]


def test_an_image_is_an_init_image_only_if_nothing_else_runs_it() -> None:
    assert images_of([sightings(life(), init=True)])[0].init
    assert not images_of([sightings(life(), init=True), sightings(life())])[0].init


@pytest.mark.parametrize("image_id", ["", "garbage"])
def test_without_a_digest_the_tag_is_read_and_the_report_warned(image_id: str) -> None:
    (image,) = images_of([sightings(life(image_id=image_id))])
    assert (image.image, image.digest, image.digest_kind) == ("web:1", "", "")
    (warning,) = image.warnings
    assert "the tag" in warning
    assert image_id in warning


def test_a_reference_by_digest_needs_no_image_id() -> None:
    (image,) = images_of([sightings(life(image=f"web@{DIGEST}", image_id=""))])
    assert (image.digest, image.digest_kind, image.warnings) == (DIGEST, "manifest", ())


@pytest.mark.parametrize("image", ["", DIGEST, "ab" * 32])
def test_where_the_runtime_lost_the_tag_the_manifests_is_read(image: str) -> None:
    (found,) = images_of([sightings(life(image=image))])
    assert found.image == "spec/web:1"


def test_a_container_without_any_reference_is_no_image() -> None:
    seen = [sightings(life(image="", image_spec="", image_id=OTHER))]
    assert images_of(seen) == ()
    assert [one.pod for one in nameless(seen)] == ["web-0"]


def test_a_container_that_lost_its_name_has_that_of_another_with_the_same_image() -> None:
    lost = life(image="", image_spec="", image_id=DIGEST, namespace="zoo", pod="web-1", uid="v")
    docker = life(image_id=f"docker://{DIGEST}")
    (image,) = images_of([sightings(docker, lost)])
    assert (image.image, image.namespaces, image.pods) == ("web:1", ("shop", "zoo"), 2)
    assert nameless([sightings(docker, lost)]) == []
    elsewhere = lost._replace(cluster="west")
    assert nameless([sightings(docker, elsewhere)]) == [elsewhere]


@pytest.mark.parametrize("image", ["", OTHER, "sha256:" + "ef" * 32])
def test_an_image_id_with_a_repository_is_a_name_where_there_is_no_other(image: str) -> None:
    full = f"docker-pullable://registry.example/ingress@{DIGEST}"
    (found,) = images_of([sightings(life(image=image, image_spec="", image_id=full))])
    assert (found.image, found.digest) == (f"registry.example/ingress@{DIGEST}", DIGEST)


def test_labels_that_prometheus_renamed_are_those_of_the_container() -> None:
    scrape = {"namespace": "monitoring", "pod": "kube-state-metrics-0", "container": "kube-state-metrics"}
    own = {"exported_namespace": "shop", "exported_pod": "web-0", "exported_container": "main"}
    assert Life.of(scrape | own).container == Container("shop", "web-0", "", "main")


def test_clusters_stay_apart() -> None:
    images = images_of([sightings(life(cluster="east"), life(cluster="west"))])
    assert [(image.image, image.cluster, image.pods) for image in images] == [
        ("web:1", "east", 1), ("web:1", "west", 1)
    ]  # fmt: skip


def test_a_container_that_never_ran_does_not_count() -> None:
    waiting = life(image_id="")
    assert images_of([sightings(waiting, ran={waiting.container: False})]) == ()


def test_a_container_that_had_completed_before_does_not_count() -> None:
    done = life()
    assert images_of([sightings(done, ran={done.container: False}, before=(done,))]) == ()


def test_a_job_that_ran_between_two_samples_counts() -> None:
    job = life()
    assert len(images_of([sightings(job, ran={job.container: False})])) == 1


def test_a_restarted_container_counts_though_it_had_begun_before() -> None:
    crashed, again = life(), life(container_id="d")
    (image,) = images_of([sightings(crashed, again, ran={crashed.container: False}, before=(crashed,))])
    assert image.pods == 1
    assert image.first_seen == "1970-01-01T00:00:11+00:00"


def test_the_wait_for_an_image_is_forgotten_once_it_ran() -> None:
    waiting, running = life(image_id="", container_id=""), life()
    (image,) = images_of([sightings(waiting, running, ran={running.container: True})])
    assert (image.digest, image.warnings) == (DIGEST, ())


def test_no_container_is_no_image() -> None:
    assert images_of([sightings(), sightings(init=True)]) == ()


SPEC = "registry.example/team/app:v1"


@pytest.mark.parametrize(
    ("labels", "image", "pinned"),
    [
        (
            {"image": "mirror.local:5000/copy/app:x", "image_id": f"registry.example/team/app@{DIGEST}"},
            SPEC,
            f"registry.example/team/app@{DIGEST}",
        ),
        (
            {"image": SPEC, "image_id": f"mirror.local:5000/copy/app@{DIGEST}"},
            SPEC,
            f"mirror.local:5000/copy/app@{DIGEST}",
        ),
        (
            {"image": SPEC, "image_spec": f"{SPEC}@{DIGEST}", "image_id": "12" * 32},
            SPEC,
            f"registry.example/team/app@{DIGEST}",
        ),
        (
            {"image": SPEC, "image_spec": f"registry.example/team/app@{DIGEST}", "image_id": "12" * 32},
            SPEC,
            f"registry.example/team/app@{DIGEST}",
        ),
        (
            {"image": SPEC, "image_spec": f"mirror.local:5000/copy/app@{DIGEST}", "image_id": ""},
            f"mirror.local:5000/copy/app@{DIGEST}",
            f"mirror.local:5000/copy/app@{DIGEST}",
        ),
        (
            {"image": "nginx:1", "image_id": f"docker-pullable://docker.io/library/nginx@{DIGEST}"},
            "nginx:1",
            f"nginx@{DIGEST}",
        ),
        (
            {
                "image": SPEC,
                "image_spec": f"{SPEC}@{OTHER}",
                "image_id": f"registry.example/team/app@{DIGEST}",
            },
            SPEC,
            f"registry.example/team/app@{DIGEST}",
        ),
        ({"image": SPEC, "image_id": "12" * 32}, SPEC, SPEC),
        ({"image": SPEC, "image_spec": "", "image_id": f"docker://{DIGEST}"}, SPEC, SPEC),
    ],
)
def test_a_digest_is_asked_of_the_repository_it_was_told_with(
    labels: dict[str, str], image: str, pinned: str
) -> None:
    (found,) = images_of([sightings(life(**{"image_spec": SPEC} | labels))])
    assert (found.image, found.pinned) == (image, pinned)


def test_a_configuration_is_known_beside_a_pinned_digest() -> None:
    (found,) = images_of([sightings(life(SPEC, "12" * 32, image_spec=f"{SPEC}@{DIGEST}"))])
    assert (found.digest, found.config_digest) == (DIGEST, "sha256:" + "12" * 32)
    (found,) = images_of([sightings(life(SPEC, "docker://" + OTHER, image_spec=SPEC))])
    assert (found.digest_kind, found.config_digest) == ("config", OTHER)


def test_an_image_that_ran_on_two_platforms_is_two() -> None:
    lives = [life(), life(pod="web-1", uid="v", container_id="d")]
    platforms = {"web-0": "linux/arm64", "web-1": ""}
    found = images_of([sightings(*lives)], lambda pod: platforms[pod.name])
    assert [(image.platform, image.pods) for image in found] == [("", 1), ("linux/arm64", 1)]


def test_what_is_no_reference_counts_last() -> None:
    (image,) = images_of([sightings(life("<none>", DIGEST, image_spec="web:1"))])
    assert (image.image, image.digest_kind) == ("web:1", "config")


def test_an_image_from_an_archive_is_read_by_its_tag() -> None:
    (image,) = images_of([sightings(life(image_id=f"docker.io/library/import-2026-03-01@{DIGEST}"))])
    assert (image.pinned, image.digest) == ("web:1", "")
    assert "import-2026-03-01" in image.warnings[0]
