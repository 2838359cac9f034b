"""``plantroom limits``: what limits hold at points, where they come from, and setting them by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from interfaces.cli.payloads import plain
from interfaces.progress import Report

if TYPE_CHECKING:
    from graph_schema.ontology.ontology import Ontology
    from graph_schema.store.graph import GraphStore
    from graph_schema.store.point_limits import PointSettings

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST_DELAY_S = 86_400
_WORDS = {
    "low": "low", "high": "high", "warning_band": "warning band", "deadband": "deadband", "delay_on_s": "delay on",
    "delay_off_s": "delay off", "latched": "latched", "stale_after_s": "stale after",
}  # fmt: skip
_IN_UNIT = ("low", "high", "warning_band", "deadband")


class _ListsByDefault(TyperGroup):
    """``plantroom limits AHU-1`` is ``plantroom limits list AHU-1``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["list", *args])


limits = typer.Typer(
    help="Show which limits hold at points and where they come from, or set them by hand.", cls=_ListsByDefault
)
out = Console(highlight=False)

Point = Annotated[str, typer.Argument(help="A point: its id or its exact name.")]
Limit = Annotated[str | None, typer.Option(help="In the point's unit; none takes the plant file's away.")]
Width = Annotated[float | None, typer.Option(min=0, help="In the point's unit.")]
Delay = Annotated[str | None, typer.Option(help="Such as 90s, 2m or 1h; at most a day.")]


@limits.command("list")
def list_(
    of: Annotated[
        str | None, typer.Argument(help="An asset, a place or a point by id or name, or a class; else the whole plant.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show the points that have limits, with what holds and where it comes from."""
    from interfaces.cli.main import run, settings_with

    settings = settings_with()

    async def work(report: Report) -> None:
        from graph_schema.store.point_limits import read_settings
        from interfaces.app.composition import open_app

        async with open_app(settings, report) as app:
            points = await read_settings(app.graph, app.ontology, await _points_of(app.graph, app.ontology, of))
        if as_json:
            print(json.dumps([_as_json(one) for one in points if one.has_limits], ensure_ascii=False))
        else:
            _print(points)

    run(work, quiet=as_json)


@limits.command("set")
def set_(
    point: Point,
    low: Limit = None,
    high: Limit = None,
    warning_band: Width = None,
    deadband: Width = None,
    delay_on: Delay = None,
    delay_off: Delay = None,
    latched: Annotated[
        bool | None, typer.Option("--latched/--not-latched", help="Whether an alarm stays until a person resets it.")
    ] = None,
    stale_after: Annotated[str | None, typer.Option(help="Such as 15m or 2h without a reading.")] = None,
) -> None:
    """Set limits of a point by hand. They go before the plant file's, also after the next import."""
    told = {
        "low": _limit(low, "--low"),
        "high": _limit(high, "--high"),
        "warning_band": warning_band,
        "deadband": deadband,
        "delay_on_s": _delay(delay_on, "--delay-on"),
        "delay_off_s": _delay(delay_off, "--delay-off"),
        "latched": latched,
        "stale_after_s": _seconds(stale_after, "--stale-after"),
    }
    changes: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    changes |= {name: None for name, value in changes.items() if value == "none"}
    if not changes:
        raise typer.BadParameter("say what to set, such as --high 30", param_hint="plantroom limits set")

    async def change(graph: GraphStore, ontology: Ontology, id_: str) -> PointSettings:
        from graph_schema.store.point_limits import set_by_hand

        return await set_by_hand(graph, ontology, id_, changes)

    _change(point, change)


@limits.command("reset")
def reset(point: Point) -> None:
    """Forget what was set by hand at a point: the plant file and the defaults hold again."""

    async def change(graph: GraphStore, ontology: Ontology, id_: str) -> PointSettings:
        from graph_schema.store.point_limits import reset_by_hand

        return await reset_by_hand(graph, ontology, id_)

    _change(point, change)


def _change(point: str, change: Any) -> None:
    from interfaces.cli.main import run, settings_with

    settings = settings_with()

    async def work(report: Report) -> None:
        from interfaces.app.composition import open_app
        from tools.query.names import resolve

        async with open_app(settings, report) as app:
            found = await change(app.graph, app.ontology, await resolve(app.graph, point))
        _print([found], all_=True)

    run(work)


async def _points_of(graph: GraphStore, ontology: Ontology, of: str | None) -> list[str]:
    from graph_schema.errors import NotFound
    from graph_schema.store.point_limits import all_points, points_inside, things_of_class
    from tools.query.names import resolve

    if of is None:
        return await all_points(graph)
    try:
        return await points_inside(graph, [await resolve(graph, of)])
    except NotFound:
        if (class_ := ontology.canonical(of)) is None:
            raise
        return await points_inside(graph, await things_of_class(graph, ontology, class_))


def _limit(text: str | None, option: str) -> float | str | None:
    if text is None or text.strip().lower() == "none":
        return text and "none"
    try:
        return float(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is no number, and not none", param_hint=option) from error


def _delay(text: str | None, option: str) -> float | None:
    seconds = _seconds(text, option, may_be_none=True)
    if seconds is not None and seconds > _LONGEST_DELAY_S:
        raise typer.BadParameter("a delay is at most a day", param_hint=option)
    return seconds


def _seconds(text: str | None, option: str, *, may_be_none: bool = False) -> float | None:
    """``90``, ``90s``, ``2m``, ``1.5h`` as seconds."""
    if text is None:
        return None
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else None
    if seconds is None or (seconds == 0 and not may_be_none):
        raise typer.BadParameter(f"“{text}” is no duration; write 90s, 2m or 1h", param_hint=option)
    return seconds


def _print(points: Sequence[PointSettings], *, all_: bool = False) -> None:
    shown = [one for one in points if all_ or one.has_limits or one.by_hand]
    if not shown:
        out.print("No point has limits here: state low and high in the plant file, or `plantroom limits set`.")
        return
    table = Table("point", "set by hand", "plant file", "twin library", "default", box=None, pad_edge=False)
    for one in shown:
        cells = _cells(one)
        table.add_row(escape(plain(one.name)), *(escape(cells.get(column, "")) for column in _COLUMNS))
    out.print(table)
    if more := len(points) - len(shown):
        out.print(f"{more:,} more points have no limits.")


_COLUMNS = ("set by hand", "plant file", "twin library", "default")


def _cells(point: PointSettings) -> Mapping[str, str]:
    """By where it comes from, what holds."""
    from graph_schema.limits import DEFAULTS

    holds, found = point.holds, dict[str, list[str]]()
    for name, where in point.origins().items():
        value = DEFAULTS[name] if where == "default" else _said(name, holds.get(name), point.unit)
        if where != "default" or name not in ("low", "high"):
            found.setdefault(where, []).append(f"{_WORDS[name]} {_span(value) if where == 'default' else value}")
    return {where: ", ".join(said) for where, said in found.items()}


def _said(name: str, value: float | bool | None, unit: str | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}{f' {unit}' if unit else ''}" if name in _IN_UNIT else _span(f"{value:g}")


def _span(seconds: str) -> str:
    """Seconds as people say them; other words as they are."""
    try:
        value = float(seconds)
    except ValueError:
        return seconds
    for size, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if value >= size and value % size == 0:
            return f"{value / size:g} {name}"
    return f"{value:g} s"


def _as_json(point: PointSettings) -> dict[str, Any]:
    holds = point.holds
    fields = {name: {"value": holds.get(name), "from": where} for name, where in point.origins().items()}
    return {"id": point.id, "name": point.name, "unit": point.unit, **fields}
