"""Operators that Dags declare."""
