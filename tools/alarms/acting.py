"""A person's act on the alarms of an asset or a point, written down with its entry in the audit log in one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from graph_schema.errors import InvalidInput
from ingestion.alarms.acts import AlarmAct, AlarmActs, StandingAlarm
from ingestion.alarms.states import Act, done
from tools.alarms.standing import Whole, standing_of, whole_of
from tools.audit import log as audit_log
from tools.audit.log import Entry
from tools.catalogue.alarm_history import names_of
from tools.context import ToolContext
from tools.results.result import Evidence, Scene
from tools.results.work.alarm_states import ActTold, AlarmsActed


async def acted(
    context: ToolContext, asset: str, act: Act, why: str | None = None, until: datetime | None = None
) -> AlarmsActed:
    """On each alarm of it that stands so that it can be done. Raises ``InvalidInput`` where there is none."""
    whole = await whole_of(context, asset)
    wanted = await _wanted(context, whole, act, until)
    names = await names_of(context.graph, [one.point for one in wanted])
    acts = AlarmActs(context.history)
    now, who = context.clock(), context.caller.name

    async def audited(connection: psycopg.AsyncConnection, made: AlarmAct) -> None:
        entry = Entry(now, who, f"alarm.{act}", subject=made.point, site=context.site, outcome=made.state_after)
        await audit_log.record(connection, [entry])

    owners: Sequence[str] = () if whole.is_point else whole.assets
    made = [await acts.act(one.point, act, who, now, why, until, owners, audited) for one in wanted]
    return AlarmsActed(
        act=act,
        acts=[_told(one, names[one.point][0]) for one in made],
        asset=whole.name,
        about=next(iter(whole.assets), made[0].point),
        scene=Scene(highlight=[*whole.assets], focus=next(iter(whole.assets), None)),
        evidence=[Evidence(store="history", statement="acts on alarms", points=[one.point for one in made], entities=[*whole.assets])],
    )  # fmt: skip


async def wished(
    context: ToolContext, given: dict[str, Any], act: Act, until: datetime | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Whether it could be done now, and the assets that it is about. Raises as ``acted`` does."""
    whole = await whole_of(context, given["asset"])
    await _wanted(context, whole, act, until)
    return given, [*whole.assets]


async def _wanted(context: ToolContext, whole: Whole, act: Act, until: datetime | None) -> Sequence[StandingAlarm]:
    now = context.clock()
    standing = await standing_of(context, whole)
    if whole.is_point:
        known = standing[0] if standing else StandingAlarm(whole.id, None, None)
        done(known.standing(now), act, now, until)  # raises with what is so
        return [known]
    could = [one for one in standing if _could(one, act, now, until)]
    if not could:
        raise InvalidInput(f"No alarm of {whole.name} can be {act.replace('_', ' ')} now: {_states(standing, now)}.")
    return could


def _could(one: StandingAlarm, act: Act, now: datetime, until: datetime | None) -> bool:
    try:
        done(one.standing(now), act, now, until)
    except InvalidInput:
        return False
    return True


def _states(standing: Sequence[StandingAlarm], now: datetime) -> str:
    return ", ".join(sorted({one.standing(now).state for one in standing})) or "none is raised or held"


def _told(made: AlarmAct, name: str) -> ActTold:
    return ActTold(
        point=made.point, name=name, state=made.state_after, who=made.who, at=made.at, why=made.why, until=made.until
    )
