"""Proposals over HTTP: listed, shown, approved and rejected by whoever may use the rest of the API."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from tools.approvals.proposal import State, id_of, proposal_json
from tools.approvals.record import OPEN
from tools.approvals.settlement import Settlement
from tools.context import Caller


class Settling(BaseModel):
    """The body of a rejection; that of an approval is empty."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=1000)


class Closing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    done: bool


def proposal_routes(settlement: Settlement, caller: Callable[..., Awaitable[Caller]]) -> APIRouter:
    """``caller`` is the person of a request, as a dependency of each route."""
    routes = APIRouter(prefix="/api/approvals")

    @routes.get("")
    async def _list(  # pyright: ignore[reportUnusedFunction]
        state: Annotated[list[State] | None, Query(max_length=len(get_args(State)))] = None,
        every: Annotated[bool, Query(alias="all")] = False,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Those that wait for a person, unless others are asked for."""
        found, total = await settlement.listed(state or (None if every else OPEN), limit)
        return {"proposals": [proposal_json(one) for one in found], "total": total}

    @routes.get("/{name}")
    async def _show(name: str) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        return proposal_json(await settlement.shown(id_of(name)))

    async def approve(name: str, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        """Approve it and run it; the answer tells what came of it."""
        return proposal_json(await settlement.approve(id_of(name), who))

    async def reject(
        name: str, who: Annotated[Caller, Depends(caller)], body: Settling | None = None
    ) -> dict[str, Any]:
        return proposal_json(await settlement.reject(id_of(name), who, body.reason if body else ""))

    async def close(name: str, who: Annotated[Caller, Depends(caller)], body: Closing) -> dict[str, Any]:
        """Somebody has looked what an ambiguous one did."""
        return proposal_json(await settlement.close(id_of(name), who, happened=body.done))

    for settle in (approve, reject, close):
        routes.add_api_route(f"/{{name}}/{settle.__name__}", settle, methods=["POST"])
    return routes
