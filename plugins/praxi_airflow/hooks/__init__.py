"""Hooks on Airflow connections: Prometheus, the webhook, and the store in S3."""
