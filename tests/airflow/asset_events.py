"""What Airflow's database knows of an asset's events."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset


def asset_events(asset: Asset, run_id: str) -> list[dict[str, Any]]:
    """Return the extra of each event of ``asset`` that a Dag run emitted."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    events = select(AssetEvent.extra).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
    with create_session() as session:
        wanted = events.where(AssetModel.name == asset.name, AssetEvent.source_run_id == run_id)
        return [dict(extra) for extra in session.scalars(wanted)]
