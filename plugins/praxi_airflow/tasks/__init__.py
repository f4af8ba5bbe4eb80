"""The Python tasks of the Dags."""
