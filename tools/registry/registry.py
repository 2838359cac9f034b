"""Tools: typed async functions that a language model, a person's form or another system calls by name.

A tool's signature is its JSON schema, its docstring its description. The first parameter is the ``ToolContext``, which no
caller sees. Arguments come from outside: they are bounded and checked before the function runs, and every mistake
in them is one sentence that a model can act on.
"""

from __future__ import annotations

import inspect
import json
import logging
import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast, get_type_hints

import psycopg
from neo4j.exceptions import Neo4jError
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from rapidfuzz import process

from graph_schema.errors import InvalidInput, NotFound, Unavailable
from graph_schema.question import AssetQuery, Condition, Measure, Related, Window
from tools.context import ToolContext
from tools.results.results import ToolResult

log = logging.getLogger(__name__)

_MAX_TEXT = 200_000  # characters of arguments as JSON
_MAX_DEPTH = 32  # of nesting: a question is a handful of levels deep
_MAX_ITEMS = 20_000
_INT64 = 2**63
_SHOWN = 3
_QUESTIONS = frozenset(model.__name__ for model in (AssetQuery, Condition, Measure, Related, Window))


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. ``parameters`` is its JSON schema; ``writes`` marks a change, which runs only after a person's approval."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    writes: bool
    _function: Callable[..., Awaitable[ToolResult]]
    _arguments: type[BaseModel]

    @staticmethod
    def of(function: Callable[..., Awaitable[ToolResult]], *, writes: bool = False) -> Tool:
        """The tool that a function is. Raises ``TypeError`` where it lacks a docstring or does not return a ``ToolResult``."""
        hints = get_type_hints(function, include_extras=True)
        returned = hints.pop("return", None)
        if not (inspect.isclass(returned) and issubclass(returned, ToolResult)):
            raise TypeError(f"{function.__name__} must be annotated to return a ToolResult")
        if not function.__doc__:
            raise TypeError(f"{function.__name__} needs a docstring: it tells the model what the tool does")
        _, *parameters = inspect.signature(function).parameters.values()
        fields: dict[str, Any] = {
            one.name: (hints[one.name], ... if one.default is inspect.Parameter.empty else one.default)
            for one in parameters
        }
        arguments = create_model(function.__name__, __config__=ConfigDict(extra="forbid", frozen=True), **fields)
        return Tool(
            name=function.__name__,
            description=inspect.cleandoc(function.__doc__),
            parameters=_compact(arguments.model_json_schema()),
            writes=writes,
            _function=function,
            _arguments=arguments,
        )

    @property
    def definition(self) -> dict[str, Any]:
        """As Chat Completions wants it."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def parse(self, arguments: str | Mapping[str, Any]) -> dict[str, Any]:
        """The function's arguments as typed values; raises ``InvalidInput`` with a sentence about what is wrong."""
        given = _object(self.name, arguments)
        try:
            values = self._arguments.model_validate(given)
        except ValidationError as error:
            raise InvalidInput(_sentence(self.name, error, list(self._arguments.model_fields))) from error
        return {name: getattr(values, name) for name in self._arguments.model_fields}

    async def run(self, arguments: str | Mapping[str, Any], context: ToolContext) -> ToolResult:
        """Check the arguments and run. Whatever the arguments, only a ``PlantroomError`` is raised."""
        values = self.parse(arguments)
        try:
            return await self._function(context, **values)
        except ValidationError as error:
            if error.title not in _QUESTIONS:
                raise
            # The tool put its arguments together into a question, and they do not make one.
            raise InvalidInput(_sentence(self.name, error, list(self._arguments.model_fields))) from error
        except (OverflowError, RecursionError) as error:
            raise InvalidInput(f"{self.name}: a number or a time in the arguments is too large.") from error
        except (Neo4jError, psycopg.Error) as error:
            log.warning("%s failed", self.name, exc_info=True)
            raise Unavailable(f"{self.name}: the store refuses the statement: {_first_line(error)}") from error


class Registry:
    """The tools by name, in alphabetical order."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._tools = {tool.name: tool for tool in sorted(tools, key=lambda tool: tool.name)}
        if len(self._tools) != len(tools):
            raise ValueError("two tools have the same name")

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __getitem__(self, name: str) -> Tool:
        if name not in self._tools:
            raise NotFound(f"There is no tool “{name[:60]}”{_near(name, list(self._tools))}.")
        return self._tools[name]

    def definitions(self) -> list[dict[str, Any]]:
        """Chat Completions tool definitions, the same bytes every time so that a model's prompt cache holds."""
        return [tool.definition for tool in self]

    async def call(self, name: str, arguments: str | Mapping[str, Any], context: ToolContext) -> ToolResult:
        """Run a tool that only reads. Raises nothing but ``PlantroomError``, whatever the name and the arguments are."""
        try:
            tool = self[name]
        except NotFound as error:
            raise InvalidInput(str(error)) from error
        if tool.writes:
            raise InvalidInput(f"{name} changes something, so a person has to approve it first.")
        return await tool.run(arguments, context)


# -- schema ------------------------------------------------------------------------------------------------------------


def _compact(schema: dict[str, Any]) -> dict[str, Any]:
    """Without pydantic's titles and without the null of an optional argument, which a model simply leaves out."""
    return cast(dict[str, Any], _compacted(schema))


def _compacted(node: Any) -> Any:
    if isinstance(node, list):
        return [_compacted(item) for item in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    given = cast(dict[str, Any], node)
    if "default" in given and given["default"] is None and "anyOf" in given:
        given = _required(given)
    return {
        key: {name: _compacted(entry) for name, entry in value.items()}
        if key in ("properties", "$defs")
        else _compacted(value)
        for key, value in given.items()
        if key != "title"
    }


def _required(node: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
    options = [option for option in node["anyOf"] if option != {"type": "null"}]
    return {**options[0], **kept} if len(options) == 1 else {"anyOf": options, **kept}


# -- arguments ---------------------------------------------------------------------------------------------------------


def _object(tool: str, arguments: str | Mapping[str, Any]) -> dict[str, Any]:
    given: Any = arguments if not isinstance(arguments, str) else _parsed(tool, arguments)
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{tool}: the arguments must be one JSON object.")
    _refuse_oddities(tool, cast(object, given))
    return dict(cast(Mapping[str, Any], given))


def _parsed(tool: str, text: str) -> Any:
    if len(text) > _MAX_TEXT:
        raise InvalidInput(f"{tool}: the arguments are longer than {_MAX_TEXT:,} characters.")
    if not text.strip():
        return {}
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise InvalidInput(f"{tool}: the arguments are not JSON ({where}).") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{tool}: the arguments are not JSON that can be read.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_oddities(tool: str, given: object) -> None:
    """What is JSON and yet breaks a store or a stack: endless nesting, huge numbers, text that is no Unicode."""
    rest: list[tuple[object, int]] = [(given, 1)]
    count = 0
    while rest:
        value, depth = rest.pop()
        count += 1
        if depth > _MAX_DEPTH or count > _MAX_ITEMS:
            raise InvalidInput(f"{tool}: the arguments are too large or nested too deeply.")
        if isinstance(value, Mapping):
            rest.extend((part, depth + 1) for pair in cast(Mapping[object, object], value).items() for part in pair)
        elif isinstance(value, list | tuple):
            rest.extend((part, depth + 1) for part in cast(Sequence[object], value))
        elif (odd := _oddity(value)) is not None:
            raise InvalidInput(f"{tool}: {odd}.")


def _oddity(value: object) -> str | None:
    if isinstance(value, str):
        return None if _storable(value) else "a text in the arguments holds characters that cannot be stored"
    if isinstance(value, int):
        return None if -_INT64 <= value < _INT64 else "a whole number in the arguments is too large"
    if isinstance(value, float):
        return None if math.isfinite(value) else "a number in the arguments is not finite"
    return None if value is None else f"the arguments hold a {type(value).__name__}, which is not JSON"


def _storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


# -- sentences ---------------------------------------------------------------------------------------------------------


def _sentence(tool: str, error: ValidationError, names: list[str]) -> str:
    problems: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        path = _path(one["loc"])
        told = _told(one["type"], one["msg"], path, names)
        if told not in problems.setdefault(path, []):
            problems[path].append(told)
    told = [" or ".join(some) for some in problems.values()]
    more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return f"{tool}: {'; '.join(told[:_SHOWN])}{more}."


def _path(location: tuple[int | str, ...]) -> str:
    """Where it is, without pydantic's names for the branches of a union."""
    return ".".join(str(part)[:60] for part in location if str(part) not in ("str", "float", "int", "list[str]"))


def _told(kind: str, message: str, path: str, names: list[str]) -> str:
    if kind == "missing":
        return f"“{path}” is needed"
    if kind == "extra_forbidden":
        return f"there is no argument “{path}”" + ("" if "." in path else _near(path, names))
    plain = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"“{path}”: {plain[:1].lower()}{plain[1:]}" if path else plain


def _near(name: str, known: list[str]) -> str:
    found = process.extractOne(name, known, score_cutoff=60)
    return f" (did you mean “{found[0]}”?)" if found else f" (there are {', '.join(known)})" if known else ""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
