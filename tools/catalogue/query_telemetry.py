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
from tools.results.telemetry import Telemetry, joined

_HIGHLIGHTED = 500


async def query_telemetry(
    context: ToolContext,
    quantity: Annotated[
        str | Annotated[list[str], Field(min_length=1, max_length=6)],
        Field(description="what is measured, in snake case, or several: supply_air_temperature, electric_power"),
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
    windows: Annotated[
        list[Window] | None,
        Field(min_length=1, max_length=6, description="several windows at once, instead of start and end"),
    ] = None,
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
    if windows and (start or end):
        raise InvalidInput("Give either windows or start and end.")
    query = await named_or_queried(context.graph, asset, assets)
    spans = windows or [_window(start, end, context.clock())]
    aggregate = aggregate or ("at" if at else "mean" if start or windows else "latest")
    measures = [
        Measure(
            quantity=one, aggregate=aggregate, window=span, at=at, threshold=threshold, state=state, group_by=group_by,
            across=across, order=order, limit=limit,
        )
        for one in ([quantity] if isinstance(quantity, str) else dict.fromkeys(quantity))
        for span in spans
    ]  # fmt: skip
    selection = await context.reader.select(query)
    results = [await context.reader.measure(selection, one, context.timezone) for one in measures]
    if len(spans) > 1:
        results = [_named_by_window(one) for one in results]
    result = results[0] if len(results) == 1 else joined(results)
    shown = _shown(result, selection)
    scene = Scene(highlight=shown, focus=shown[0] if len(shown) == 1 else None) if shown else None
    return result.model_copy(update={"scene": scene})


def _named_by_window(result: Telemetry) -> Telemetry:
    """Each row says when its window began, where it is of no hour or day of its own."""
    assert result.window
    begun = result.window.start
    return result.model_copy(
        update={"rows": [row if row.bucket else row.model_copy(update={"bucket": begun}) for row in result.rows]}
    )


def _window(start: datetime | None, end: datetime | None, now: datetime) -> Window | None:
    if start is None:
        if end is not None:
            raise InvalidInput("A window needs its start.")
        return None
    return Window(start=start, end=end or now)


def _shown(result: Telemetry, selection: Selection) -> list[str]:
    """The assets that the rows are about; where rows are of groups or of all, the assets behind them."""
    named = list(dict.fromkeys(row.entity.id for one in result.every for row in one.rows if row.entity))
    if named or not result.rows:
        without_any = [entity.id for one in result.every for entity in (*one.no_data, *one.missing)]
        return (named or list(dict.fromkeys(without_any)))[:_HIGHLIGHTED]
    without = {entity.id for entity in (*result.missing, *result.no_data)}
    return [id_ for id_ in selection.ids if id_ not in without][:_HIGHLIGHTED]


TOOL = Tool.of(
    query_telemetry,
    effect="read",
    roles=EVERYBODY,
    past="Names and relations are those of now.",
    brief="Read values: newest, at a moment, or over a window. use: energy, water or gas used; change: last minus first; durations: hours. temperature is any temperature sensor.",
    hints={
        "start": None,
        "end": None,
        "aggregate": "left out: latest, at or mean, as times are given",
        "across": "all, or a group, as one value",
    },
)
