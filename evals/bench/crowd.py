"""A part of ``make bench-questions``: how many questions are answered, and how soon, where 50 people ask at once.

    python -m evals.bench.crowd --people 50 --questions 4

Opens the demo plant with a week of history in a home of its own and asks over the conversations of the web app, in which each person's
questions wait for each other. A person asks the next question when the last is answered. Writes ``build/bench/crowd.json``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from time import perf_counter, process_time

from rich.console import Console

from evals.bench.questions import percentile
from evals.world import BUILT_IN, open_world
from interfaces.progress import silent
from interfaces.settings import Settings
from interfaces.web.chat.conversations import Answering, Conversation, Conversations
from interfaces.web.sessions import Sessions

ANSWERS_A_SECOND, P95_S = 25.0, 3.0
QUESTIONS = (
    "What is the most critical system today?",
    "What is in alarm?",
    "What is the supply air temperature of AHU-2?",
    "Which zones are above 24 °C?",
    "What does Chiller 1 feed?",
    "What loses service if AHU-2 stops?",
    "How many VAVs are there?",
    "What was the average zone temperature yesterday?",
)


async def bench(people: int, questions: int) -> Mapping[str, float | int]:
    async with open_world(BUILT_IN["demo"], Path(), Settings(model="offline"), silent) as app:
        answering = Answering(app.agent, Sessions(), _no_names, app.now_ms, _utc)
        conversations = Conversations(answering)
        await asyncio.gather(*(_ask(conversations.new(), question) for question in QUESTIONS))
        began, spent = perf_counter(), process_time()
        taken = await asyncio.gather(
            *(
                _person(conversations.new(), [QUESTIONS[(n + turn) % len(QUESTIONS)] for turn in range(questions)])
                for n in range(people)
            )
        )
        took, spent = perf_counter() - began, process_time() - spent
        return {
            **_figures([one for times in taken for one in times], took),
            "cpu_ms_each": round(1000 * spent / people / questions),
        }


async def _person(conversation: Conversation, questions: Sequence[str]) -> list[float]:
    return [await _ask(conversation, question) for question in questions]


async def _ask(conversation: Conversation, question: str) -> float:
    """Seconds until the page shows the whole answer."""
    began = perf_counter()
    conversation.ask(question)
    async for _ in conversation.watch("page"):
        pass
    return perf_counter() - began


def _figures(times: Sequence[float], took: float) -> dict[str, float | int]:
    return {
        "answers": len(times),
        "answers_a_second": round(len(times) / took, 1),
        "p50_s": round(statistics.median(times), 2),
        "p95_s": round(percentile(times, 0.95), 2),
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
    }


async def _no_names() -> Mapping[str, str]:
    return {}


async def _utc() -> tzinfo:
    return UTC


def main() -> int:
    """Ends with 1 where a target is missed."""
    parser = argparse.ArgumentParser(description="How soon questions are answered where many people ask at once.")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--questions", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("build/bench/crowd.json"))
    given = parser.parse_args()
    figures = asyncio.run(bench(given.people, given.questions))
    Console().print(figures)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0 if figures["answers_a_second"] >= ANSWERS_A_SECOND and figures["p95_s"] <= P95_S else 1


if __name__ == "__main__":
    sys.exit(main())
