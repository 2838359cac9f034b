"""The tool that tells how alarms stand: who acknowledged, what is shelved until when, and what to do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tools.alarms.standing import standing_of, told, whole_of
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.result import Evidence, Scene
from tools.results.work.alarm_states import AlarmStates

Which = Literal["all", "waiting", "shelved", "suppressed by design", "out of service", "held"]


async def alarm_states(
    context: ToolContext,
    asset: Annotated[
        str | None,
        Field(
            description="id or exact name of an asset or a place with what is in it, or of a point; all when left out"
        ),
    ] = None,
    which: Annotated[
        Which, Field(description="waiting: to be acknowledged; held: shelved, suppressed or out of service")
    ] = "all",
    limit: Annotated[int, Field(ge=1, le=200, description="how many to list")] = 20,
) -> AlarmStates:
    """How alarms stand now (ISA-18.2): unacknowledged, acknowledged, returned unacknowledged, shelved until when, suppressed by design, out of service; with priority, cause, consequence, action and minutes to act. The most urgent first."""
    now = context.clock()
    whole = await whole_of(context, asset) if asset else None
    standing = [one for one in await standing_of(context, whole) if one.standing(now).state != "normal"]
    states = [one.standing(now) for one in standing]
    found = [one for one, state in zip(standing, states, strict=True) if _is(which, state.state, state.waits)]
    made = await told(context, found, now)
    return AlarmStates(
        alarms=made[:limit],
        total=len(found),
        waiting=sum(one.waits for one in states),
        held=sum(one.hold is not None for one in states),
        about=next(iter(whole.assets), None) if whole else None,
        evidence=[Evidence(store="history", statement="alarms that are open, not acknowledged or held", points=[one.point for one in made[:limit]])],
        scene=Scene(highlight=[*whole.assets], focus=next(iter(whole.assets), None)) if whole else None,
    )  # fmt: skip


def _is(which: Which, state: str, waits: bool) -> bool:
    if which == "held":
        return state in ("shelved", "suppressed by design", "out of service")
    return which == "all" or (waits if which == "waiting" else state == which)


TOOL = Tool.of(
    alarm_states,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="How alarms stand: to acknowledge, shelved, out of service; priority, what to do.",
)
