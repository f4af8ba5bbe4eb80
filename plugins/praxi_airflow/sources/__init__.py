"""Sources of the list of deployed images: Prometheus."""
