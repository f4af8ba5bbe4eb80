"""What programs and archives say of what they were made from: a module each; inspect.py lists them."""

__all__: list[str] = []
