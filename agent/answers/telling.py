"""The answer to a question that was understood: by its intent's template from what its calls gave, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.answers.speaker import Speaker
from agent.planning.assets import Assets, Test
from agent.planning.intents import INTENTS
from agent.planning.problems import Problem
from agent.planning.understanding import Understood
from tools.results.result import ToolResult


def told(understood: Understood, results: Sequence[ToolResult], errors: Sequence[str], speaker: Speaker) -> str:
    """``errors`` are what tools said of calls that gave no result."""
    regardless = INTENTS[understood.asked.intent].regardless
    if not results and errors and not regardless:
        return " ".join(dict.fromkeys(errors))
    wanted = understood.asked.unit
    speaker = replace(speaker, style=replace(speaker.style, wanted=wanted))
    asked = understood.asked
    names = asked.names(speaker.lexicon)
    answer = speaker.answer(
        asked.intent,
        results=results,
        says=_says(understood),
        calls=understood.calls,
        about=_about(understood),
        affected=_about(understood, "affected"),
        tests=[one for one in asked.values.get("comparison", ()) if isinstance(one, Test)],
        names=names,
    )
    if regardless:
        return answer
    said = [answer, *dict.fromkeys(errors)]
    if wanted is not None and wanted not in answer:
        said.append(speaker.problem("wrong_unit", text=wanted))
    notes = dict.fromkeys(note for result in results for note in result.notes)
    light = [one.text for one in understood.frame.left_out if one.light]
    return "\n\n".join([*said, " ".join([*notes, *(speaker.problem("light", text=text) for text in light)])]).strip()


def _says(understood: Understood) -> Mapping[str, Any]:
    """Constants of how it was asked: those of its form, of what fills a slot the ``is``, a bound with its number, and the ``order`` of “warmer”."""
    values = understood.asked.values.items()
    filled = {slot: one["is"] for slot, many in values for one in many if isinstance(one, Mapping) and "is" in one}
    bounds = {slot: one for slot, many in values for one in many if isinstance(one, Mapping) and "op" in one}
    directed = [one for _, many in values for one in many if isinstance(one, Mapping) and "order" in one]
    order = {"order": directed[-1]["order"]} if directed else {}
    return {**filled, **bounds, **order, **understood.asked.says}


def _about(understood: Understood, slot: str = "assets") -> Sequence[str]:
    """The ids of the assets that were named."""
    assets = (one for one in understood.asked.values.get(slot, ()) if isinstance(one, Assets))
    return list(dict.fromkeys(id_ for one in assets for id_ in one.ids))


def told_problem(problem: Problem, speaker: Speaker) -> str:
    return speaker.problem(problem.kind, text=problem.text, choices=problem.choices)
