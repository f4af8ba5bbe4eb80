"""Records of programming languages' package managers: a module each; readers.py lists them."""

__all__: list[str] = []
