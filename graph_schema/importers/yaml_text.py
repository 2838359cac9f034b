"""YAML as people write it, with mistakes told by their line."""

from pathlib import Path
from typing import Any, cast

import yaml

from graph_schema.errors import InvalidInput

_MOST_LEVELS = 60  # a plant description has seven
_MOST_REPEATED = 100  # times as much as is written; aliases of aliases grow without end
_FEW, _MANY = 10_000, 3_000_000  # values that may always be, and never


def read_yaml(path: Path, text: str) -> object:
    """The values. Raises ``InvalidInput`` for what is no YAML, what is nested or repeated without end, and for a field that
    stands twice, which YAML would swallow."""
    try:
        loader = _Loader(text)
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidInput(f"{path}{line}: {_problem(error)}.") from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path} is not well-formed YAML: {str(error).splitlines()[0]}.") from error


def _problem(error: yaml.MarkedYAMLError) -> str:
    if error.problem and "\\t" in error.problem:
        return "there is a tab; indent with spaces"
    if isinstance(error, _OurError):
        return str(error.problem)
    return f"this is not well-formed YAML: {error.problem or error.context}"


class _OurError(yaml.MarkedYAMLError):
    """A mistake in our own words."""


class _Loader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._level = 0
        self._sizes: dict[int, int] = {}
        self._written = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Each node with how many values it stands for once the aliases in it are followed."""
        mark, is_alias = cast(yaml.Mark, self.peek_event().start_mark), self.check_event(yaml.AliasEvent)
        self._level += 1
        self._written += 1
        if self._level > _MOST_LEVELS:
            raise _OurError(None, None, f"it is nested more than {_MOST_LEVELS} levels deep", mark)
        node = super().compose_node(parent, index)
        self._level -= 1
        if is_alias and id(node) not in self._sizes:
            raise _OurError(None, None, "an entry stands inside itself", mark)
        if node is not None and not is_alias:
            self._measure(node, mark)
        return node

    def _measure(self, node: yaml.Node, mark: yaml.Mark) -> None:
        if not isinstance(node, yaml.CollectionNode):
            self._sizes[id(node)] = 1
            return
        size = 1
        for value in cast(list[yaml.Node | tuple[yaml.Node, ...]], node.value):
            size += sum(self._sizes[id(one)] for one in (value if isinstance(value, tuple) else (value,)))
        if size > min(_MANY, _FEW + _MOST_REPEATED * self._written) and size > self._written:
            raise _OurError(None, None, "its aliases repeat too much", mark)
        self._sizes[id(node)] = size

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            kind, said = node.tag.rpartition(":")[2], "this"
            if isinstance(node, yaml.ScalarNode):
                said = f"“{str(node.value)[:40]}”"
            raise _OurError(None, None, f"{said} cannot be read as {kind}", node.start_mark) from error
        if isinstance(value, str) and not _is_text(value):
            raise _OurError(None, None, "there are characters that are no Unicode text", node.start_mark)
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise _OurError(None, None, f"the field “{key.value}” stands twice in one entry", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
