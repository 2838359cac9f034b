"""The registry as a provider of MCP tools: its own schemas, its own checks, and what each caller may call."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from fastmcp.server.dependencies import get_http_request
from fastmcp.server.providers import Provider
from fastmcp.tools import Tool as McpTool
from fastmcp.tools.base import ToolResult as McpResult
from fastmcp.utilities.versions import VersionSpec
from mcp.types import TextContent, ToolAnnotations
from pydantic import ConfigDict, PrivateAttr
from starlette.requests import HTTPConnection

from graph_schema.errors import NotFound, PlantroomError
from interfaces.http.api.schemas import accepted
from interfaces.http.api.served import Served
from interfaces.http.mcp.fencing import fenced, told
from interfaces.http.mcp.settling import may_settle, proposal_tools
from tools.context import Caller, Origin, ToolContext
from tools.registry.policy import refusal
from tools.registry.registry import Registry
from tools.registry.tool import Tool
from tools.results.proposals import Proposed

log = logging.getLogger(__name__)

CALLER = "plantroom.caller"
"""Where a request's scope holds who asks."""
_MODEL = "an MCP client"


class RegistryTool(McpTool):
    """One tool of the registry."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    _served: Served = PrivateAttr()
    _tool: Tool = PrivateAttr()

    @staticmethod
    def of(served: Served, tool: Tool) -> RegistryTool:
        reads = tool.effect == "read"
        annotations = ToolAnnotations(
            read_only_hint=reads, destructive_hint=not reads, idempotent_hint=True, open_world_hint=False
        )
        result = tool.result if reads else Proposed
        made = RegistryTool(
            name=tool.name,
            title=tool.name.replace("_", " ").capitalize(),
            description=_description(tool),
            parameters=accepted(tool),
            output_schema=result.model_json_schema(mode="serialization", by_alias=True),
            annotations=annotations,
        )
        made._served, made._tool = served, tool
        return made

    async def run(self, arguments: dict[str, Any]) -> McpResult:
        """What the registry answers; a mistake is a result with a sentence, so that the model can put it right."""
        context = await self._context()
        try:
            result = await self._served.registry.call(self._tool.name, arguments, context)
        except PlantroomError as error:
            return McpResult(content=[TextContent(text=str(error), type="text")], is_error=True)
        text = TextContent(text=told(self._tool, result, context), type="text")
        return McpResult(content=[text], structured_content=fenced(result))

    async def _context(self) -> ToolContext:
        context = (await self._served.context(caller_of_request())).at_one_moment()
        return replace(context, origin=Origin(model=_MODEL))


class RegistryProvider(Provider):
    """Lists to each caller the tools that are for them."""

    def __init__(self, served: Served) -> None:
        super().__init__()
        self._served = served
        self._tools: Mapping[str, RegistryTool] = {tool.name: RegistryTool.of(served, tool) for tool in served.registry}
        self._proposals = proposal_tools(served, caller_of_request)

    async def _list_tools(self) -> Sequence[McpTool]:
        context = await self._served.context(caller_of_request())
        registry = self._served.registry
        theirs = [self._tools[tool.name] for tool in registry if refusal(tool, context) is None]
        return [*theirs, *(self._proposals.values() if may_settle(context.caller) else ())]

    async def _get_tool(self, name: str, version: VersionSpec | None = None) -> McpTool | None:
        """Also one that the caller may not call: its refusal says why."""
        del version
        return self._tools.get(name) or self._proposals.get(name) or Unknown.of(self._served.registry, name)


class Unknown(McpTool):
    """What is no tool: a call of it says what is close."""

    _sentence: str = PrivateAttr()

    @staticmethod
    def of(registry: Registry, name: str) -> Unknown:
        made = Unknown(name=name[:60] or "nameless", parameters={"type": "object"})
        try:
            registry[name]
        except NotFound as error:
            made._sentence = str(error)
        return made

    async def run(self, arguments: dict[str, Any]) -> McpResult:
        del arguments
        return McpResult(content=[TextContent(text=self._sentence, type="text")], is_error=True)


def caller_of_request() -> Caller:
    """Who asks, as the door in front has found out."""
    connection: HTTPConnection = get_http_request()
    return cast(Caller, connection.scope[CALLER])


def _description(tool: Tool) -> str:
    if tool.effect == "read":
        return tool.description
    return f"{tool.description} Nothing is changed before a person approves the proposal that this call makes."
