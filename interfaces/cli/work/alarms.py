"""``plantroom alarms``: what is beyond its limits now, what was, and putting latched alarms back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from graph_schema.question import Window
from ingestion.alarms.alarms import Alarms
from interfaces.local.operation import Desk, operation
from tools.catalogue.alarm_history import AlarmHistory, AlarmSpell, alarm_history
from tools.context import Caller

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SHOWN = 200


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
