"""What paths alone tell: packages that no record names, by the folders and files that they install."""

__all__: list[str] = []
