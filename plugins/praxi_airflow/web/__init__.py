"""What Praxi adds to Airflow's API server."""
