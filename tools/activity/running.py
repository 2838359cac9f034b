"""When assets ran, from the points that say so: their own, else those of their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph_schema.question import Window
from tools.activity.run_status import Activity, run_points, running_parts
from tools.context import ToolContext
from tools.query.points import Point
from tools.results.assets import EntityRef
from tools.results.jobs.runs import AssetRuns


@dataclass(frozen=True, slots=True)
class Switched:
    """The points that say whether assets run, by asset; ``parts`` are those that do in place of an asset which has none."""

    points: Mapping[str, Point]
    parts: Mapping[str, Sequence[str]]
    refs: Mapping[str, EntityRef]
    missing: list[EntityRef]
    statement: str


async def switched_points(context: ToolContext, chosen: Sequence[EntityRef], quantity: str | None) -> Switched:
    """Of assets of which some have a run status, and parts of others; of a ``quantity`` the assets' own alone."""
    refs = {ref.id: ref for ref in chosen}
    points, statement = await run_points(context.graph, context.ontology, list(refs), quantity)
    without = [ref for ref in chosen if ref.id not in points]
    asked = [] if quantity else [ref.id for ref in without]
    parts, of_parts = await running_parts(context.graph, context.ontology, asked)
    inner = sorted({one for some in parts.values() for one in some} - points.keys())
    more = await context.reader.refs(inner) if inner else {}
    return Switched(
        {**points, **{id_: of_parts[id_] for id_ in more}},
        parts,
        {**refs, **more},
        [ref for ref in without if ref.id not in parts],
        statement,
    )


def runs_of(ref: EntityRef, one: Activity, window: Window, now: datetime) -> AssetRuns:
    """As a result."""
    whole = (min(window.end, now) - window.start) / timedelta(hours=1)
    return AssetRuns(
        asset=ref,
        point=one.point.id,
        quantity=one.point.quantity,
        unit=one.point.unit,
        starts=one.starts,
        stops=one.stops,
        hours=None if one.hours is None else round(one.hours, 2),
        percent=None if one.hours is None or whole <= 0 else round(100 * one.hours / whole, 1),
        known_h=None if one.known_h is None else round(one.known_h, 2),
        longest_h=round(one.longest.hours, 2) if one.longest else None,
        longest_from=one.longest.since if one.longest else None,
        first_from=one.first.since if one.first else None,
        state=one.now.said if one.now else None,
        in_state=one.now.holds if one.now else None,
        since=one.now.since if one.now and one.known_since else None,
        at_least_since=one.now.since if one.now and not one.known_since else None,
    )
