"""Acts on alarms over HTTP: each is the caller's own, by the number of the alarm or the incident, at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from graph_schema.errors import InvalidInput
from ingestion.alarms.incidents import name_of, number_of
from interfaces.http.api.idempotency import Once
from interfaces.http.api.resources import reads
from interfaces.http.api.served import Served
from tools.approvals.own import as_own
from tools.context import ToolContext
from tools.results.work.alarm_states import AlarmsActed

_STORED = 2**63
_ACTS: Mapping[str, tuple[str, Mapping[str, str], str]] = {
    "acknowledge": ("acknowledge_alarm", {}, "Somebody has seen it and takes care."),
    "shelve": ("shelve_alarm", {}, "Quiet until a moment, or for some hours, when it returns by itself."),
    "unshelve": ("hold_alarm", {"act": "unshelved"}, "End a shelf before its time."),
    "suppress": ("hold_alarm", {"act": "suppressed"}, "Suppress by design: not an alarm in this mode of the plant."),
    "unsuppress": ("hold_alarm", {"act": "unsuppressed"}, "End a suppression."),
    "out-of-service": ("hold_alarm", {"act": "out_of_service"}, "Out of service, while the asset or its sensor is worked on."),
    "in-service": ("hold_alarm", {"act": "in_service"}, "Back into service."),
}  # fmt: skip

_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "alarm": {"name": "alarm", "in": "path", "required": True, "schema": {"type": "integer"}},
    "incident": {"name": "incident", "in": "path", "required": True, "schema": {"type": "string"}, "description": "such as I-12"},
}  # fmt: skip


class AlarmActBody(BaseModel):
    """Why, and of a shelf its end; may be empty."""

    model_config = ConfigDict(extra="forbid")

    why: str | None = Field(default=None, max_length=1_000, pattern=r"^[^\x00]*$")
    until: AwareDatetime | None = Field(default=None, description="of a shelf: when it ends, within 14 days")
    hours: float | None = Field(default=None, gt=0, le=336, description="of a shelf: or for how many hours")


def alarm_act_routes(served: Served, once: Once) -> APIRouter:
    """What a person does is done at once, and is in the audit log; who may is the tool's to say."""
    routes = APIRouter(prefix="/alarms", tags=["alarms"])
    body = {"requestBody": {"content": {"application/json": {"schema": AlarmActBody.model_json_schema()}}}}
    for path, (tool, more, told) in _ACTS.items():
        for place, what, of in (("{alarm}", "alarm", _point_of), ("incidents/{incident}", "incident", _incident_of)):
            routes.add_api_route(
                f"/{place}/{path}",
                _endpoint(served, once, tool, more, of),
                methods=["POST"],
                operation_id=f"{path.replace('-', '_')}_of_{what}",
                description=told if what == "alarm" else f"Of the alarms that are in it by then: {told}",
                response_model=AlarmsActed,
                openapi_extra={**body, "parameters": [_PARAMETERS[what]]},
            )
    return routes


async def _point_of(request: Request, context: ToolContext) -> str:
    """Raises ``NotFound``."""
    number = request.path_params["alarm"]
    known = int(number) if number.isascii() and number.isdecimal() and int(number) < _STORED else 0
    return (await reads.alarm(context, known)).point


async def _incident_of(request: Request, context: ToolContext) -> str:
    """Raises ``InvalidInput``."""
    return name_of(number_of(request.path_params["incident"]))


def _endpoint(
    served: Served,
    once: Once,
    tool: str,
    more: Mapping[str, str],
    of: Callable[[Request, ToolContext], Awaitable[str]],
) -> Callable[[Request], Awaitable[Response]]:
    async def act(request: Request) -> Response:
        who = await served.caller(request)
        given = await _read(request)
        context = await served.context(who)

        async def done() -> Response:
            asset = await of(request, context)
            made = await as_own(served.registry, tool, {"asset": asset, **more, **given}, context)
            return Response(made.model_dump_json(by_alias=True), media_type="application/json")

        return await once.answer(request, who, done)

    return act


async def _read(request: Request) -> Mapping[str, Any]:
    """What the body states. Raises ``InvalidInput``."""
    try:
        return AlarmActBody.model_validate_json(await request.body() or b"{}").model_dump(
            mode="json", exclude_none=True
        )
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_context=False, include_input=False)
        place = ".".join(str(part)[:60] for part in first["loc"])
        raise InvalidInput(f"The body does not fit: {place}: {first['msg']}.") from error
