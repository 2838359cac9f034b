"""Questions about public Brick models: what their answers name against what SPARQL finds in the Turtle."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from rdflib import Graph, URIRef

from agent.answers.speaker import Speaker
from agent.answers.telling import told
from agent.evidence.citations import Style
from agent.planning.understanding import Understanding
from graph_schema.errors import PlantroomError
from graph_schema.model import Plant
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.result import ToolResult

QUESTIONS = Path(__file__).with_name("model_questions.yaml")
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
_NAME_AND_ID = re.compile(r"^(.*) \((\S+)\)$")


@dataclass(frozen=True, slots=True)
class Judged:
    """``f1`` is that of the sets of values in each column, on average; ``refused`` and ``none`` say what was answered instead of rows."""

    ask: str
    f1: float
    refused: bool
    none: bool
    answer: str


@dataclass(frozen=True)
class Model:
    """One model as a graph of triples and as the plant that was imported from it."""

    triples: Graph
    plant: Plant
    understanding: Understanding
    registry: Registry
    context: ToolContext

    async def judged(self, case: Mapping[str, Any], prefixes: str) -> Judged:
        answer, results = await self._answer(case["ask"])
        expected = self._expected(case, prefixes)
        if "number" in case:
            told_it = re.search(rf"(?<![\d,.]){next(iter(expected[0]))}(?![\d.])", answer.replace(",", "")) is not None
            return Judged(case["ask"], float(told_it), not results, False, answer)
        given = _columns(answer, results)
        if not expected:
            return Judged(case["ask"], float(bool(results) and not any(given)), not results, False, answer)
        score = sum(max((_f1(one, other) for other in given), default=0.0) for one in expected) / len(expected)
        return Judged(case["ask"], score, not results, bool(results) and not any(given), answer)

    async def _answer(self, ask: str) -> tuple[str, Sequence[ToolResult]]:
        understood = self.understanding.understand(ask, "en", NOW)
        if understood is None or understood.problem is not None:
            return f"refused: {understood and (understood.frame.intent, understood.problem)}", []
        results: list[ToolResult] = []
        errors: list[str] = []
        for call in understood.calls:
            try:
                results.append(await self.registry.call(call.tool, dict(call.args), self.context))
            except PlantroomError as error:
                errors.append(str(error))
        speaker = Speaker(self.understanding.lexicon, Style("en", "metric", UTC, NOW))
        return told(understood, results, errors, speaker), results

    def _expected(self, case: Mapping[str, Any], prefixes: str) -> Sequence[set[str]]:
        """The values of each column: names for what the plant has, text as it stands."""
        if case.get("number") == "classes":
            return [{str(len({one.class_ for one in self.plant.entities if one.class_}))}]
        query = case.get("rows") or case.get("classes") or case["number"]
        by_iri = {one.iri: one.name for one in self.plant.entities if one.iri}
        its = {one.name: one.iri for one in self.plant.entities}.get(case.get("parts_of", ""))
        rows = list(self.triples.query(prefixes + query, initBindings={"it": URIRef(its)} if its else {}))
        if "classes" in case:
            return [{str(row[0]).rpartition("#")[2] for row in rows}]
        columns = [
            {by_iri.get(str(row[at]), str(row[at])) for row in rows if row[at] is not None}
            for at in range(len(rows[0]) if rows else 0)
        ]
        return [one for one in columns if one]


def questions() -> tuple[str, Sequence[Mapping[str, Any]]]:
    read = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    return read["prefixes"], read["questions"]


def _f1(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _columns(answer: str, results: Sequence[ToolResult]) -> Sequence[set[str]]:
    """The values in each column of the table that is shown, else the names that stand in the list or the sentence."""
    lines = [line for line in answer.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines[1:]]
    if cells:
        return [{value for row in cells for value in _values(row[at])} for at in range(len(cells[0]))]
    shown = [line.removeprefix("- ") for line in answer.splitlines() if line.startswith("- ")]
    named = {_plain(one.name) for result in results for one in getattr(result, "assets", [])}
    named |= {_plain(one.entity.name) for result in results for one in getattr(result, "connected", [])}
    return [{one for one in named if one in answer}] if named or shown else []


def _values(cell: str) -> set[str]:
    return {_plain(one) for one in cell.split(", ") if one.strip()}


def _plain(name: str) -> str:
    match = _NAME_AND_ID.match(name.strip())
    return match[1] if match else name.strip()
