"""``plantroom alarms``: what is beyond its limits now, what was, how alarms stand, and acts on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from graph_schema.question import Window
from ingestion.alarms.alarms import Alarms
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.alarms.kpis import Kpis, kpis
from tools.alarms.rationalisation import as_csv, rationalisation
from tools.approvals.own import as_own
from tools.catalogue.alarm_history import AlarmHistory, AlarmSpell, alarm_history, names_of
from tools.context import Caller, Role, up_to
from tools.results.work.alarm_states import AlarmsActed, AlarmStates
from tools.results.work.incidents import Incidents

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SHOWN = 200
_ALL = 1_000_000


@operation()
async def show(desk: Desk, since: str | None, asset: str | None, as_json: bool) -> None:
    app = desk.app
    given = await app.context(Caller("cli"))
    zone, now = ZoneInfo(given.timezone), app.clock()
    start = moment(since, now, zone) if since else now
    window = Window(start=min(start, now - timedelta(seconds=1)), end=now + timedelta(seconds=1))
    found = await alarm_history(given, asset, window, _SHOWN)
    if as_json:
        desk.write(found.model_dump_json(exclude={"evidence", "scene"}, indent=2))
    else:
        print_alarms(desk.out, found, zone, history=since is not None)


@operation(served=False)
async def reset(desk: Desk, points: Sequence[str], by: str) -> None:
    app = desk.app
    count = await Alarms(app.history).reset(points, app.clock(), by)
    app.ingestion.projection.alarms_changed()
    await app.ingestion.projection.tick()
    desk.out.print(f"{count} {'alarm is' if count == 1 else 'alarms are'} reset.")


@operation()
async def list_(desk: Desk, given: Mapping[str, Any], advice: bool, as_json: bool) -> None:
    context = await desk.app.context(Caller("cli"))
    found = await desk.app.registry.call("alarm_states", given, context)
    assert isinstance(found, AlarmStates)
    if as_json:
        desk.write(found.model_dump_json(exclude={"evidence", "scene"}, indent=2))
    else:
        print_states(desk.out, found, ZoneInfo(context.timezone), advice=advice)


@operation()
async def act(desk: Desk, tool: str, given: Mapping[str, Any], until: str | None, by: str, role: Role) -> None:
    """The person's own act. Raises ``NotAllowed`` where the role may not."""
    context = await desk.app.context(Caller(by, up_to(role)))
    now = context.clock()
    end = {"until": ahead(until, now, ZoneInfo(context.timezone)).isoformat()} if until else {}
    made = await as_own(desk.app.registry, tool, {**given, **end}, context)
    assert isinstance(made, AlarmsActed)
    desk.out.print(escape(plain(f"{desk.app.registry[tool].summary(made)}.")), soft_wrap=True)
    for one in made.acts:
        ends = f" until {_time(one.until, ZoneInfo(context.timezone))}" if one.until else ""
        desk.out.print(escape(plain(f"  {one.name}: {one.state}{ends}")), soft_wrap=True)


@operation()
async def list_incidents(desk: Desk, given: Mapping[str, Any], as_json: bool) -> None:
    context = await desk.app.context(Caller("cli"))
    found = await desk.app.registry.call("incidents", given, context)
    assert isinstance(found, Incidents)
    if as_json:
        desk.write(found.model_dump_json(exclude={"evidence", "scene"}, indent=2))
    else:
        print_incidents(desk.out, found, ZoneInfo(context.timezone))


@operation()
async def change_incident(desk: Desk, given: Mapping[str, Any], by: str, role: Role) -> None:
    """As ``act``."""
    registry, context = desk.app.registry, await desk.app.context(Caller(by, up_to(role)))
    made = await as_own(registry, "change_incident", given, context)
    desk.out.print(escape(plain(f"{registry['change_incident'].summary(made)}.")), soft_wrap=True)


@operation()
async def show_kpis(desk: Desk, since: str, operators: int, as_json: bool) -> None:
    app = desk.app
    given = await app.context(Caller("cli"))
    now = app.clock()
    start = moment(since, now, ZoneInfo(given.timezone))
    if start >= now:
        raise InvalidInput(f"“{since}” is not over yet: say from when on, as 7d.")
    found = kpis(await Alarms(app.history).known_at(now, start, now, limit=_ALL), start, now, operators)
    if as_json:
        desk.write(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    names = await names_of(app.graph, sorted({*found.chattering, *(point for point, _ in found.top)}))
    print_kpis(desk.out, found, {id_: name for id_, (name, _) in names.items()})


@operation()
async def rationalise(desk: Desk, asset: str | None, language: str) -> None:
    given = await desk.app.context(Caller("cli", language=language))
    desk.write(as_csv(await rationalisation(given, asset)).rstrip())


def print_kpis(console: Console, found: Kpis, names: Mapping[str, str]) -> None:
    """Each figure beside what the standards hold for good."""
    table = Table("figure", "", "good", box=None, pad_edge=False)
    chattering = ", ".join(names[point] for point in found.chattering) or "none"
    for name, value, good in (
        ("alarms an hour for each operator", f"{found.per_hour:,.1f}", "at most 6"),
        ("most within 10 minutes", f"{found.most_in_10_min:,}", "at most 10"),
        ("time in floods", f"{found.flood_share:.1%}", "less than 1%"),
        ("chattering", escape(plain(chattering)), "none"),
        ("standing, of these for a day or longer", f"{found.standing:,}, {found.stale:,}", "fewer than 5 for a day"),
        ("standing and not acknowledged", f"{found.unacknowledged:,}", ""),
        ("share of the ten busiest points", f"{found.top_share:.0%}", "1 to 5%"),
    ):
        table.add_row(name, value, good)
    console.print(table)
    for point, count in found.top:
        console.print(f"  {count:>6,}  {escape(plain(names[point]))}", soft_wrap=True)


def ahead(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When it is "8h" or "2d" from now, the next "06:00", or a time of the plant's own clock. Raises ``InvalidInput``."""
    try:
        if text[-1:] in _UNITS and text[:-1].replace(".", "", 1).isdigit():
            return now + float(text[:-1]) * _UNITS[text[-1]]
        if len(text) <= len("06:00"):
            here = now.astimezone(zone)
            today = datetime.combine(here, time.fromisoformat(text.zfill(len("06:00"))), zone)
            return today if today > here else today + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"“{text}” is no time. Write 8h, 2d, 06:00, or 2026-03-02T22:00.") from error
    return moment(text, now, zone)


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When "24h" or "7d" ago was, or a time of the plant's own clock. Raises ``InvalidInput`` with a sentence."""
    try:
        if text[-1:] in _UNITS and text[:-1].replace(".", "", 1).isdigit():
            return now - float(text[:-1]) * _UNITS[text[-1]]
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=zone)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"“{text}” is no time. Write 24h, 7d, or 2026-03-02T22:00.") from error


def print_alarms(console: Console, found: AlarmHistory, zone: ZoneInfo, *, history: bool) -> None:
    """Those that are active; with ``history`` also those that were, and how often and how long each point had one."""
    active = [one for one in found.spells if one.cleared_at is None]
    if not active:
        console.print("No alarm is active.")
    else:
        console.print(_table(active, zone, ended=False))
    if not history:
        return
    if not found.total:
        console.print("There was none in this time either.")
        return
    over = [one for one in found.spells if one.cleared_at is not None]
    if over:
        console.print("\n[bold]Cleared[/]")
        console.print(_table(over, zone, ended=True))
    table = Table("point", box=None, pad_edge=False, title="How often, and how long", title_justify="left")
    for heading in ("times", "minutes"):
        table.add_column(heading, justify="right")
    for one in found.points:
        table.add_row(escape(one.name), f"{one.count:,}", f"{one.minutes:,.0f}")
    console.print()
    console.print(table)


def print_states(console: Console, found: AlarmStates, zone: ZoneInfo, *, advice: bool) -> None:
    """How each stands; with ``advice`` also what it means and what to do."""
    if not found.total:
        console.print("No alarm stands.")
        return
    table = Table("priority", "state", "point", "since", "until", "by", box=None, pad_edge=False)
    for one in found.alarms:
        who = one.held_by or one.acknowledged_by or "–"
        cells = (escape(plain(one.name)), _time(one.raised_at, zone), _time(one.until, zone), escape(plain(who)))
        table.add_row(one.priority, one.state, *cells)
    console.print(table)
    if found.total > len(found.alarms):
        console.print(f"… and {found.total - len(found.alarms):,} more")
    for one in found.alarms if advice else ():
        response = one.response
        console.print(f"\n[bold]{escape(plain(one.name))}[/]: {one.priority} ({one.rule})", soft_wrap=True)
        for line in (response.cause, response.consequence, f"Within {response.minutes} min: {response.action}"):
            console.print(f"  {line}", soft_wrap=True)


def print_incidents(console: Console, found: Incidents, zone: ZoneInfo) -> None:
    if not found.incidents:
        console.print("There is no incident.")
        return
    table = Table("incident", "cause", "because", "since", box=None, pad_edge=False)
    for heading in ("alarms", "active", "waiting"):
        table.add_column(heading, justify="right")
    for one in found.incidents:
        cause = escape(plain(one.cause.name)) if one.cause else "–"
        counts = (f"{one.alarms:,}", f"{one.active:,}", f"{one.waiting:,}")
        because = f"{one.because}, by people" if one.by_people else one.because
        table.add_row(one.id, cause, because, _time(one.opened_at, zone), *counts)
    console.print(table)


def _table(spells: Sequence[AlarmSpell], zone: ZoneInfo, *, ended: bool) -> Table:
    table = Table("", "point", "since", box=None, pad_edge=False)
    if ended:
        table.add_column("until")
    for heading in ("minutes", "value", "worst", "limit"):
        table.add_column(heading, justify="right")
    for one in spells:
        ends = [_time(one.cleared_at, zone)] if ended else []
        limit = f"{'above' if one.side == 'high' else 'below'} {_amount(one.limit, one.unit)}" if one.side else "–"
        numbers = (f"{one.minutes:,.0f}", _amount(one.value, one.unit), _amount(one.worst, one.unit), limit)
        table.add_row(one.level, escape(one.name), _time(one.raised_at, zone), *ends, *numbers)
    return table


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "–"


def _amount(value: float | None, unit: str | None) -> str:
    return "–" if value is None else f"{value:,.4g}" + (f" {escape(unit)}" if unit else "")
