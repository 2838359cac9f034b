"""``make bench-ingest``.

    python -m evals.bench.ingest [--quick] [--only PART ...] [--embedded]

Broker, publisher, history, graph and ingestion are processes of this machine; messages go at QoS 1, and the database syncs each
commit to disk. Prints a table and adds what was measured to ``build/bench/ingest.json``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.bench.ingest import telegraf
from evals.bench.ingest.drain import Drained, Drains
from evals.bench.ingest.flow import Flow, p99
from evals.bench.ingest.plant import build_plant, clear_plant, graph_updates_per_s
from evals.bench.ingest.stage import Stage, open_stage
from evals.bench.ingest.wire import Load
from graph_schema.errors import PlantroomError

PARTS = ("drain", "graph", "sustained", "latency", "overload", "kafka")
_WITH_GRAPH = {"graph", "sustained", "latency", "overload"}
_MESSAGES = {1: 300_000, 3: 150_000, 100: 6_000}
_DEVICES = {1: 1000, 3: 1000, 100: 100}
_NAIVE_S = 15.0
_FLOW_S = 300.0


class Bench:
    """Runs the parts; ``found`` is what ends up in the file."""

    def __init__(self, stage: Stage, folder: Path, console: Console, quick: bool, rate: float, seconds: float) -> None:
        self._rate = rate
        self._seconds = seconds / 15 if quick else seconds
        self._flow = Flow(stage, folder, console.print)
        self._stage = stage
        self._folder = folder
        self._console = console
        self._quick = quick
        self.found: dict[str, Any] = {}

    def drain(self) -> None:
        drains = Drains(self._stage, self._folder)
        program, reason = telegraf.binary()
        if reason:
            self._console.print(reason)
        share = 10 if self._quick else 1
        naive = self._told(drains.naive(_NAIVE_S / share))
        ours: dict[int, Drained] = {}
        theirs: dict[int, Drained] = {}
        for metrics, messages in _MESSAGES.items():
            load = Load(_DEVICES[metrics], metrics)
            ours[metrics] = self._told(drains.plantroom(load, messages // share))
            if program:
                theirs[metrics] = self._told(drains.telegraf(program, load, messages // share))
        self.found |= _compared(naive, ours, theirs)

    def graph(self) -> None:
        rate = asyncio.run(graph_updates_per_s(self._stage))
        self._console.print(f"{rate:,.0f} coalesced point updates/s in the graph")
        self.found |= {"graph_updates_per_s": round(rate)}

    def sustained(self) -> None:
        flowed = self._flow.run(self._rate, self._seconds)
        held = not flowed.grows and flowed.lost == 0
        self.found |= {
            "sustained_points_per_s": round(flowed.published / flowed.seconds) if held else 0,
            "sustained": flowed.summary(),
        }

    def latency(self) -> None:
        flowed = self._flow.run(self._rate / 2, self._seconds, watched=True)
        self.found |= {
            "history_p99_ms": p99(flowed.history_ms),
            "graph_p99_ms": p99(flowed.graph_ms),
            "latency": flowed.summary() | {"seen": [len(flowed.history_ms), len(flowed.graph_ms)]},
        }

    def overload(self) -> None:
        flowed = self._flow.run(3 * self._rate, self._seconds)
        self.found |= {"overload": flowed.summary()}

    def kafka(self) -> None:
        try:
            from evals.bench.ingest.kafka import two_vs_one  # needs the extra "kafka"

            self.found |= {"kafka_two_vs_one": round(asyncio.run(two_vs_one(self._console.print)), 2)}
        except (ImportError, PlantroomError) as error:
            self._console.print(f"Kafka is left out: {error}")

    def _told(self, drained: Drained) -> Drained:
        self._console.print(
            f"{drained.who}, {drained.metrics} a message: {drained.rows_per_s:,.0f} rows/s, "
            f"{drained.cpu_ms_per_1000_rows:.1f} ms CPU per 1,000 rows"
        )
        return drained


def _compared(naive: Drained, ours: dict[int, Drained], theirs: dict[int, Drained]) -> dict[str, Any]:
    every = [naive, *ours.values(), *theirs.values()]
    return {
        "drained": [asdict(one) for one in every],
        "single_vs_naive": round(ours[1].rows_per_s / naive.rows_per_s, 1),
        "batched_vs_naive": round(ours[100].rows_per_s / naive.rows_per_s, 1),
        "vs_telegraf": {str(m): round(ours[m].rows_per_s / one.rows_per_s, 2) for m, one in theirs.items()},
        "cpu_vs_telegraf": {
            str(m): round(ours[m].cpu_ms_per_1000_rows / one.cpu_ms_per_1000_rows, 2) for m, one in theirs.items()
        },
    }


def _drained_table(drained: Sequence[dict[str, Any]]) -> Table:
    table = Table("drained by", "metrics a message", "rows", "rows/s", "CPU ms per 1,000 rows", "lost")
    for one in drained:
        row = one["who"], one["metrics"], f"{one['rows']:,}", f"{one['rows_per_s']:,.0f}"
        table.add_row(*map(str, row), f"{one['cpu_ms_per_1000_rows']:.1f}", f"{one['lost']:,}")
    return table


async def _run(given: argparse.Namespace, console: Console) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="plantroom-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with_graph = bool(_WITH_GRAPH & set(given.only))
        async with open_stage(folder, given.embedded, with_graph) as stage:
            console.print(f"{os.cpu_count()} cores; {', '.join(stage.names.values())}")
            _keep(given.out, {"servers": stage.names, "cores": os.cpu_count()})
            bench = Bench(stage, folder, console, given.quick, given.rate, given.seconds)
            if with_graph:
                console.print(f"the plant has {await build_plant(stage):,} points with limits")
            for part in given.only:
                console.rule(part)
                await asyncio.to_thread(getattr(bench, part))
                _keep(given.out, bench.found)
            if with_graph:
                await clear_plant(stage)
            return bench.found


def _keep(path: Path, measured: dict[str, Any]) -> None:
    """Add to what earlier parts and runs have found."""
    before: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    found = before | measured
    found["lost"] = _lost(found)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _lost(found: dict[str, Any]) -> int:
    flows = [found[name]["lost"] for name in ("sustained", "latency", "overload") if name in found]
    return sum(flows) + sum(one["lost"] for one in found.get("drained", []) if one["who"] == "Plantroom")


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast telemetry gets from the broker into history and the graph.")
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts alone")
    parser.add_argument("--rate", type=float, default=20_000, help="points a second that are to be sustained")
    parser.add_argument("--seconds", type=float, default=_FLOW_S, help="how long each flow lasts")
    parser.add_argument("--embedded", action="store_true", help="do not use the servers of scripts/services")
    parser.add_argument("--out", type=Path, default=Path("build/bench/ingest.json"))
    given = parser.parse_args()
    console = Console(width=120)
    measured = asyncio.run(_run(given, console))
    if "drained" in measured:
        console.print(_drained_table(measured["drained"]))
    console.print({key: value for key, value in measured.items() if key != "drained"})
    return 1 if _lost(measured) else 0


if __name__ == "__main__":
    sys.exit(main())
