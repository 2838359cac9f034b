#!/usr/bin/env python3
"""How long the demo plant takes from its start to the first answer, and how much memory it needs.

    scripts/bench_demo.py [--days 30]

Starts ``plantroom demo`` on a home that does not exist, asks from a second command and again ten times, asks for the help ten times,
stops it, and does the same once more on the home that is there now. Of the commands that are repeated it tells the median. Prints tables and writes build/bench/demo.json. Run it with the environment's Python on a machine
that does nothing else; the load average is part of the result.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "build" / "bench" / "demo.json"
PLANTROOM = Path(sys.executable).with_name("plantroom")
REPEATED = 10
QUESTION = "Which AHU feeds the most VAVs?"
KINDS = {
    "java": "graph (ArcadeDB)",
    "postgres": "PostgreSQL",
    "interfaces.broker": "MQTT broker",
    "sh": "guards",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one process, in bytes and seconds."""

    rss: int
    pss: int | None
    cpu_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=30, help="days of history of the first start")
    days = parser.parse_args().days
    folder = Path(tempfile.mkdtemp(prefix="plantroom-bench-"))
    try:
        result: dict[str, Any] = {
            "days": days,
            "machine": f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.platform()}",
            "python": platform.python_version(),
            "load_average_before": round(os.getloadavg()[0], 2),
            "first_start": measure(folder, days),
            "second_start": measure(folder, days),
        }
    finally:
        shutil.rmtree(folder)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    show(result)


def measure(folder: Path, days: float) -> dict[str, Any]:
    """One start, one question, one stop. Raises ``SystemExit`` with what the command said when something fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PLANTROOM_", "OPENAI_"))}
    environment["PLANTROOM_HOME"] = str(folder / "home")
    began = time.perf_counter()
    demo = subprocess.Popen(
        [PLANTROOM, "demo", "--days", str(days), "--port", "0"],
        cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        steps = until_serving(demo, began)
        serving = time.perf_counter()
        asked = subprocess.run(
            [PLANTROOM, "ask", QUESTION], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        answered = time.perf_counter()
        if asked.returncode:
            raise SystemExit(f"The question failed: {asked.stderr}")
        usage = usage_of(psutil.Process(demo.pid))
        warm = first_line(folder, environment, "ask", QUESTION)
        helped = first_line(folder, environment, "--help")
        stopping = time.perf_counter()
        demo.send_signal(signal.SIGINT)
        if code := demo.wait(60):
            raise SystemExit(f"The demo ended with {code}.")
    finally:
        if demo.poll() is None:
            demo.kill()
    return {
        "answer": asked.stdout.strip().splitlines()[-1],
        "steps_s": steps,
        "serving_s": round(serving - began, 1),
        "first_answer_s": round(answered - began, 1),
        "warm_ask_first_step_s": warm,
        "help_s": helped,
        "stopping_s": round(time.perf_counter() - stopping, 1),
        "usage": usage,
    }


def first_line(folder: Path, environment: dict[str, str], *arguments: str) -> dict[str, float]:
    """From the start of a command to its first line (of a question, its first step), and its whole processor time: medians."""
    seconds: list[float] = []
    cpu_s: list[float] = []
    for _ in range(REPEATED):
        began, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
        with subprocess.Popen(
            [PLANTROOM, *arguments], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as command:
            assert command.stdout
            if not command.stdout.readline():
                raise SystemExit(f"plantroom {' '.join(arguments)} said nothing.")
            seconds.append(time.perf_counter() - began)
            command.stdout.read()
        after = getrusage(RUSAGE_CHILDREN)
        cpu_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"seconds": round(median(seconds), 2), "cpu_s": round(median(cpu_s), 2)}


def until_serving(demo: "subprocess.Popen[str]", began: float) -> dict[str, float]:
    """When each step began, in seconds since the start."""
    assert demo.stderr
    steps: dict[str, float] = {}
    for line in demo.stderr:
        steps[re.sub(r"http\S+", "…", line.strip())] = round(time.perf_counter() - began, 1)
        if line.startswith("Serving at"):
            return steps
    raise SystemExit(f"The demo ended: {list(steps)}")


def usage_of(demo: psutil.Process) -> dict[str, dict[str, float | None]]:
    """By kind of process: how many, RSS and PSS in MiB, and CPU seconds so far, which a busy machine does not stretch.

    PSS counts shared pages once; where the system does not tell it, it is None.
    """
    found: dict[str, list[Usage]] = defaultdict(list)
    for process in (demo, *demo.children(recursive=True)):
        times = process.cpu_times()
        usage = Usage(process.memory_info().rss, pss(process), times.user + times.system)
        found["plantroom demo" if process == demo else kind_of(process)].append(usage)
    totals = {kind: summed(usages) for kind, usages in found.items()}
    totals["all"] = summed([usage for usages in found.values() for usage in usages])
    return totals


def kind_of(process: psutil.Process) -> str:
    if process.name() == "postgres":
        return KINDS["postgres"]
    words = [Path(word).name for word in process.cmdline()]
    return next((kind for word, kind in KINDS.items() if word in words), process.name())


def pss(process: psutil.Process) -> int | None:
    try:
        return getattr(process.memory_full_info(), "pss", None)
    except psutil.AccessDenied:
        return None


def summed(usages: list[Usage]) -> dict[str, float | None]:
    shared = [usage.pss for usage in usages if usage.pss is not None]
    return {
        "processes": len(usages),
        "rss_mib": round(sum(usage.rss for usage in usages) / 2**20),
        "pss_mib": round(sum(shared) / 2**20) if len(shared) == len(usages) else None,
        "cpu_s": round(sum(usage.cpu_s for usage in usages), 1),
    }


def show(result: dict[str, Any]) -> None:
    starts = {"first start": result["first_start"], "second start": result["second_start"]}
    times = Table(
        "seconds", *starts, title=f"{result['machine']}, load {result['load_average_before']}", title_justify="left"
    )
    for step in dict.fromkeys(step for start in starts.values() for step in start["steps_s"]):
        times.add_row(step, *(str(start["steps_s"].get(step, "–")) for start in starts.values()))
    times.add_row("First answer", *(str(start["first_answer_s"]) for start in starts.values()), style="bold")
    for title, key in (("First step of a question, warm", "warm_ask_first_step_s"), ("plantroom --help", "help_s")):
        cells = (f"{start[key]['seconds']} ({start[key]['cpu_s']} of the processor)" for start in starts.values())
        times.add_row(title, *cells)
    times.add_row("Stopping", *(str(start["stopping_s"]) for start in starts.values()))
    columns = {"RSS, MiB": "rss_mib", "PSS, MiB": "pss_mib", "CPU, s": "cpu_s"}
    usage = Table("at the first answer", "processes", *(f"{column}, {start}" for start in starts for column in columns))
    first, second = (start["usage"] for start in starts.values())
    for kind in first:
        cells = [str(one[kind][key]) for one in (first, second) for key in columns.values()]
        usage.add_row(kind, str(first[kind]["processes"]), *cells, style="bold" if kind == "all" else None)
    console = Console(width=120)
    console.print(times, usage)
    console.print(f"Written to {RESULT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
