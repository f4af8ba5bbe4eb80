"""Praxi's routes in Airflow's API server: reports and the webhook of Alertmanager."""
