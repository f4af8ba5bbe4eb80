"""Python package indexes as a source of releases."""
