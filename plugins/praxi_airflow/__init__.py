"""The Airflow side of Praxi: settings, hooks, sources of images, runners and operators."""
