"""Debian packages as a source of releases."""
