"""Feeds: where they lie, mirroring them, how old they are."""
