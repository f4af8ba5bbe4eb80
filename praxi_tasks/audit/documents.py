"""A run's documents in the store."""

from praxi_tasks.store.documents import read, write

__all__ = ["read", "write"]
