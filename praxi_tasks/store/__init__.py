"""The object store: one small interface over a local directory and S3, write-once by key."""

from praxi_tasks.store.base import Store
from praxi_tasks.store.opening import open_store

__all__ = ["Store", "open_store"]
