"""The object store: one small interface over a local directory and S3, write-once by key.

:mod:`~praxi_tasks.store.frames` and :mod:`~praxi_tasks.store.compressed` are public too, but imported by
name: they need zstandard, which Airflow's side does not have.
"""

from praxi_tasks.store import documents, keys
from praxi_tasks.store.access import S3Access
from praxi_tasks.store.base import Entry, Store, check_key
from praxi_tasks.store.opening import open_store
from praxi_tasks.store.probing import require_write_once, try_everything
from praxi_tasks.store.readable import ReadableRoots

__all__ = [
    "Entry",
    "ReadableRoots",
    "S3Access",
    "Store",
    "check_key",
    "documents",
    "keys",
    "open_store",
    "require_write_once",
    "try_everything",
]
