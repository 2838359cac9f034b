"""What a person does by a button, a command or a call of their own needs no second word: it runs as approved by who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graph_schema.errors import NotAllowed
from tools.approvals.terms import digest_of
from tools.context import ToolContext
from tools.registry.arguments import object_of
from tools.registry.registry import Registry
from tools.results.result import ToolResult


async def as_own(registry: Registry, name: str, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
    """Never for a model's word. Within all policies of the registry; a tool whose wishes are for others to approve is refused."""
    tool = registry[name]
    if not tool.terms.own or context.origin.model:
        raise NotAllowed(f"{name} is for somebody else to approve.")
    if "approve" not in context.caller.scopes:
        raise NotAllowed(f"{name} needs a key of the scopes “write” and “approve”.")
    given = object_of(name, arguments)
    return await registry.call(name, given, replace(context, approved=digest_of(name, given)))
