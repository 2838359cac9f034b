"""A question whose model has failed: the fallback model answers it, from what was looked up before where that serves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from agent.models.chat_model import ChatMessage, ToolCall
from agent.run.answer import FACTS
from agent.run.calls import Acted, arguments_of
from agent.run.tool_groups import MORE_TOOLS
from tools.sentences.language import Language


@dataclass(frozen=True, slots=True)
class Fallen:
    """Where the fallback began: how many rounds and calls the model had made by then."""

    rounds: int
    calls: int


def spoken(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Questions and answers alone: the fallback cannot read the results that the model was given in earlier turns."""
    return [one for one in messages if one["role"] in ("user", "assistant") and not one.get("tool_calls")]


def found(acted: Sequence[Acted], language: Language) -> str | None:
    """What was looked up before the model failed, a line a call; None where that is nothing."""
    facts = list(dict.fromkeys(one.summary for one in acted if one.result is not None and one.tool != MORE_TOOLS))[
        :FACTS
    ]
    return language.notes["fallback_found"].format(facts="\n".join(f"- {fact}" for fact in facts)) if facts else None


def with_fallback_note(text: str, language: Language) -> str:
    """The answer, and that it is the fallback's."""
    return f"{text.rstrip()}\n\n{language.notes['fallback']}".strip()


def same_call(call: ToolCall) -> str:
    """Equal for calls of the same tool with the same arguments, in whatever order."""
    return json.dumps([call["function"]["name"], arguments_of(call)], sort_keys=True, ensure_ascii=False)
