"""Proposals over HTTP: listed, shown, approved and rejected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar, get_args

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from graph_schema.errors import InvalidInput
from interfaces.http.api.cursors import Cursor, Limit, Page, link, page_of, position_of
from interfaces.http.api.etags import check_match, etag_of, resource
from interfaces.http.api.idempotency import Once
from interfaces.http.api.served import Served
from tools.approvals.proposal import Proposal, State, id_of, proposal_json
from tools.approvals.record import OPEN
from tools.context import Caller

_STORED = 2**62


class Rejection(BaseModel):
    """The body of a rejection, which may be empty."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=1000, pattern=r"^[^\x00]*$")


class Closing(BaseModel):
    """What somebody found who looked what an ambiguous one did."""

    model_config = ConfigDict(extra="forbid")

    done: bool


class Approval(BaseModel):
    """A proposal: what would be done, who asked, who may settle it until when, and what became of it."""

    id: str
    state: State
    tool: str
    arguments: dict[str, Any]
    digest: str
    sentence: str
    assets: list[str]
    asked_by: dict[str, Any]
    model: str
    conversation: str
    evidence: list[dict[str, Any]]
    approvers: list[str]
    own: bool
    proposed_at: AwareDatetime
    expires_at: AwareDatetime
    settled_by: str | None = None
    settled_at: AwareDatetime | None = None
    run_at: AwareDatetime | None = None
    reason: str | None = None
    outcome: str | None = None
    finished_at: AwareDatetime | None = None


def approval_routes(served: Served, once: Once) -> APIRouter:
    """A person settles a proposal by its name, ``P-12``; ``If-Match`` settles only what that person has read."""
    routes = APIRouter(prefix="/approvals", tags=["approvals"])
    settlement = served.settlement

    @routes.get("", operation_id="list_approvals", response_model=Page[Approval])
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        state: Annotated[list[State] | None, Query(max_length=len(get_args(State)))] = None,
        every: Annotated[bool, Query(alias="all", description="settled ones as well")] = False,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Those that wait for a person, the newest first, unless others are asked for."""
        await served.reader(request)
        (before,) = position_of(cursor, int) or (None,)
        before = None if before is None else min(max(int(before), 0), _STORED)
        found, _ = await settlement.listed(state or (None if every else OPEN), limit + 1, before)
        page = page_of(
            [approval_of(one) for one in found], limit, [found[min(limit, len(found)) - 1].id] if found else []
        )
        return resource(request, page, link(request, page.next))

    @routes.get("/{name}", operation_id="show_approval", response_model=Approval)
    async def _show(request: Request, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        await served.reader(request)
        return resource(request, approval_of(await settlement.shown(id_of(name))))

    async def settle(request: Request, name: str, act: Callable[[int, Caller], Awaitable[Proposal]]) -> Response:
        who = await served.caller(request)
        id_ = id_of(name)

        async def settled() -> Response:
            if "if-match" in request.headers:
                check_match(request, approval_of(await settlement.shown(id_)))
            body = approval_of(await act(id_, who)).model_dump_json(by_alias=True).encode()
            return Response(body, 200, {"etag": etag_of(body)}, "application/json")

        return await once.answer(request, who, settled)

    async def approve(request: Request, name: str) -> Response:
        """Approve it; it runs at once, and once. The answer tells what came of it."""
        return await settle(request, name, settlement.approve)

    routes.add_api_route("/{name}/approve", approve, methods=["POST"], operation_id="approve", response_model=Approval)

    @routes.post(
        "/{name}/reject", operation_id="reject", response_model=Approval, openapi_extra=_body(Rejection, needed=False)
    )
    async def _reject(request: Request, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Reject it, and say why if you wish."""
        reason = (await _read(request, Rejection)).reason
        return await settle(request, name, lambda id_, who: settlement.reject(id_, who, reason))

    @routes.post(
        "/{name}/close", operation_id="close", response_model=Approval, openapi_extra=_body(Closing, needed=True)
    )
    async def _close(request: Request, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Say what an ambiguous one did, once somebody has looked."""
        done = (await _read(request, Closing)).done
        return await settle(request, name, lambda id_, who: settlement.close(id_, who, happened=done))

    return routes


def approval_of(one: Proposal) -> Approval:
    return Approval.model_validate(proposal_json(one))


def _body(model: type[BaseModel], *, needed: bool) -> dict[str, Any]:
    return {"requestBody": {"required": needed, "content": {"application/json": {"schema": model.model_json_schema()}}}}


Body = TypeVar("Body", bound=BaseModel)


async def _read(request: Request, model: type[Body]) -> Body:
    """The body. Raises ``InvalidInput``."""
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_context=False, include_input=False)
        place = ".".join(str(part)[:60] for part in first["loc"])
        raise InvalidInput(f"The body does not fit: {place}: {first['msg']}.") from error
