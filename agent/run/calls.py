"""One tool call: run it, and keep its result, or the sentence that says why there is none."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent.evidence.ledger import Ledger
from agent.models.chat_model import ToolCall
from agent.vocabulary.lexicon import Lexicon
from graph_schema.errors import PlantroomError
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.result import ToolResult
from tools.sentences.language import language as spoken
from tools.sentences.outside import without_outside

LONGEST_SHOWN = 500
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Acted:
    """A call and what came of it; of one that did not work ``summary`` says why."""

    call: ToolCall
    summary: str
    result: ToolResult | None = None

    @property
    def tool(self) -> str:
        return self.call["function"]["name"]

    @property
    def json(self) -> str:
        """The result, or ``{"error": sentence}``. Evidence, scene and charts are for the check and for the view."""
        if self.result is None:
            return json.dumps({"error": self.summary}, ensure_ascii=False)
        return self.result.model_dump_json(
            by_alias=True, exclude_defaults=True, exclude={"evidence", "scene", "charts"}
        )


async def act(call: ToolCall, registry: Registry, context: ToolContext) -> Acted:
    """Never raises a ``PlantroomError``: what went wrong is the model's to correct or to tell."""
    function = call["function"]
    try:
        result = await registry.call(function["name"], function["arguments"], context)
    except PlantroomError as error:
        return Acted(call, str(error))
    summary = registry[function["name"]].summary(result, context.caller.language)
    return Acted(call, without_outside(summary), result)


def title_of(name: str, arguments: Mapping[str, Any], registry: Registry, lexicon: Lexicon, language: str) -> str:
    """The step in words; of a tool that there is not, the name that it was called by."""
    if name not in registry:
        return name[:LONGEST_NAME].replace("_", " ").capitalize()
    called = spoken(language).called
    return registry[name].title({key: _named(value, lexicon, called) for key, value in arguments.items()}, language)


def _named(value: Any, lexicon: Lexicon, called: Mapping[str, str]) -> str:
    """An asset by its name, a quantity as the language calls it, without underscores."""
    if isinstance(value, list):
        return ", ".join(_named(one, lexicon, called) for one in cast(list[Any], value))[:LONGEST_NAME]
    text = str(value)[:LONGEST_NAME]
    return lexicon.things[text].name if text in lexicon.things else called.get(text) or text.replace("_", " ")


def ledger_of(acted: Sequence[Acted]) -> Ledger:
    """The evidence of all calls so far, in their order."""
    return Ledger.of([(one.tool, one.summary if one.result is None else one.result) for one in acted])


def summaries(ledger: Ledger, registry: Registry) -> tuple[tuple[str, str], ...]:
    """The letter of each result so far, and what it found in one line."""
    return tuple(
        (one.letter, registry[one.tool].summary(one.result))
        for one in ledger.entries
        if one.result is not None and one.tool in registry
    )


def numbers_asked_for(acted: Sequence[Acted]) -> tuple[float, ...]:
    """The numbers in the calls' arguments: limits that were asked for, and no values."""
    return tuple(number for one in acted for number in _numbers(arguments_of(one.call)))


def _numbers(value: object) -> Iterator[float]:
    match value:
        case bool():
            return
        case int() | float():
            yield float(value)
        case Mapping():
            for one in cast(Mapping[str, object], value).values():
                yield from _numbers(one)
        case list():
            for one in cast(list[object], value):
                yield from _numbers(one)
        case _:
            return


def arguments_of(call: ToolCall) -> Mapping[str, Any]:
    """A call's arguments for people to see, whatever the model made of them."""
    text = call["function"]["arguments"]
    try:
        given: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {"arguments": text[:LONGEST_SHOWN]}
    return cast(Mapping[str, Any], given) if isinstance(given, dict) else {"arguments": text[:LONGEST_SHOWN]}
