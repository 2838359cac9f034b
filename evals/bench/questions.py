"""``make bench-questions``: how long the offline model's answers take on a large plant.

    python -m evals.bench.questions --assets 10000

Builds the plant in a home with embedded servers (a temporary one, unless ``--home`` names one to keep), imports it twice, writes its
readings, asks every question several times in conversations of their own, and writes ``build/bench/questions.json``.
"""

from __future__ import annotations

import asyncio
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil
from rich.console import Console
from rich.table import Table

from evals.bench.campus_home import Figures, campus_home, loaded
from evals.bench.command import read_arguments, report
from evals.bench.large_plant import large_plant
from graph_schema.errors import PlantroomError
from interfaces.app.composition import App
from interfaces.cli.work.ask import answer_of

TARGET_MS = 300

QUESTIONS = (
    "What is the supply air temperature of AHU B1-3?",
    "How many VAVs are there?",
    "Which air handler supplies VAV B1-342?",
    "Which zone is the warmest?",
    "Which zones are above 25 °C?",
    "What needs attention first?",
    "What is in alarm?",
    "How many pumps are in Harbor Hall?",
    "What does AHU B1-2 feed?",
    "What is the average zone temperature on Harbor Hall Floor 2?",
    "What happens if AHU B1-1 stops?",
    "Tell me about Harbor Hall Chiller 1",
    "Which chillers are there?",
    "What was the maximum zone temperature of VAV B1-342 in the last 3 hours?",
    "How much energy did the fans use in the last 3 hours?",
    "Which AHU feeds the most VAVs?",
    "Which rooms are on Harbor Hall Floor 3?",
    "Which VAVs have no zone temperature sensor?",
    "What is the average supply air temperature of all air handlers?",
    "How many assets are there by class?",
    "Which pumps have a vibration above 3 mm/s?",
    "Which zones are more than 2 degrees above their setpoint?",
    "What is the water level of Harbor Hall Water Tank?",
    "Where is VAV B1-342?",
    "Which chiller uses the most power?",
    "What is the status of the chilled water pumps in Harbor Hall?",
    "Tell me about VAV Q9-999",
)


@dataclass(frozen=True, slots=True)
class Timed:
    """Medians of the repetitions: time, and the processor time of this process and its servers, which other load does not change."""

    question: str
    ms: float
    cpu_ms: float
    tools: Sequence[str]
    answer: str


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


async def bench(
    assets: int, home: Path, repeats: int, only: str | None, console: Console
) -> tuple[Figures, list[Timed]]:
    plant = large_plant(assets)
    async with campus_home(home) as app:
        imports = await loaded(app, plant, console)
    # Opened again: the first question meets an application that knows nothing yet.
    async with campus_home(home) as app:
        first = await _ask(app, QUESTIONS[0], 1)
        console.print(f"first question: {first.ms:.0f} ms")
        questions = [question for question in QUESTIONS if only is None or only.lower() in question.lower()]
        timed = [await _ask(app, question, repeats) for question in questions]
    times = [one.ms for one in timed]
    figures: Figures = {
        "assets": len(plant.document["assets"]),
        "points": len(plant.signals),
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        **imports,
        "first_question_ms": round(first.ms),
        "first_question_cpu_ms": round(first.cpu_ms),
        "p50_ms": round(statistics.median(times)),
        "p50_cpu_ms": round(statistics.median(one.cpu_ms for one in timed)),
        "p95_ms": round(percentile(times, 0.95)),
        "p95_cpu_ms": round(percentile([one.cpu_ms for one in timed], 0.95)),
        "within_target": sum(one <= TARGET_MS for one in times),
        "questions": len(timed),
    }
    return figures, timed


async def _ask(app: App, question: str, repeats: int) -> Timed:
    times: list[float] = []
    spent: list[float] = []
    tools: list[str] = []
    answer = ""
    for turn in range(repeats):
        before, began = _processor_ms(), perf_counter()
        try:
            reply = await answer_of(app.agent, question, f"bench-{question}-{turn}-{began}", lambda _: None)
            tools, answer = [call["tool"] for call in reply.calls], reply.answer
        except PlantroomError as error:
            answer = f"{type(error).__name__}: {error}"
        times.append((perf_counter() - began) * 1000)
        spent.append(_processor_ms() - before)
    return Timed(question, statistics.median(times), statistics.median(spent), tools, answer)


def _processor_ms() -> float:
    """What this process and the servers that it started have used."""
    me = psutil.Process()
    times = [one.cpu_times() for one in (me, *me.children(recursive=True))]
    return sum(one.user + one.system for one in times) * 1000


def _table(timed: Sequence[Timed]) -> Table:
    table = Table("question", "ms", "cpu ms", "tools", "answer")
    for one in timed:
        ms = f"[red]{one.ms:.0f}[/]" if one.ms > TARGET_MS else f"{one.ms:.0f}"
        answer = one.answer.replace("\n", " ")[:90]
        table.add_row(one.question, ms, f"{one.cpu_ms:.0f}", ", ".join(one.tools), answer)
    return table


def main() -> int:
    """Ends with 1 where the median is above the target."""
    given = read_arguments(
        "How long the offline model's answers take on a large plant.",
        repeats=3,
        only="ask only the questions that contain this",
        out=Path("build/bench/questions.json"),
    )
    console = Console(width=200)
    with tempfile.TemporaryDirectory(prefix="plantroom-bench-", ignore_cleanup_errors=True) as folder:
        home = (given.home or Path(folder)).absolute()
        figures, timed = asyncio.run(bench(given.assets, home, given.repeats, given.only, console))
    report(console, _table(timed), figures, ("asked", timed), given.out)
    return 0 if figures["p50_ms"] <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
