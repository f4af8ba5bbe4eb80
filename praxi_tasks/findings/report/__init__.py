"""Renders an assessed audit: HTML page, terminal, SARIF, SBOMs, Parquet tables, Prometheus metrics."""
