"""Tools for a model with little room: the everyday ones at once, the others by the group when it asks for them.

A call of ``more_tools``, or of a tool of a group, offers the whole group for the rest of the question. Models with more room see all but the groups
``ON_DEMAND`` at once, in the same bytes each time, which their server can cache.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol, cast, get_args, runtime_checkable

from agent.models.chat_model import ToolCall
from agent.models.fitting import BYTES_PER_TOKEN, fixed_bytes
from agent.run.calls import Acted, arguments_of
from tools.registry.registry import Registry
from tools.registry.tool import Group, Tool
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow
from tools.sentences.summary import Summary

MORE_TOOLS = "more_tools"
ON_DEMAND: frozenset[Group] = frozenset({"work"})
"""What few questions need: it is loaded by every model when it asks."""
_MOST = 0.4
"""Of a context, the share that the system prompt and the tools may take: half of the rest is an answer's."""
_ABOUT: dict[Group, str] = {
    "faults": "why something is wrong, risks, failures ahead, shutting equipment, doubtful sensors",
    "time": "comparisons, peaks, running hours, forecasts, relations, charts, calculation, what happened since",
    "plant": "supply and its paths, energy, comfort, manuals, notes, 3D view",
    "work": "list, count, create, update, close work orders; what follows what; maintenance due, parts, failure modes, forecast accuracy",
}


@runtime_checkable
class TellsContext(Protocol):
    """A model that knows how many tokens it takes at once; None where its server does not say."""

    async def context_tokens(self) -> int | None: ...


class MoreTools(ToolResult):
    """The tools of a group, which the model sees from now on."""

    group: Group
    tools: list[tuple[str, str]]

    def summary(self) -> Summary[Literal["loaded"]]:
        return Summary("loaded")

    def tables(self) -> Sequence[Table]:
        rows = tuple(TableRow((), (name, brief)) for name, brief in self.tools)
        return [Table("tools", (NAME, Column("does", "text")), rows)]

    def subjects(self) -> list[str]:
        return []


def has_little_room(registry: Registry, context_tokens: int | None) -> bool:
    if context_tokens is None:
        return False
    return fixed_bytes(offered(registry, (), room=True)) / BYTES_PER_TOKEN > _MOST * context_tokens


def offered(registry: Registry, calls: Iterable[ToolCall], *, room: bool = False) -> list[dict[str, Any]]:
    """Definitions of the everyday tools, of ``more_tools`` while a group is missing, and of the groups that were asked for; where there is ``room``
    also of those that are not on demand."""
    groups: set[Group] = {group for call in calls if (group := _group(registry, call)) is not None}
    groups |= set(get_args(Group)) - ON_DEMAND if room else set()
    shown = [tool.definition for tool in registry if tool.group is None or tool.group in groups]
    rest = [group for group in get_args(Group) if group not in groups and _of(registry, group)]
    return [*shown, *([_definition(registry, rest)] if rest else [])]


def loaded(registry: Registry, call: ToolCall) -> Acted:
    """What a call of ``more_tools`` comes to."""
    group = _group(registry, call)
    if group is None:
        return Acted(call, f"{MORE_TOOLS} takes one of the groups {', '.join(get_args(Group))}.")
    tools = [(tool.name, tool.brief) for tool in _of(registry, group)]
    return Acted(call, f"More tools: {', '.join(name for name, _ in tools)}", MoreTools(group=group, tools=tools))


def _group(registry: Registry, call: ToolCall) -> Group | None:
    """That a call belongs to or asks for."""
    name = call["function"]["name"]
    if name in registry:
        return registry[name].group
    asked = arguments_of(call).get("group")
    return cast(Group, asked) if name == MORE_TOOLS and asked in get_args(Group) else None


def _of(registry: Registry, group: Group) -> list[Tool]:
    return [tool for tool in registry if tool.group == group]


def _definition(registry: Registry, groups: Iterable[Group]) -> dict[str, Any]:
    names = list(groups)
    said = "; ".join(f"{one}: {_ABOUT[one]}{_named(registry, one)}" for one in names)
    parameters = {"type": "object", "properties": {"group": {"type": "string", "enum": names}}, "required": ["group"]}
    function = {"name": MORE_TOOLS, "description": f"More tools: {said}.", "parameters": parameters}
    return {"type": "function", "function": function}


def _named(registry: Registry, group: Group) -> str:
    """The tools of a group; not of one that every model pays for with each question, whose words have to do."""
    return "" if group in ON_DEMAND else f" ({', '.join(tool.name for tool in _of(registry, group))})"
