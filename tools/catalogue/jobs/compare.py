"""The tool that compares: assets or places with each other, or one with itself at other times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from graph_schema.errors import InvalidInput
from graph_schema.question import Aggregate, AssetQuery, Measure, Value, Window
from graph_schema.units import UNITS, convert
from tools.context import EVERYBODY, ToolContext
from tools.query.combination import Across, combined
from tools.query.names import resolve_all
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Scene, ToolResult
from tools.results.table import NAME, Column, Table, TableRow
from tools.results.telemetry import Telemetry, TelemetryRow, evidence_of
from tools.sentences.notation import words
from tools.sentences.summary import Amount, Count, Measured, Names, Summary

Compared = Literal[
    "latest", "mean", "min", "max", "range", "stddev", "sum", "count", "first", "last", "change", "use",
    "duration_above", "duration_below", "duration_in", "starts", "stops",
]  # fmt: skip

_ACROSS: Mapping[str, Across] = {
    "min": "min", "max": "max", "use": "sum", "sum": "sum", "count": "sum", "starts": "sum", "stops": "sum", "change": "sum",
}  # fmt: skip
"""How the points of one side become one value; the mean where nothing is said."""
_POWER = "power"
_OF_ONE_TIME = ("latest", "mean", "first", "last")
"""Aggregates of which those of all parts together are the sum; their highest values are of different moments."""
_RELATIVE = ("°C", "°F")
_SAME_LENGTH = timedelta(hours=1)
"""A day on which the clocks change is as good as any other."""


class Side(Value):
    """``difference`` is the value less that of the first side, ``percent`` of the first side's; temperatures have no percent. ``value`` is
    missing where there is no such point (``points`` is 0) or no reading."""

    asset: EntityRef
    window: Window | None = None
    value: float | None = None
    unit: str | None = None
    difference: float | None = None
    percent: float | None = None
    points: int = Field(default=0, description="how many points the value is of")
    samples: int | None = None
    known_h: float | None = Field(default=None, description="hours that readings say anything about, of each point")
    at: AwareDatetime | None = None
    stale: bool = False


class Comparison(ToolResult):
    """A row a side, the first of which the others are compared with; all values in its unit."""

    quantity: str
    aggregate: Aggregate
    rows: list[Side]

    def summary(self) -> Summary[Literal["two", "several", "nothing"]]:
        quantity = Measured(self.quantity, self.aggregate)
        known = [row for row in self.rows if row.value is not None]
        if len(known) == len(self.rows) == 2:
            first, second = known
            return Summary(
                "two",
                {
                    "quantity": quantity,
                    "first": first.asset.name,
                    "value": Amount(first.value, None, first.unit),
                    "second": second.asset.name,
                    "other": Amount(second.value, None, second.unit),
                },
            )
        if known:
            return Summary("several", {"quantity": quantity, "sides": Count(len(known), "side")})
        return Summary("nothing", {"quantity": quantity, "names": Names([row.asset.name for row in self.rows])})

    def tables(self) -> Sequence[Table]:
        columns = (
            NAME, Column("from", "time"), Column("until", "time"), Column("value", "number", None, self.quantity, self.aggregate),
            Column("difference", "number", None, self.quantity, "change"), Column("percent", "percent"), Column("points", "count"),
            Column("samples", "count"), Column("known_h", "hours", "h"), Column("at", "time"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (row.asset.id,),
                (
                    row.asset.name, row.window.start if row.window else None, row.window.end if row.window else None, row.value,
                    row.difference, row.percent, row.points, row.samples, row.known_h, row.at,
                ),
                row.unit, self.quantity, row.stale,
            )
            for row in self.rows
        )  # fmt: skip
        return [Table("values", columns, rows)]

    def subjects(self) -> list[str]:
        return list(dict.fromkeys(row.asset.id for row in self.rows))


async def compare(
    context: ToolContext,
    quantity: Annotated[
        str, Field(description="what is compared, in snake case: zone_air_temperature, electric_power, electric_energy")
    ],
    asset: Annotated[
        str | Annotated[list[str], Field(min_length=1, max_length=8)],
        Field(description="ids or exact names of the assets or places that are compared, or the one whose windows are"),
    ],
    aggregate: Annotated[Compared, Field(description="use for what was used (energy, water, gas)")] = "mean",
    window: Annotated[Window | None, Field(description="of several assets; the last 24 hours when left out")] = None,
    windows: Annotated[
        list[Window] | None, Field(min_length=2, max_length=8, description="of one asset: the times that are compared")
    ] = None,
    threshold: Annotated[
        float | None, Field(description="for duration_above and duration_below, in the point's unit")
    ] = None,
    state: Annotated[
        str | None, Field(description="for duration_in, starts and stops: on, off, or a state's own word")
    ] = None,
) -> Comparison:
    """Compare two or more assets or places over a window, or one asset or place at two or more times: value, difference and percent to the first. One without such a point of its own is the mean (of amounts and power the sum) of the points of its parts, or in it."""
    ids = await resolve_all(context.graph, [asset] if isinstance(asset, str) else asset)
    times = _times(context, ids, aggregate, window, windows)
    refs = await context.reader.refs(ids)
    told: list[Telemetry] = []
    sides: list[_Measured] = []
    for span in times:
        measure = Measure(quantity=quantity, aggregate=aggregate, window=span, threshold=threshold, state=state)
        found, results = await _measured(context, ids, measure)
        told += results
        sides += [_side(refs[id_], span, found[id_], measure) for id_ in ids]
    rows = _compared(sides)
    return Comparison(
        quantity=quantity,
        aggregate=aggregate,
        rows=rows,
        evidence=evidence_of(told),
        scene=Scene(highlight=list(dict.fromkeys(ids)), focus=ids[0] if len(ids) == 1 else None),
        notes=[*_notes(context, rows, times), *dict.fromkeys(note for one in told for note in one.notes)],
    )


def _times(
    context: ToolContext, ids: Sequence[str], aggregate: str, window: Window | None, windows: Sequence[Window] | None
) -> list[Window | None]:
    if len(set(ids)) != len(ids):
        raise InvalidInput("Name each asset once.")
    if windows is not None and (len(ids) > 1 or window is not None):
        raise InvalidInput("Compare either several assets over one window, or one asset over several windows.")
    if windows is None and len(ids) < 2:
        raise InvalidInput("Name two or more assets or places to compare, or two or more windows of one.")
    if aggregate == "latest":
        if windows is not None or window is not None:
            raise InvalidInput("The newest value has no window: choose another aggregate, such as mean.")
        return [None]
    now = context.clock()
    return list(windows) if windows else [window or Window(start=now - timedelta(days=1), end=now)]


async def _measured(
    context: ToolContext, ids: Sequence[str], measure: Measure
) -> tuple[Mapping[str, Sequence[TelemetryRow]], list[Telemetry]]:
    """The rows of each side: of its own points, else of those of its parts, or in it."""
    own = await context.reader.measure(AssetQuery(ids=list(ids)), measure, context.timezone)
    found: defaultdict[str, list[TelemetryRow]] = defaultdict(list)
    for row in own.rows:
        if row.entity:
            found[row.entity.id].append(row)
    results = [own]
    for ref in own.missing:
        for query in _inside(context, ref, measure):
            one = await context.reader.measure(query, measure, context.timezone)
            results.append(one)
            if one.rows:
                found[ref.id] += one.rows
                break
    return found, results


def _inside(context: ToolContext, ref: EntityRef, measure: Measure) -> Sequence[AssetQuery]:
    """Where the points of a side are that has none itself: of an asset on its parts, of a place in it, else on the boxes that serve it."""
    side = {"ids": [ref.id]}
    if ref.kind == "Asset":
        return [AssetQuery.model_validate({"part_of": side})]
    if ref.kind in ("Point", "Device"):
        return []
    queries = ({"class": _class_of(context, measure), "within": side}, {"class": "Terminal_Unit", "feeds": side})
    return [AssetQuery.model_validate(one) for one in queries]


def _class_of(context: ToolContext, measure: Measure) -> str:
    """What is used is perhaps computed from the readings of another quantity."""
    return "Point" if measure.aggregate == "use" else context.ontology.point_class(measure.quantity) or "Point"


@dataclass(frozen=True, slots=True)
class _Measured:
    """One side before it is compared; ``row`` is None where nothing was read."""

    asset: EntityRef
    window: Window | None
    row: TelemetryRow | None
    points: int
    known_h: float | None


def _side(ref: EntityRef, window: Window | None, rows: Sequence[TelemetryRow], measure: Measure) -> _Measured:
    """Raises ``InvalidInput`` where the points of a side measure different things."""
    read = [row for row in rows if row.value is not None]
    different = sorted({row.quantity for row in read})
    if len(different) > 1:
        names = ", ".join(words(one) for one in different[:5])
        raise InvalidInput(f"Several things are measured at {ref.name}: {names}. Name one of them as the quantity.")
    if any(row.text and row.value is None for row in rows) and not read:
        raise InvalidInput(
            f"{words(measure.quantity)} of {ref.name} is a word and no number: compare duration_in a state."
        )
    known = [row.known_h for row in read if row.known_h is not None]
    hours = round(fmean(known), 2) if known else None
    if len(read) < 2:
        return _Measured(ref, window, read[0] if read else None, len(read), hours)
    (row,), _ = combined(read, _across(measure, read[0].unit), measure.quantity, None)
    return _Measured(ref, window, row, len(read), hours)


def _across(measure: Measure, unit: str | None) -> Across:
    """The power of an asset is that of its parts together; of their temperatures it is the mean."""
    known = UNITS.get(unit or "")
    is_power = known is not None and known.dimension == _POWER and measure.aggregate in _OF_ONE_TIME
    return _ACROSS.get(measure.aggregate, "sum" if is_power else "mean")


def _compared(sides: Sequence[_Measured]) -> list[Side]:
    """All in the unit of the first that has a value."""
    first = next((one for one in sides if one.row), None)
    unit = first.row.unit if first and first.row else None
    base = sides[0].row.value if sides[0].row else None
    rows: list[Side] = []
    for place, one in enumerate(sides):
        if one.row is None or first is None:
            rows.append(Side(asset=one.asset, window=one.window))
            continue
        value = _turned(one, first, unit)
        difference = value - base if base is not None and place else None
        rows.append(
            Side(
                asset=one.asset,
                window=one.window,
                value=value,
                unit=unit,
                difference=difference,
                percent=_percent(difference, base, unit),
                points=one.points,
                samples=one.row.samples,
                known_h=one.known_h,
                at=one.row.at,
                stale=one.row.stale,
            )
        )
    return rows


def _turned(one: _Measured, first: _Measured, unit: str | None) -> float:
    """Raises ``InvalidInput`` where the two measure different things."""
    assert one.row
    assert one.row.value is not None
    if one.row.unit == unit or one.row.unit is None or unit is None:
        return one.row.value
    value = convert(one.row.value, one.row.unit, unit)
    if value is None:
        raise InvalidInput(
            f"{first.asset.name} is in {unit} and {one.asset.name} in {one.row.unit}: they cannot be compared. Choose a quantity that both have in the same unit."
        )
    return value


def _percent(difference: float | None, base: float | None, unit: str | None) -> float | None:
    """20 °C are not twice 10 °C."""
    if difference is None or not base or (unit in _RELATIVE and unit in UNITS):
        return None
    return round(100 * difference / abs(base), 1)


def _notes(context: ToolContext, rows: Sequence[Side], times: Sequence[Window | None]) -> list[str]:
    now = context.clock()
    spans = [one for one in times if one]
    lengths = [one.end - one.start for one in spans]
    without = list(dict.fromkeys(row.asset.name for row in rows if row.value is None))
    gathered = [row for row in rows if row.points > 1]
    return [
        *(
            [f"There is no value for {', '.join(without)}: no such point, or no reading in that time."]
            if without
            else []
        ),
        *(f"The value of {row.asset.name} is of {row.points} points." for row in gathered[:3]),
        *(["The windows are not equally long."] if lengths and max(lengths) - min(lengths) > _SAME_LENGTH else []),
        *(["A window has not ended yet."] if any(one.end > now for one in spans) else []),
    ]


TOOL = Tool.of(
    compare,
    effect="read",
    roles=EVERYBODY,
    past="Names and relations are those of now.",
    group="time",
    brief="Compare assets or places over a window, or one at several windows: value, difference, percent to the first.",
    hints={
        "aggregate": {"type": "string", "description": "as in query_telemetry; left out: mean"},
    },
)
