"""The Python functions that Dags run as tasks, and the Dags' parameters."""
