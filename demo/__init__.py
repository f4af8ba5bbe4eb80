"""The demonstration: real servers, real images and a week of history, audited by a real Airflow.

What the tests need as well (starting servers, writing history, building images) lives here once.
"""
