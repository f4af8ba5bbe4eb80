"""The operators of the Dags: one for each command, with those for reports, promotions and builds."""
