"""The tool that reads values: now, at a moment, or over a stretch of time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from graph_schema.errors import InvalidInput
from graph_schema.question import Aggregate, AssetQuery, GroupBy, Measure, Order, Window
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.query.selection import Selection
from tools.registry.tool import Tool
from tools.results.result import Scene
from tools.results.telemetry import Telemetry

_HIGHLIGHTED = 500


async def query_telemetry(
    context: ToolContext,
    quantity: Annotated[
        str, Field(description="what is measured, in snake case: supply_air_temperature, electric_power, temperature")
    ],
    asset: Annotated[str | list[str] | None, Field(description="id or exact name of the asset, or several")] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset")] = None,
    aggregate: Annotated[
        Aggregate | None,
        Field(
            description="left out: the newest value, the value at a moment (at), or the mean of a window (start, end)"
        ),
    ] = None,
    start: Annotated[AwareDatetime | None, Field(description="the window's start, with an offset")] = None,
    end: Annotated[AwareDatetime | None, Field(description="the window's end; left out: now")] = None,
    at: Annotated[AwareDatetime | None, Field(description="the moment asked about")] = None,
    threshold: Annotated[
        float | None, Field(description="for duration_above and duration_below, in the point's unit")
    ] = None,
    state: Annotated[
        str | None, Field(description="for duration_in, starts and stops: on, off, or a state's own word; left out: on")
    ] = None,
    group_by: Annotated[GroupBy | None, Field(description="a row per class, floor, parent, hour or day")] = None,
    across: Annotated[
        Literal["mean", "min", "max", "sum"] | None,
        Field(description="combine all assets, or a group's, into one value"),
    ] = None,
    order: Annotated[Order | None, Field(description="order of the values: desc for the highest first")] = None,
    limit: Annotated[int | None, Field(ge=1, le=1000, description="how many rows")] = None,
) -> Telemetry:
    """Read what is measured: of one asset, of several, or of all that match a query.

    Use it for values now, at a moment or over a window, for averages, peaks, changes, what was used (use: energy, water, gas), hours above a
    value or in a state (duration_in), starts and stops, for comparisons and for rankings (order, limit). A quantity includes its kinds: temperature is any temperature sensor of the asset. ``missing`` have no
    such point, ``no_data`` have no reading in the time asked about: say so instead of guessing.
    """
    query = await named_or_queried(context.graph, asset, assets)
    measure = Measure(
        quantity=quantity,
        aggregate=aggregate or ("at" if at else "mean" if start else "latest"),
        window=_window(start, end, context.clock()),
        at=at,
        threshold=threshold,
        state=state,
        group_by=group_by,
        across=across,
        order=order,
        limit=limit,
    )
    selection = await context.reader.select(query)
    result = await context.reader.measure(selection, measure, context.timezone)
    shown = _shown(result, selection)
    scene = Scene(highlight=shown, focus=shown[0] if len(shown) == 1 else None) if shown else None
    return result.model_copy(update={"scene": scene})


def _window(start: datetime | None, end: datetime | None, now: datetime) -> Window | None:
    if start is None:
        if end is not None:
            raise InvalidInput("A window needs its start.")
        return None
    return Window(start=start, end=end or now)


def _shown(result: Telemetry, selection: Selection) -> list[str]:
    """The assets that the rows are about; where rows are of groups or of all, the assets behind them."""
    named = list(dict.fromkeys(row.entity.id for row in result.rows if row.entity))
    if named or not result.rows:
        return (named or [entity.id for entity in (*result.no_data, *result.missing)])[:_HIGHLIGHTED]
    without = {entity.id for entity in (*result.missing, *result.no_data)}
    return [id_ for id_ in selection.ids if id_ not in without][:_HIGHLIGHTED]


TOOL = Tool.of(
    query_telemetry,
    effect="read",
    roles=EVERYBODY,
    past="",
    brief="Read values: newest, at a moment, or over a window. use: energy, water or gas used; change: last minus first; durations: hours. temperature is any temperature sensor. Say what is missing or has no data.",
    hints={
        "aggregate": "left out: latest, at or mean, as times are given",
        "across": "all, or a group, as one value",
    },
)
