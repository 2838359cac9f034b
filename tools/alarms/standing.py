"""Alarms as they stand, each with its priority and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph_schema.errors import NotFound
from graph_schema.ontology.responses import PRIORITIES, USUAL_CRITICALITY, languages, priority_of, response_of
from graph_schema.statements import statements
from ingestion.alarms.acts import AlarmActs, StandingAlarm
from ingestion.alarms.incidents import Incidents, is_name, number_of
from tools.catalogue.alarm_history import names_of
from tools.context import ToolContext
from tools.query.contents import contents
from tools.query.names import resolve
from tools.results.work.alarm_states import AlarmStanding, ResponseTold

_CYPHER = statements("tools.alarms", "alarms.cypher")
_USUAL = "en"


@dataclass(frozen=True, slots=True)
class Whole:
    """What a name means: an asset or a place with the points of all that is in it, a point, or an incident with the points whose newest alarm is in it.
    ``assets`` are those concerned."""

    id: str
    name: str
    is_point: bool
    points: frozenset[str]
    assets: Sequence[str] = ()


async def whole_of(context: ToolContext, name: str) -> Whole:
    """Raises ``NotFound`` or ``AmbiguousName``. An asset goes before an incident of its name."""
    try:
        id_ = await resolve(context.graph, name)
    except NotFound:
        if not is_name(name):
            raise
        return await _incident(context, number_of(name))
    (row,) = await context.graph.read(_CYPHER["points"], id=id_, ids=await contents(context.graph, id_))
    points = [id_] if row["is_point"] else [*row["points"]]
    return Whole(id_, row["name"] or id_, row["is_point"], frozenset(points), [id_])


async def _incident(context: ToolContext, number: int) -> Whole:
    record = Incidents(context.history)
    standing = await record.standing(number, context.clock())
    points = await record.points(number)
    owners = sorted({one for assets in points.values() for one in assets if one})
    return Whole(standing.name, standing.name, False, frozenset(points), [standing.cause] if standing.cause else owners)


async def standing_of(context: ToolContext, whole: Whole | None) -> list[StandingAlarm]:
    """Those of an asset or of all, the newest first."""
    return await AlarmActs(context.history).standing(None if whole is None else sorted(whole.points))


async def told(context: ToolContext, found: Sequence[StandingAlarm], now: datetime) -> list[AlarmStanding]:
    """The most urgent first, and of these the newest."""
    points = sorted({one.point for one in found})
    rows = await context.graph.read(_CYPHER["quantities"], ids=points) if points else []
    known = {row["id"]: (row["quantity"], [*row["owners"]]) for row in rows}
    critical = await criticalities(context, sorted({owner for _, owners in known.values() for owner in owners}))
    names = await names_of(context.graph, points)
    language = context.caller.language if context.caller.language in languages() else _USUAL
    made = [_told(one, names[one.point], known.get(one.point, (None, [])), critical, language, now) for one in found]
    return sorted(made, key=lambda one: PRIORITIES.index(one.priority), reverse=True)


async def criticalities(context: ToolContext, assets: Sequence[str]) -> Mapping[str, int]:
    """What the plant states of each, else the twin library of its class."""
    if not assets:
        return {}
    stated = {
        row["id"]: int(row["criticality"]) for row in await context.graph.read(_CYPHER["criticality"], ids=[*assets])
    }
    refs = await context.reader.refs(assets)
    twins = {id_: context.ontology.twin(ref.class_) if ref.class_ else None for id_, ref in refs.items()}
    return {id_: twin.criticality if twin else USUAL_CRITICALITY for id_, twin in twins.items()} | stated


def _told(
    one: StandingAlarm,
    named_: tuple[str, str | None],
    known: tuple[str | None, Sequence[str]],
    critical: Mapping[str, int],
    language: str,
    now: datetime,
) -> AlarmStanding:
    alarm, hold, standing = one.alarm, one.hold, one.standing(now)
    held = hold if hold and standing.hold else None
    quantity, owners = known
    response = response_of(quantity, alarm.side if alarm else None, language)
    criticality = max((critical[id_] for id_ in owners if id_ in critical), default=None)
    rated = priority_of(alarm.level if alarm else "alarm", criticality, response.at_stake, response.minutes)
    return AlarmStanding(
        alarm=alarm and alarm.id, point=one.point, name=named_[0], assets=[*owners] or [*(alarm.assets if alarm else ())],
        state=standing.state, active=standing.active, priority=rated.priority, rule=rated.rule, level=alarm and alarm.level,
        raised_at=alarm and alarm.raised_at, cleared_at=alarm and alarm.cleared_at, value=alarm and alarm.value,
        worst=alarm and alarm.worst, limit=alarm and alarm.limit_value, side=alarm and alarm.side, unit=named_[1],
        acknowledged_by=alarm and alarm.acknowledged_by, held_by=held and held.who, why=held and held.why, until=standing.until,
        response=ResponseTold(
            at_stake=response.at_stake, minutes=response.minutes, cause=response.cause, consequence=response.consequence,
            action=response.action,
        ),
    )  # fmt: skip
