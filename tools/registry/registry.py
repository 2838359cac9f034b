"""The tools by name, and the one way in which each of them is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph_schema.errors import InvalidInput, NotFound
from tools.context import ToolContext
from tools.registry.mistakes import near
from tools.registry.policy import Policy, standard
from tools.registry.tool import Arguments, Tool
from tools.results.result import ToolResult
from tools.sentences.language import Language, languages


class Registry:
    """In alphabetical order. Raises ``TypeError`` for a tool that lacks a part, its sentences for instance."""

    def __init__(
        self,
        tools: Sequence[Tool],
        spoken: Mapping[str, Language] | None = None,
        policies: Sequence[Policy] | None = None,
    ) -> None:
        known = languages() if spoken is None else spoken
        self._tools = {tool.name: tool.speaking(known) for tool in sorted(tools, key=lambda tool: tool.name)}
        if len(self._tools) != len(tools):
            raise ValueError("two tools have the same name")
        self._run = _run
        for policy in reversed(standard() if policies is None else policies):
            self._run = policy(self._run)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def __getitem__(self, name: str) -> Tool:
        if name not in self._tools:
            raise NotFound(f"There is no tool “{name[:60]}”{near(name, list(self._tools))}.")
        return self._tools[name]

    def definitions(self) -> list[dict[str, Any]]:
        """Chat Completions tool definitions, the same bytes every time so that a model's prompt cache holds."""
        return [tool.definition for tool in self]

    async def call(self, name: str, arguments: Arguments, context: ToolContext) -> ToolResult:
        """Run a tool within its policies. Raises nothing but ``PlantroomError``, whatever the name and the arguments are."""
        try:
            tool = self[name]
        except NotFound as error:
            raise InvalidInput(str(error)) from error
        return await self._run(tool, arguments, context)


async def _run(tool: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
    return await tool.run(arguments, context)
