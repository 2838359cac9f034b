"""Listing the tools, and running one of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from agent.agent import ANYBODY
from graph_schema.errors import InvalidInput, NotFound
from interfaces.cli.work.tool.printing import print_result
from interfaces.local.operation import Desk, WrongArguments, operation
from tools.registry.registry import Registry
from tools.registry.tool import Tool


@operation()
async def list_(desk: Desk, as_json: bool) -> None:
    tools = desk.app.registry
    if as_json:
        desk.write(json.dumps(tools.definitions(), ensure_ascii=False))
        return
    table = Table("tool", "does", box=None, pad_edge=False)
    for tool in tools:
        table.add_row(tool.name, escape(tool.description.partition("\n")[0]))
    desk.out.print(table)


@operation()
async def run(desk: Desk, name: str, arguments: dict[str, Any], by: str, as_json: bool) -> None:
    """``by`` is the account that asks."""
    tools = desk.app.registry
    tool = _checked(tools, name, arguments)
    context = await desk.app.context(replace(ANYBODY, name=by))
    result = await tools.call(name, arguments, context)
    if as_json:
        desk.write(result.model_dump_json(by_alias=True, indent=2))
    else:
        desk.out.print(escape(tool.summary(result, context.caller.language)), soft_wrap=True)
        print_result(desk.out, result, ZoneInfo(context.timezone))


def _checked(tools: Registry, name: str, arguments: dict[str, Any]) -> Tool:
    """The tool, if the arguments are such as it takes. Raises ``WrongArguments``."""
    try:
        tool = tools[name]
        tool.parse(arguments)
    except (InvalidInput, NotFound) as error:
        raise WrongArguments(str(error)) from error
    return tool
