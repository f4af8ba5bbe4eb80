"""Settings of Airflow's section ``[praxi]``."""
