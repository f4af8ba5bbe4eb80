"""Records of distributions' package managers: a module each; readers.py lists them."""

__all__: list[str] = []
