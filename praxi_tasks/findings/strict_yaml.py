"""YAML that people wrote by hand: safe loading, no key twice, and errors with their line."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import ConstructorError


class _StrictLoader(yaml.SafeLoader):
    """Refuses what the safe loader takes in silence, or fails on with an error of its own."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is written twice: of two lists under one name the first would be lost."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise ConstructorError(
                        problem=f"{key.value!r} is here twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Name a value that is not what it looks like, such as the 31st of June."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError) as error:
            kind = node.tag.rpartition(":")[2]
            problem = f"{node.value!r} is no {kind}"
            raise ConstructorError(problem=problem, problem_mark=node.start_mark) from error


def parse_yaml(data: bytes) -> Any:
    """Return what a YAML document says, None for an empty one.

    Raises
    ------
    ValueError
        If it is not valid, or says the same key of a mapping twice; the message is one line.
    """
    try:
        return yaml.load(data, _StrictLoader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
