"""How much the alarms ask of operators, as it is told over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, Field

from graph_schema.errors import InvalidInput
from ingestion.alarms.alarms import Alarms
from tools.alarms.kpis import kpis
from tools.catalogue.alarm_history import names_of
from tools.context import ToolContext

_USUAL, _LONGEST = timedelta(days=7), timedelta(days=366)
_ALL = 1_000_000


class BusyPoint(BaseModel):
    """How many alarms a point raised."""

    point: str
    name: str
    alarms: int


class ChatteringPoint(BaseModel):
    point: str
    name: str


class AlarmKpis(BaseModel):
    """How much the alarms ask of operators between two moments, in the figures of ISA-18.2 and EEMUA 191."""

    since: AwareDatetime
    until: AwareDatetime
    operators: int
    raised: int
    per_hour: float = Field(description="raised an hour for each operator; good: at most 6")
    most_in_10_min: int = Field(description="good: at most 10")
    flood_share: float = Field(
        description="of ten-minute spells with more than ten for each operator; good: less than 0.01"
    )
    chattering: list[ChatteringPoint] = Field(description="points that raised three within a minute; good: none")
    stale: int = Field(description="active for a day or longer at the end; good: fewer than 5")
    standing: int = Field(description="active at the end")
    unacknowledged: int = Field(description="of these, nobody acknowledged")
    top: list[BusyPoint] = Field(description="the ten busiest points")
    top_share: float = Field(description="of all alarms, those that these raised; good: 0.01 to 0.05")
    levels: dict[str, int] = Field(description="by the worst level that alarms came to")


async def alarm_kpis(context: ToolContext, since: datetime | None, operators: int) -> AlarmKpis:
    """From a moment until now. Raises ``InvalidInput`` where that is not over yet, or more than a year."""
    now = context.clock()
    start = now - _USUAL if since is None else since
    if not now - _LONGEST <= start < now:
        raise InvalidInput("Say with “since” from when on: a moment before now and within the last year.")
    found = kpis(await Alarms(context.history).known_at(now, start, now, limit=_ALL), start, now, operators)
    names = await names_of(context.graph, sorted({*found.chattering, *(point for point, _ in found.top)}))
    return AlarmKpis(
        since=start, until=now, operators=operators, raised=found.raised, per_hour=found.per_hour,
        most_in_10_min=found.most_in_10_min, flood_share=found.flood_share, stale=found.stale, standing=found.standing,
        unacknowledged=found.unacknowledged, top_share=found.top_share, levels=found.levels,
        chattering=[ChatteringPoint(point=one, name=names[one][0]) for one in found.chattering],
        top=[BusyPoint(point=one, name=names[one][0], alarms=count) for one, count in found.top],
    )  # fmt: skip
