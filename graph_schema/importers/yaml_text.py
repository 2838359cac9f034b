"""YAML as people write it, with mistakes told by their line."""

from pathlib import Path
from typing import Any

import yaml

from graph_schema.errors import InvalidInput


def read_yaml(path: Path, text: str) -> object:
    """The values. Raises ``InvalidInput`` for what is no YAML and for a field that stands twice, which YAML would swallow."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader that refuses more
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidInput(f"{path}{line}: {_problem(error)}.") from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path} is not well-formed YAML: {error}") from error


def _problem(error: yaml.MarkedYAMLError) -> str:
    if error.problem and "\\t" in error.problem:
        return "there is a tab; indent with spaces"
    if isinstance(error, _TwiceError):
        return str(error.problem)
    return f"this is not well-formed YAML: {error.problem or error.context}"


class _TwiceError(yaml.MarkedYAMLError):
    pass


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise _TwiceError(None, None, f"the field “{key.value}” stands twice in one entry", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)
