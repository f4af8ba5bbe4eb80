"""Reads container images out of registries, layouts and archives; knows nothing about packages.

Begin at :func:`~praxi_tasks.oci.sources.open_source`; the folders' faces hold what it takes and gives:
:mod:`~praxi_tasks.oci.image`, :mod:`~praxi_tasks.oci.registry`, :mod:`~praxi_tasks.oci.layer`. This module
imports none of them: Airflow's side needs the first alone.
"""
