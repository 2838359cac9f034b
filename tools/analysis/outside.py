"""Where the plant measures the temperature outside."""

from __future__ import annotations

from graph_schema.compiler.quantities import Quantities
from graph_schema.question import AssetQuery
from tools.context import ToolContext
from tools.query.names import natural
from tools.query.points import Point, flat, read_points

OUTSIDE = "outside_air_temperature"


async def outside_points(context: ToolContext) -> list[Point]:
    """The plant's outside air temperatures with a source, those of weather stations first."""
    having = await context.reader.select(AssetQuery(has_point=[OUTSIDE]))
    points, _ = await read_points(context.graph, having.ids, Quantities.of(context.ontology, OUTSIDE))
    classes = {one.id: one.class_ or "" for one in having.entities}
    stations = context.ontology.descendants("Weather_Station")
    return sorted(
        (point for point in flat(points) if point.source),
        key=lambda point: (classes.get(point.asset) not in stations, natural(point.name), point.id),
    )
