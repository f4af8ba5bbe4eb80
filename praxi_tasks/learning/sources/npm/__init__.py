"""npm registries as a source of releases."""
