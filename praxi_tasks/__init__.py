"""Praxi's tasks: what runs inside a pod. A library and a command line that never import Airflow."""

__version__ = "0.2.0"
