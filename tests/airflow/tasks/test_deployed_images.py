from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from praxi_airflow.tasks.deployed_images import record_deployed_images
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.store import documents, keys, open_store
from tests.airflow.conftest import Configure
from tests.support.process import free_port
from tests.support.prometheus import Deployment, prometheus
from tests.support.proxy import Answer, proxy

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def context(**params: Any) -> dict[str, Any]:
    return {
        "run_id": "scheduled__1",
        "params": {"images": [], "namespaces": "", "platform": None} | params,
        "data_interval_start": DAY,
        "data_interval_end": DAY + timedelta(days=1),
        "dag_run": SimpleNamespace(run_after=DAY + timedelta(days=1)),
    }


def written(store: Path) -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = json.loads((store / "audits" / "scheduled__1" / "images.json").read_text())
    return images


def test_named_images_are_written_without_asking_prometheus(store_folder: Path) -> None:
    told = record_deployed_images(**context(images=["nginx:1.27", "nginx:1.27", "shop"]))
    assert told["images"] == 2
    assert [image["image"] for image in written(store_folder)] == ["nginx:1.27", "shop"]


@pytest.mark.parametrize("image", ["oci:/etc:x", "docker-archive:/proc/self/fd/3", "oci-archive:../x.tar"])
def test_an_image_of_the_worker_is_refused_unless_a_setting_lists_its_folder(
    store_folder: Path, configure: Configure, tmp_path: Path, image: str
) -> None:
    with pytest.raises(AirflowFailException, match="may not read from there \\(images\\)"):
        record_deployed_images(**context(images=["shop", image]))
    configure(readable_roots=f"s3://bucket/x, {tmp_path.as_uri()}/images")
    record_deployed_images(
        **context(images=["shop", f"oci:{tmp_path}/images/a:1", f"oci:{tmp_path}/images:1"])
    )
    with pytest.raises(AirflowFailException):
        record_deployed_images(**context(images=[f"oci:{tmp_path}/images/../x"]))


def scope(store: Path) -> Scope:
    return documents.read(open_store(store.as_uri()), keys.run("scheduled__1", DOCUMENT), Scope)


@pytest.mark.server
@pytest.mark.parametrize(
    ("run_type", "namespaces"),
    [(DagRunType.SCHEDULED, ""), (DagRunType.SCHEDULED, "a"), (DagRunType.BACKFILL, "")],
)
def test_only_a_scheduled_run_over_everything_is_a_daily_audit(
    tmp_path: Path, store_folder: Path, connect: Configure, run_type: DagRunType, namespaces: str
) -> None:
    web = Deployment(image="web:1", start=DAY, end=DAY + timedelta(days=1), namespace="a")
    with prometheus(tmp_path, [web]) as server:
        connect(server.url)
        run = SimpleNamespace(run_after=DAY, run_type=run_type)
        record_deployed_images(**context(namespaces=namespaces) | {"dag_run": run})
    found = scope(store_folder)
    assert (found.whole, found.problems) == (True, ())
    assert found.proves_absence("", "a") == ((run_type, namespaces) == (DagRunType.SCHEDULED, ""))
    assert found.kind == run_type.value


def test_images_named_by_hand_prove_nothing_about_others(store_folder: Path) -> None:
    record_deployed_images(**context(images=["nginx:1.27"]))
    assert scope(store_folder) == Scope(kind="manual", named=True)


@pytest.mark.server
def test_a_day_of_which_prometheus_knows_nothing_is_no_whole_list(
    tmp_path: Path, store_folder: Path, connect: Configure
) -> None:
    with prometheus(tmp_path) as server:
        connect(server.url)
        assert record_deployed_images(**context())["images"] == 0
    assert not scope(store_folder).whole
    assert "kube-state-metrics" in scope(store_folder).problems[0]


def test_a_blank_name_is_final(store_folder: Path) -> None:
    with pytest.raises(AirflowFailException, match="no image to audit"):
        record_deployed_images(**context(images=[" "]))


@pytest.mark.server
def test_the_intervals_images_are_written_anew_by_a_retry(
    tmp_path: Path, store_folder: Path, connect: Configure
) -> None:
    web = Deployment(image="web:1", start=DAY, end=DAY + timedelta(hours=1), namespace="shop")
    with prometheus(tmp_path, [web]) as server:
        connect(server.url)
        for _ in range(2):
            told = record_deployed_images(**context())
    interval = "2026-03-01T00:00:00+00:00/2026-03-02T00:00:00+00:00"
    assert told == {"run": "scheduled__1", "images": 1, "interval": interval}
    (image,) = written(store_folder)
    assert (image["image"], image["namespaces"], image["pods"]) == ("web:1", ["shop"], 1)
    assert image["warnings"]


@pytest.mark.server
def test_namespaces_choose(tmp_path: Path, store_folder: Path, connect: Configure) -> None:
    with prometheus(tmp_path, [Deployment(image="web:1", start=DAY, end=DAY + timedelta(hours=1))]) as server:
        connect(server.url)
        assert record_deployed_images(**context(namespaces="other"))["images"] == 0
    assert written(store_folder) == []


def test_a_prometheus_that_is_down_is_a_retry(store_folder: Path, connect: Configure) -> None:
    connect(f"http://127.0.0.1:{free_port()}", extra={"retries": 0})
    with pytest.raises(AirflowException, match="prometheus-unavailable") as caught:
        record_deployed_images(**context())
    assert not isinstance(caught.value, AirflowFailException)
    assert not (store_folder / "audits").exists()


def test_a_login_page_is_final_and_names_the_connection(store_folder: Path, connect: Configure) -> None:
    with proxy("http://127.0.0.1:1") as page:
        page.always = Answer(200, "<html>log in</html>")
        connect(page.url)
        with pytest.raises(AirflowFailException, match="connection praxi_prometheus"):
            record_deployed_images(**context())
