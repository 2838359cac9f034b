"""``plantroom limits``: what limits hold at points, where they come from, and setting them by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph_schema.errors import NotFound
from graph_schema.limits import DEFAULTS
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.point_limits import (
    PointSettings,
    all_points,
    entities_of_class,
    points_inside,
    read_settings,
    reset_by_hand,
    set_by_hand,
)
from interfaces.app.plant import tell_of
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.query.names import resolve

_WORDS = {
    "low": "low", "high": "high", "warning_band": "warning band", "deadband": "deadband", "delay_on_s": "delay on",
    "delay_off_s": "delay off", "latched": "latched", "stale_after_s": "stale after",
}  # fmt: skip
_IN_UNIT = ("low", "high", "warning_band", "deadband")


@operation()
async def list_(desk: Desk, of: str | None, as_json: bool) -> None:
    graph, ontology = desk.app.graph, desk.app.ontology
    points = await read_settings(graph, ontology, await _points_of(graph, ontology, of))
    if as_json:
        desk.write(json.dumps([_as_json(one) for one in points if one.has_limits], ensure_ascii=False))
    else:
        _print(desk.out, points)


@operation()
async def set_(desk: Desk, point: str, changes: dict[str, Any]) -> None:
    """``changes`` by the name of the setting; None takes the plant file's away."""
    graph = desk.app.graph
    await _told(desk, await set_by_hand(graph, desk.app.ontology, await resolve(graph, point), changes))


@operation()
async def reset(desk: Desk, point: str) -> None:
    graph = desk.app.graph
    await _told(desk, await reset_by_hand(graph, desk.app.ontology, await resolve(graph, point)))


async def _told(desk: Desk, settings: PointSettings) -> None:
    await tell_of(desk.app, settings.id)
    _print(desk.out, [settings], all_=True)


async def _points_of(graph: GraphStore, ontology: Ontology, of: str | None) -> list[str]:
    if of is None:
        return await all_points(graph)
    try:
        return await points_inside(graph, [await resolve(graph, of)])
    except NotFound:
        if (class_ := ontology.canonical(of)) is None:
            raise
        return await points_inside(graph, await entities_of_class(graph, ontology, class_))


def _print(out: Console, points: Sequence[PointSettings], *, all_: bool = False) -> None:
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
