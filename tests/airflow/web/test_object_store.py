"""The pages over a store in S3: a real one, whose tables are fetched once and then read from disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from praxi_tasks.store import keys, open_store
from tests.airflow.conftest import Configure
from tests.airflow.web.audits import data_of, get, put_audit
from tests.findings.audits import large_audit
from tests.support.s3 import ObjectStore

pytestmark = [pytest.mark.airflow, pytest.mark.server]
AUDIT = large_audit(4, 40, components=5)
IMAGE = AUDIT.images[0].image


def test_pages_fetch_an_audits_tables_once(
    object_store: ObjectStore,
    pages: TestClient,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    uri = f"{object_store.create_bucket('pages')}/a/store"
    store = open_store(uri)
    configure(store=uri, pages_cache=tmp_path / "prepared")
    put_audit(store, AUDIT)
    store.put(keys.run(AUDIT.run, "findings.sarif"), b"{}")
    assert data_of(pages, "images")["list"]["total"] == len(AUDIT.images)
    assert [path.suffix for path in (tmp_path / "prepared").glob("*.duckdb")] == [".duckdb"]
    assert get(pages, "download", image=IMAGE, form="sarif").content == b"{}"
    store.delete(keys.run(AUDIT.run, "tables/findings.parquet"))
    assert data_of(pages, "findings")["list"]["total"] > 0
    assert data_of(pages, "image", image=IMAGE, tab="history")["rows"][0]["image"] == IMAGE
    store.delete(keys.run(AUDIT.run, "tables/images.parquet"))
    assert data_of(pages, "image", image=IMAGE, tab="history")["rows"][0]["image"] == IMAGE
