"""``make bench-tools``: how long every tool takes on a plant of 10,000 assets and 39,000 points.

    python -m evals.bench.tools --assets 10000 [--home FOLDER] [--only NAME]

Builds the campus in a home with embedded servers (a temporary one, unless ``--home`` names one to keep) and calls every tool that reads
through the registry, each with several arguments. Between the calls it takes the time of a yardstick, the look-up of one asset by
its id, so that figures of two machines, or of one that does other work, can be compared as ratios. Writes ``build/bench/tools.json``.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from pkgutil import iter_modules
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from agent.vocabulary.lexicon import read_version
from evals.bench.campus_home import NOW, Figures, campus_home, loaded
from evals.bench.command import read_arguments, report
from evals.bench.large_plant import large_plant
from evals.bench.questions import percentile
from graph_schema.statements import statements
from interfaces.app.composition import App
from tools.catalogue import analysis, jobs
from tools.context import Caller, ToolContext

_YARDSTICK = statements("evals", "bench/tools.cypher")["yardstick"]
_JOBS = {found.name for found in iter_modules([*jobs.__path__, *analysis.__path__])}
JOB_MS, TOOL_MS = 150, 50

Calls = Sequence[Mapping[str, Any]]


def _last(hours: float) -> dict[str, str]:
    return {"start": _iso(NOW - timedelta(hours=hours)), "end": _iso(NOW)}


def _iso(moment: datetime) -> str:
    return moment.isoformat()


_AHU, _ROOM, _FLOOR, _CHILLER = "AHU B1-3", "VAV B1-342", "Harbor Hall Floor 3", "Harbor Hall Chiller 1"
_DAY = _last(24)

CALLS: Mapping[str, Calls] = {
    "alarm_history": ({}, {"asset": _AHU}, {"asset": _FLOOR, "window": _last(3)}),
    "asset_status": ({"asset": _AHU}, {"asset": _ROOM}, {"asset": _CHILLER}, {"asset": _FLOOR}),
    "calculate": (
        {"operation": "mean", "of": [1, 2, 3]},
        {"operation": "convert", "of": [{"value": 20, "unit": "°C"}], "to": "°F"},
    ),
    "comfort": ({}, {"asset": _FLOOR}, {"asset": _AHU}),
    "compare": (
        {"quantity": "supply_air_temperature", "asset": ["AHU B1-1", "AHU B1-2", "AHU B2-1"]},
        {"quantity": "zone_air_temperature", "asset": ["Harbor Hall Floor 2", "Harbor Hall Floor 3"]},
        {"quantity": "electric_power", "asset": _CHILLER, "windows": [_last(6), _last(3)]},
    ),
    "correlate": (
        {"quantity": "supply_air_temperature", "asset": _AHU, "other_quantity": "return_air_temperature"},
        {"quantity": "electric_power", "asset": _CHILLER, "other_quantity": "chilled_water_supply_temperature"},
    ),
    "data_quality": ({}, {"assets": [_AHU]}, {"assets": [_FLOOR]}),
    "describe_asset": ({"asset": _AHU}, {"asset": _ROOM}, {"asset": _FLOOR}),
    "diagnose": (
        {"asset": _ROOM, "symptom": "zone_air_temperature too high"},
        {"asset": _AHU},
        {"asset": "Harbor Hall Zone 342"},
        {"asset": _CHILLER},
    ),
    "discover": ({}, {"word": "chiler"}, {"word": "VAV B1"}),
    "documents": ({"words": "fan belt"}, {"words": "fan belt", "asset": _AHU}),
    "energy": ({}, {"asset": _CHILLER, "window": _DAY}, {"asset": "Harbor Hall", "window": _DAY}),
    "explain_risk": ({"asset": _AHU}, {"asset": _CHILLER}),
    "extremes": (
        {"quantity": "supply_air_temperature", "asset": _AHU},
        {"quantity": "zone_air_temperature", "assets": {"class": "VAV", "within": {"ids": ["b1-3"]}}},
        {"quantity": "supply_air_temperature", "assets": {"class": "AHU"}},
    ),
    "find_assets": (
        {"query": {"class": "Chiller"}},
        {"query": {"class": "VAV"}, "limit": 20},
        {"query": {"class": "Room"}, "group_by": "class"},
        {"query": {"class": "AHU"}, "related": {"relation": "feeds", "query": {"class": "VAV"}}, "order": "desc"},
        {"query": {"where": [{"quantity": "zone_air_temperature", "comparison": ">", "value": 25}]}},
        {"query": {"status": ["alarm"]}},
    ),
    "forecast_failure": ({}, {"assets": [_AHU]}),
    "forecast_telemetry": ({"quantity": "supply_air_temperature", "asset": _AHU},),
    "highlight": ({"assets": [_AHU, _ROOM, _CHILLER]},),
    "isolate": ({"asset": _AHU}, {"asset": _CHILLER}, {"asset": "Harbor Hall Chilled Water Pump 1"}),
    "limits": ({"asset": _AHU}, {"quantity": "zone_air_temperature", "assets": {"class": "VAV", "within": {"ids": ["b1-3"]}}}),
    "notes": ({"asset": _AHU},),
    "plot": (
        {"quantity": "supply_air_temperature", "asset": _AHU},
        {"quantity": ["speed", "vibration"], "asset": "Harbor Hall Chilled Water Pump 1"},
    ),
    "query_telemetry": (
        {"quantity": "supply_air_temperature", "asset": _AHU},
        {"quantity": "zone_air_temperature", "asset": _ROOM, "aggregate": "max", **_last(3)},
        {"quantity": "supply_air_temperature", "assets": {"class": "AHU"}, "across": "mean"},
        {"quantity": "vibration", "assets": {"class": "Pump"}, "order": "desc", "limit": 5},
    ),
    "rank_risks": ({}, {"assets": [_AHU, _CHILLER]}, {"assets": {"class": "Pump"}}),
    "runs": ({"asset": _AHU}, {"asset": [f"FCU B1-3{n:02}" for n in range(1, 9)], "window": _last(6)}),
    "summarize": ({}, {"asset": "Harbor Hall"}, {"asset": _FLOOR}, {"asset": _AHU, "window": _last(3)}),
    "trace_connections": (
        {"asset": _ROOM, "direction": "upstream"},
        {"asset": _AHU, "direction": "downstream"},
        {"asset": _CHILLER, "direction": "loses_service"},
        {"asset": _CHILLER, "direction": "path", "to": _ROOM},
    ),
}  # fmt: skip
"""The arguments of each tool that reads."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Of all calls of a tool but the first of each arguments. ``p50`` and ``p95`` are multiples of the yardstick's median."""

    tool: str
    is_job: bool
    p50_ms: float
    p95_ms: float
    p50: float
    p95: float
    first_ms: float
    calls: Mapping[str, float]

    @property
    def within(self) -> bool:
        return self.p95_ms <= (JOB_MS if self.is_job else TOOL_MS)


async def bench(
    assets: int, home: Path, repeats: int, only: str | None, console: Console
) -> tuple[Figures, list[Timed]]:
    plant = large_plant(assets)
    async with campus_home(home) as app:
        imports = {} if await read_version(app.graph) else await loaded(app, plant, console)
    async with campus_home(home) as app:
        context = await app.context(Caller("bench"))
        names = [tool.name for tool in app.registry if tool.effect == "read" and (only is None or only in tool.name)]
        for name in names:
            if name not in CALLS:
                console.print(f"{name} has no arguments in {__name__}.CALLS and is left out.")
        names = [name for name in names if name in CALLS]
        yard = [await _yardstick(app) for _ in range(20)]
        taken = {name: await _taken(app, context, name, repeats, yard) for name in names}
    unit = statistics.median(yard)
    timed = [_timed(name, name in _JOBS, calls, unit) for name, calls in taken.items()]
    figures: Figures = {
        "assets": len(plant.document["assets"]),
        "points": len(plant.signals),
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        **imports,
        "yardstick_ms": round(unit, 2),
        "within_target": sum(one.within for one in timed),
        "tools": len(timed),
    }
    return figures, timed


async def _yardstick(app: App) -> float:
    began = perf_counter()
    await app.graph.read(_YARDSTICK, id="b1-ahu-3")
    return (perf_counter() - began) * 1000


async def _taken(
    app: App, context: ToolContext, name: str, repeats: int, yard: list[float]
) -> Mapping[str, list[float]]:
    """Milliseconds of each call by its arguments, the first of them apart from the others."""
    found: dict[str, list[float]] = {}
    for arguments in CALLS[name]:
        times = found.setdefault(json.dumps(arguments, ensure_ascii=False), [])
        for _ in range(repeats + 1):
            yard.append(await _yardstick(app))
            began = perf_counter()
            await app.registry.call(name, dict(arguments), context)
            times.append((perf_counter() - began) * 1000)
    return found


def _timed(name: str, is_job: bool, calls: Mapping[str, list[float]], unit: float) -> Timed:
    warm = [ms for times in calls.values() for ms in times[1:]]
    p50, p95 = statistics.median(warm), percentile(warm, 0.95)
    medians = {arguments: round(statistics.median(times[1:]), 1) for arguments, times in calls.items()}
    first = max(times[0] for times in calls.values())
    return Timed(
        name, is_job, round(p50, 1), round(p95, 1), round(p50 / unit, 1), round(p95 / unit, 1), round(first, 1), medians
    )


def _table(timed: Sequence[Timed]) -> Table:
    table = Table("tool", "p50 ms", "p95 ms", "p50 x", "p95 x", "first ms", "medians of its calls, ms")
    for one in sorted(timed, key=lambda one: -one.p95_ms):
        ms = f"{one.p95_ms:.0f}" if one.within else f"[red]{one.p95_ms:.0f}[/]"
        each = ", ".join(f"{value:.0f}" for value in one.calls.values())
        name = f"{one.tool} (job)" if one.is_job else one.tool
        table.add_row(name, f"{one.p50_ms:.0f}", ms, f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.first_ms:.0f}", each)
    return table


def main() -> int:
    """Ends with 1 where a tool is above its target."""
    given = read_arguments(
        "How long every tool takes on a large plant.",
        repeats=9,
        only="only the tools whose name contains this",
        out=Path("build/bench/tools.json"),
    )
    console = Console(width=160)
    with tempfile.TemporaryDirectory(prefix="plantroom-bench-", ignore_cleanup_errors=True) as folder:
        home = (given.home or Path(folder)).absolute()
        figures, timed = asyncio.run(bench(given.assets, home, given.repeats, given.only, console))
    report(console, _table(timed), figures, ("timed", timed), given.out)
    return 0 if all(one.within for one in timed) else 1


if __name__ == "__main__":
    sys.exit(main())
