"""What a tool found, in one line for people: "2 AHUs found", "AHU-2 supply air temperature 13.2 °C, 12 s ago"."""

from collections.abc import Sequence

from agent.offline.phrases import age, listed, plural, with_unit, words
from tools.catalogue.data_quality import DataQuality
from tools.results.results import (
    AssetDescription,
    Connections,
    EntityRef,
    FailureForecasts,
    FoundAssets,
    Highlighted,
    RankedRisks,
    RiskExplained,
    Telemetry,
    TelemetryForecast,
    TelemetryRow,
    ToolResult,
)

NAMED = 6
CALLED = {
    "latest": "", "at": "", "mean": "average ", "min": "lowest ", "max": "highest ", "duration_above": "time above a limit of ",
    "duration_below": "time below a limit of ", "energy": "energy from ", "stddev": "standard deviation of ",
}  # fmt: skip


def summary(result: ToolResult) -> str:
    """One line; numbers, units and names are those of the result."""
    match result:
        case FoundAssets():
            return _found(result)
        case AssetDescription():
            return _description(result)
        case Telemetry():
            return _telemetry(result)
        case Connections():
            return _connections(result)
        case DataQuality():
            return f"{result.amiss} of {_count(result.judged, 'point')} need a look"
        case RankedRisks():
            return _risks(result)
        case FailureForecasts():
            return _failures(result)
        case TelemetryForecast():
            return f"{_count(len(result.rows), 'forecast')} of {words(result.quantity)}"
        case RiskExplained():
            return f"risk of {result.asset.name} {result.score:g} of 100, {_count(len(result.forecasts), 'outlook')}"
        case Highlighted():
            return f"{_count(len(result.assets), 'thing')} highlighted"
        case _:
            return "Done"


def _count(count: int, noun: str) -> str:
    return f"{count} {plural(noun, count)}"


def _label(class_: str | None) -> str:
    return " ".join(word if word.isupper() else word.lower() for word in (class_ or "thing").split("_"))


def _found(result: FoundAssets) -> str:
    found = f"{_count(result.total, _label(result.query.class_))} found"
    if result.related:
        first = result.related[0]
        return f"{found}; first {first.entity.name} with {first.count}"
    return f"{found}: {_names(result.assets)}" if 0 < result.total <= NAMED and result.assets else found


def _names(refs: Sequence[EntityRef]) -> str:
    return listed([ref.name for ref in refs], len(refs), NAMED)


def _description(result: AssetDescription) -> str:
    place = f" in {result.located_in[0].name}" if result.located_in else ""
    return f"{result.asset.name}: {_label(result.asset.class_)}{place}, {_count(len(result.points), 'point')}"


def _telemetry(result: Telemetry) -> str:
    rows = [row for row in result.rows if row.value is not None or row.text]
    name = f"{CALLED.get(result.aggregate, result.aggregate + ' of ')}{words(result.quantity)}"
    if len(rows) == 1:
        return _row(rows[0], name)
    if rows:
        return f"{_count(len(rows), 'value')} of {name}"
    if result.no_data:
        return f"No readings of {name} for {_names(result.no_data)}"
    return f"No {words(result.quantity)} sensor" + (f" for {_names(result.missing)}" if result.missing else "")


def _row(row: TelemetryRow, name: str) -> str:
    who = row.entity.name if row.entity else row.group
    said = " ".join(part for part in (who, name, with_unit(row.value, row.text, row.unit)) if part)
    said = f"{said}, {age(row.age_s)}" if row.age_s is not None else said
    return f"{said} (stale)" if row.stale else said


def _connections(result: Connections) -> str:
    verb = {
        "upstream": "is supplied by",
        "downstream": "feeds",
        "loses_service": "is the only supply of",
        "path": "is connected through",
    }[result.direction]
    kinds = ", ".join(_count(count, _label(class_)) for class_, count in list(result.by_class.items())[:NAMED])
    return f"{result.asset.name} {verb} {_count(result.total, 'thing')}" + (f" ({kinds})" if kinds else "")


def _risks(result: RankedRisks) -> str:
    if not result.risks:
        return f"No risks among {result.assessed} assessed"
    return f"{_count(len(result.risks), 'risk')} of {result.assessed} assessed, first {result.risks[0].asset.name}"


def _failures(result: FailureForecasts) -> str:
    if not result.forecasts:
        return f"no signs of failure, {result.sound} sound"
    first = result.forecasts[0]
    breaks = first.failing.probability_percent if first.failing else None
    likeliest = max((one for one in (first.probability_percent, breaks) if one is not None), default=None)
    chance = f" {likeliest:g}%" if likeliest is not None else ""
    return f"{_count(result.flagged, 'thing')} flagged; first {first.asset.name}{chance}"
