#!/usr/bin/env python3
"""How long the demo plant takes from its start to the first answer, and how much memory it needs.

    scripts/bench_demo.py [--days 30]

Starts ``plantroom demo`` on a home that does not exist, asks from a second command, stops it, and does the same once more on
the home that is there now. Prints tables and writes build/bench/demo.json. Run it with the environment's Python on a machine
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
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "build" / "bench" / "demo.json"
PLANTROOM = Path(sys.executable).with_name("plantroom")
QUESTION = "Which AHU feeds the most VAVs?"
KINDS = {
    "java": "graph (ArcadeDB)",
    "postgres": "PostgreSQL",
    "amqtt_process.py": "MQTT broker (amqtt)",
    "sh": "guards",
}


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
        memory = memory_of(psutil.Process(demo.pid))
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
        "stopping_s": round(time.perf_counter() - stopping, 1),
        "memory_mib": memory,
    }


def until_serving(demo: "subprocess.Popen[str]", began: float) -> dict[str, float]:
    """When each step began, in seconds since the start."""
    assert demo.stderr
    steps: dict[str, float] = {}
    for line in demo.stderr:
        steps[re.sub(r"http\S+", "…", line.strip())] = round(time.perf_counter() - began, 1)
        if line.startswith("Serving at"):
            return steps
    raise SystemExit(f"The demo ended: {list(steps)}")


def memory_of(demo: psutil.Process) -> dict[str, dict[str, float | None]]:
    """RSS and PSS in MiB by kind of process. PSS counts shared pages once; where the system does not tell it, it is None."""
    found: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
    for process in (demo, *demo.children(recursive=True)):
        found["plantroom demo" if process == demo else kind_of(process)].append(
            (process.memory_info().rss, pss(process))
        )
    totals = {kind: summed(pairs) for kind, pairs in found.items()}
    totals["all"] = summed([pair for pairs in found.values() for pair in pairs])
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


def summed(pairs: list[tuple[int, int | None]]) -> dict[str, float | None]:
    shared = [pss for _, pss in pairs if pss is not None]
    return {
        "processes": len(pairs),
        "rss": round(sum(rss for rss, _ in pairs) / 2**20),
        "pss": round(sum(shared) / 2**20) if len(shared) == len(pairs) else None,
    }


def show(result: dict[str, Any]) -> None:
    starts = {"first start": result["first_start"], "second start": result["second_start"]}
    times = Table(
        "seconds", *starts, title=f"{result['machine']}, load {result['load_average_before']}", title_justify="left"
    )
    for step in dict.fromkeys(step for start in starts.values() for step in start["steps_s"]):
        times.add_row(step, *(str(start["steps_s"].get(step, "–")) for start in starts.values()))
    times.add_row("First answer", *(str(start["first_answer_s"]) for start in starts.values()), style="bold")
    times.add_row("Stopping", *(str(start["stopping_s"]) for start in starts.values()))
    memory = Table("MiB", "processes", *(f"{kind}, {start}" for start in starts for kind in ("RSS", "PSS")))
    first, second = (start["memory_mib"] for start in starts.values())
    for kind in first:
        cells = [str(one[kind][unit]) for one in (first, second) for unit in ("rss", "pss")]
        memory.add_row(kind, str(first[kind]["processes"]), *cells, style="bold" if kind == "all" else None)
    console = Console(width=120)
    console.print(times, memory)
    console.print(f"Written to {RESULT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
