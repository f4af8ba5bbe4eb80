"""Hooks on Airflow connections."""
