"""Records of package managers that belong to no distribution and no language; readers.py lists them."""

__all__: list[str] = []
