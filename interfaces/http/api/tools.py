"""Every tool by its name: one that reads answers at once, one that changes something with the proposal that waits for a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from graph_schema.errors import InvalidInput
from interfaces.http.api.examples import Examples
from interfaces.http.api.idempotency import Once
from interfaces.http.api.served import Served
from tools.context import Role
from tools.registry.tool import Tool
from tools.results.proposals import Proposed, ProposedChange
from tools.results.result import ToolResult

PREFIX = "/api/v1"


class Pending(BaseModel):
    """A change that waits for a person. ``settle`` is where it is shown, and approved or rejected."""

    proposal: ProposedChange
    new: bool
    settle: str
    approve: str
    reject: str


class ToolLine(BaseModel):
    """A tool in the list: where it is called, and who may."""

    name: str
    description: str
    effect: str
    roles: list[Role]
    call: str


def tool_routes(served: Served, once: Once, examples: Examples) -> APIRouter:
    """A route for each tool; what is no tool is refused with what is close to it."""
    routes = APIRouter(tags=["tools"])

    @routes.get("/tools", operation_id="list_tools")
    async def _list(request: Request) -> list[ToolLine]:  # pyright: ignore[reportUnusedFunction]
        """The tools that this caller may call."""
        who = await served.caller(request)
        return [_line(tool) for tool in served.registry if who.roles & tool.roles]

    for tool in served.registry:
        routes.add_api_route(
            f"/tools/{tool.name}",
            _endpoint(served, once, tool),
            methods=["POST"],
            operation_id=tool.name,
            summary=tool.name.replace("_", " ").capitalize(),
            description=tool.description,
            responses=_responses(tool),
            status_code=200 if tool.effect == "read" else 202,
            response_class=JSONResponse,
            openapi_extra={"x-tool": tool.name, "x-example": examples.of(tool)},
        )

    @routes.post("/tools/{name}", include_in_schema=False)
    async def _unknown(name: str, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        await served.caller(request)
        served.registry[name]  # raises NotFound with what is close
        raise AssertionError(f"{name} has a route of its own")

    return routes


def _line(tool: Tool) -> ToolLine:
    roles = sorted(tool.roles)
    call = f"{PREFIX}/tools/{tool.name}"
    return ToolLine(name=tool.name, description=tool.description, effect=tool.effect, roles=roles, call=call)


def _responses(tool: Tool) -> dict[int | str, dict[str, Any]]:
    if tool.effect == "read":
        return {200: {"model": tool.result, "description": "What was found"}}
    location = {"location": {"description": "Where it is settled", "schema": {"type": "string"}}}
    return {202: {"model": Pending, "description": "A proposal that waits for a person", "headers": location}}


def _endpoint(served: Served, once: Once, tool: Tool) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        who = await served.caller(request)
        text = _text(await request.body())
        context = await served.context(who)
        if tool.effect == "read":
            return _found(await served.registry.call(tool.name, text, context.at_one_moment()))

        async def propose() -> Response:
            return waiting(await served.registry.call(tool.name, text, context))

        return await once.answer(request, who, propose)

    call.__name__ = tool.name
    return call


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("The arguments are not UTF-8. Send one JSON object as UTF-8.") from error


def _found(result: ToolResult) -> Response:
    return Response(result.model_dump_json(by_alias=True), media_type="application/json")


def waiting(result: ToolResult) -> Response:
    """202: the proposal, and where to settle it."""
    if not isinstance(result, Proposed):
        raise AssertionError("a tool that changes something ran without approval")
    settle = f"{PREFIX}/approvals/{result.proposal.id}"
    pending = Pending(
        proposal=result.proposal, new=result.new, settle=settle, approve=f"{settle}/approve", reject=f"{settle}/reject"
    )
    return Response(pending.model_dump_json(by_alias=True), 202, {"location": settle}, "application/json")
