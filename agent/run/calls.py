"""One tool call: run it, and keep its result, or the sentence that says why there is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from agent.models.chat_model import ToolCall
from agent.vocabulary.lexicon import Lexicon
from graph_schema.errors import PlantroomError
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.result import ToolResult

LONGEST_SHOWN = 500
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Acted:
    """``content`` is what the model reads: the result as JSON, or ``{"error": sentence}``.

    Evidence, scene and charts stay out of it: they are for the check and for the view, and would only cost tokens.
    """

    content: str
    summary: str
    result: ToolResult | None = None


async def act(call: ToolCall, registry: Registry, context: ToolContext) -> Acted:
    """Never raises a ``PlantroomError``: what went wrong is the model's to correct or to tell."""
    function = call["function"]
    try:
        result = await registry.call(function["name"], function["arguments"], context)
    except PlantroomError as error:
        return refused(str(error))
    content = result.model_dump_json(by_alias=True, exclude_defaults=True, exclude={"evidence", "scene", "charts"})
    return Acted(content, registry[function["name"]].summary(result, context.caller.language), result)


def title_of(name: str, arguments: Mapping[str, Any], registry: Registry, lexicon: Lexicon, language: str) -> str:
    """The step in words; of a tool that there is not, the name that it was called by."""
    if name not in registry:
        return name[:LONGEST_NAME].replace("_", " ").capitalize()
    return registry[name].title({key: _named(value, lexicon) for key, value in arguments.items()}, language)


def _named(value: Any, lexicon: Lexicon) -> str:
    """An asset by its name, a quantity without its underscores."""
    text = str(value)[:LONGEST_NAME]
    return lexicon.things[text].name if text in lexicon.things else text.replace("_", " ")


def refused(sentence: str) -> Acted:
    return Acted(json.dumps({"error": sentence}, ensure_ascii=False), sentence)


def arguments_of(call: ToolCall) -> Mapping[str, Any]:
    """A call's arguments for people to see, whatever the model made of them."""
    text = call["function"]["arguments"]
    try:
        given: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {"arguments": text[:LONGEST_SHOWN]}
    return cast(Mapping[str, Any], given) if isinstance(given, dict) else {"arguments": text[:LONGEST_SHOWN]}
