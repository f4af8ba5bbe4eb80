"""Packages whose names are imported when first used, so that a command pays for what it needs alone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy_exports(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package (PEP 562) that imports a name's module at its first use.

    Type checkers read the same names from imports under ``TYPE_CHECKING``; a package assigns the result in
    the ``else`` of that, because a ``__getattr__`` that they see would make them accept every name.

    Parameters
    ----------
    package
        The package's ``__name__``.
    modules
        The exported names by the package's module that defines them. No name may be that of a module of
        the package: importing the module would replace it.
    """
    homes = {name: module for module, names in modules.items() for name in names}

    def find_name(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find_name
