"""Packages: components, package URLs, ecosystems' names and the order of their versions."""
