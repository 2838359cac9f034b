"""The tool that says when equipment ran: starts, stops, hours, and since when it is in its present state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import AssetQuery, Value, Window
from tools.activity.run_status import RUNS, Activity, activities, run_points, running_parts
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.query.points import Point
from tools.query.selection import history_evidence
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Scene, ToolResult
from tools.results.table import NAME, Column, Table, TableRow, assets_table, record
from tools.sentences.summary import Amount, Count, Names, Summary

_SAID = 3
_MOST = 300
"""Of more assets than this the history is not read at once."""


class AssetRuns(Value):
    """``hours`` of the window in the state, ``longest_h`` the longest time at a stretch. ``state`` is the present one, and missing where the
    newest reading is too old; ``since`` is when it came to it, ``at_least_since`` where that was before what is read."""

    asset: EntityRef
    point: str
    quantity: str
    starts: int | None = None
    stops: int | None = None
    hours: float | None = None
    percent: float | None = Field(default=None, description="of the window, as far as it has come")
    known_h: float | None = Field(default=None, description="hours of the window that readings say anything about")
    longest_h: float | None = None
    longest_from: AwareDatetime | None = None
    state: str | None = None
    in_state: bool | None = None
    since: AwareDatetime | None = None
    at_least_since: AwareDatetime | None = None


class Runs(ToolResult):
    """``rows`` are at most the limit, those with the most hours first; ``total`` counts all with such a point. ``missing`` have none,
    ``no_data`` have no reading."""

    window: Window
    state: str
    rows: list[AssetRuns]
    total: int
    running: int | None = Field(
        default=None, description="how many are in the state now; None of a window that is over"
    )
    missing: list[EntityRef] = []
    no_data: list[EntityRef] = []

    def summary(self) -> Summary[Literal["one", "several", "no_readings", "no_such_point"]]:
        if len(self.rows) == 1:
            row = self.rows[0]
            said = {"asset": row.asset.name, "hours": Amount(row.hours, None, "h"), "state": self.state}
            return Summary("one", {**said, "starts": Count(row.starts or 0, "start")})
        if self.rows:
            hours = Amount(sum(row.hours or 0.0 for row in self.rows), None, "h")
            return Summary("several", {"assets": Count(self.total, "asset"), "hours": hours, "state": self.state})
        if self.no_data:
            return Summary("no_readings", {"names": Names([ref.name for ref in self.no_data])})
        return Summary("no_such_point", {"names": Names([ref.name for ref in self.missing])})

    def tables(self) -> Sequence[Table]:
        counts = record(
            "runs", (Column("total", "count"), self.total),
            *([] if self.running is None else [(Column("running" if self.state == "on" else "in_state", "count"), self.running)]),
            window=self.window,
        )  # fmt: skip
        columns = (
            NAME, Column("hours", "hours", "h"), Column("share", "percent"), Column("starts", "count"), Column("stops", "count"),
            Column("state", "state"), Column("since", "time"), Column("at_least_since", "time"), Column("longest_h", "hours", "h"),
            Column("longest_from", "time"), Column("known_h", "hours", "h"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (row.asset.id, row.point),
                (
                    row.asset.name, row.hours, row.percent, row.starts, row.stops, row.state, row.since, row.at_least_since,
                    row.longest_h, row.longest_from, row.known_h,
                ),
                None, row.quantity,
            )
            for row in self.rows
        )  # fmt: skip
        found = [Table("running", columns, rows, (), self.total, window=self.window)] if rows else []
        without = {"no_readings": self.no_data, "no_such_point": self.missing}
        return [counts, *found, *(assets_table(name, refs) for name, refs in without.items() if refs)]

    def subjects(self) -> list[str]:
        return [*(row.asset.id for row in self.rows), *(ref.id for ref in (*self.no_data, *self.missing))]


async def runs(
    context: ToolContext,
    asset: Annotated[
        str | list[str] | None,
        Field(description="id or exact name of the asset, or several; everything that reports whether it runs when left out"),
    ] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset")] = None,
    window: Annotated[Window | None, Field(description="the last seven days when left out")] = None,
    quantity: Annotated[
        str | None, Field(description="another state than running or not: occupancy_status, operating_mode_status")
    ] = None,
    state: Annotated[str, Field(max_length=60, description="which state counts: on, off, or a state's own word")] = "on",
    limit: Annotated[int, Field(ge=1, le=100, description="how many to list, those with the most hours first")] = 20,
) -> Runs:  # fmt: skip
    """When equipment ran: starts, stops, hours running and their share of a window, the longest run, whether it runs now and since when. By its run status, else by those of its parts; with ``quantity`` and ``state``, of any state."""
    now = context.clock()
    window = window or Window(start=now - timedelta(days=7), end=now)
    everything = asset is None and assets is None
    query = (
        AssetQuery(has_point=[quantity or RUNS]) if everything else await named_or_queried(context.graph, asset, assets)
    )
    selection = await context.reader.select(query)
    switched = await _switched(context, selection.entities[:_MOST], quantity)
    points, refs = switched.points, switched.refs
    found = await activities(context.history, context.ontology, points, window, now, context.timezone, state)
    rows = sorted((_row(refs[id_], one, window, now) for id_, one in found.of.items()), key=_order)
    shown = [row for row in rows if row.hours is not None]
    ids = [point.id for point in points.values()]
    return Runs(
        window=window,
        state=state,
        rows=shown[:limit],
        total=len(shown),
        running=sum(row.in_state is True for row in rows) if window.end >= now else None,
        missing=switched.missing,
        no_data=[refs[id_] for id_ in points if id_ not in {row.asset.id for row in shown}],
        evidence=[
            *selection.evidence,
            *(history_evidence(text, ids, window, found.as_of) for text in (switched.statement, *found.statements)),
        ],
        scene=Scene(
            highlight=[row.asset.id for row in shown[:limit]], focus=shown[0].asset.id if len(shown) == 1 else None
        ),
        notes=[*_notes(len(selection.entities), switched), *found.notes, *selection.notes],
    )


@dataclass(frozen=True, slots=True)
class _Switched:
    """The points that say whether assets run, by asset; ``parts`` are those that do in place of an asset which has none."""

    points: Mapping[str, Point]
    parts: Mapping[str, Sequence[str]]
    refs: Mapping[str, EntityRef]
    missing: list[EntityRef]
    statement: str


async def _switched(context: ToolContext, chosen: Sequence[EntityRef], quantity: str | None) -> _Switched:
    refs = {ref.id: ref for ref in chosen}
    points, statement = await run_points(context.graph, context.ontology, list(refs), quantity)
    without = [ref for ref in chosen if ref.id not in points]
    asked = [] if quantity else [ref.id for ref in without]
    parts, of_parts = await running_parts(context.graph, context.ontology, asked)
    inner = sorted({one for some in parts.values() for one in some} - points.keys())
    more = await context.reader.refs(inner) if inner else {}
    return _Switched(
        {**points, **{id_: of_parts[id_] for id_ in more}},
        parts,
        {**refs, **more},
        [ref for ref in without if ref.id not in parts],
        statement,
    )


def _row(ref: EntityRef, one: Activity, window: Window, now: datetime) -> AssetRuns:
    whole = (min(window.end, now) - window.start) / timedelta(hours=1)
    return AssetRuns(
        asset=ref,
        point=one.point.id,
        quantity=one.point.quantity,
        starts=one.starts,
        stops=one.stops,
        hours=None if one.hours is None else round(one.hours, 2),
        percent=None if one.hours is None or whole <= 0 else round(100 * one.hours / whole, 1),
        known_h=None if one.known_h is None else round(one.known_h, 2),
        longest_h=round(one.longest.hours, 2) if one.longest else None,
        longest_from=one.longest.since if one.longest else None,
        state=one.now.said if one.now else None,
        in_state=one.now.holds if one.now else None,
        since=one.now.since if one.now and one.known_since else None,
        at_least_since=one.now.since if one.now and not one.known_since else None,
    )


def _order(row: AssetRuns) -> tuple[bool, float, str]:
    return row.hours is None, -(row.hours or 0.0), row.asset.name


def _notes(total: int, switched: _Switched) -> list[str]:
    refs = switched.refs
    by_parts = [
        f"{refs[id_].name} reports no run status of its own; {', '.join(refs[one].name for one in some if one in refs)} does."
        for id_, some in list(switched.parts.items())[:_SAID]
    ]
    cut = [f"Only the first {_MOST} of {total:,} assets are looked at; narrow the question down for the others."]
    return [*(cut if total > _MOST else []), *by_parts]


TOOL = Tool.of(runs, effect="read", roles=EVERYBODY)
