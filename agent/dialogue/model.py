"""The chat model that needs no key and no network: it reads a message by the rules of its language and answers from what the tools gave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ValidationError

from agent.answers.speaker import Speaker
from agent.answers.telling import told, told_problem
from agent.dialogue.ending import ending_of
from agent.dialogue.read_back import read_as, read_back, read_so_far
from agent.dialogue.suggestions import Suggestions
from agent.dialogue.turn import MOST_CALLS, Reader, Turn
from agent.evidence.citations import Style
from agent.models.chat_model import ChatMessage, ChatReply, ChatRequest, ToolCall
from agent.planning.families.wishes import wish_of
from agent.planning.memory import kept, remembered
from agent.planning.newest import Understandings
from agent.planning.understanding import Understanding, Understood
from agent.vocabulary.lexicon import LexiconSource
from tools.registry.registry import Registry
from tools.results.proposals import Proposed
from tools.results.result import ToolResult

Results = Mapping[str, type[ToolResult]]
"""What each tool returns, by its name."""

_NOT_UNDERSTOOD = frozenset(
    {"unclear", "left_out", "missing", "unknown_name", "no_quantity", "no_run_status", "not_placed", "no_referent", "not_named", "too_long"}
)  # fmt: skip
"""Problems with which other questions are offered; where it is asked which one is meant, that is the next step."""


class DialogueModel:
    """A ``ChatModel``. One plant's words are prepared once for each version of it."""

    name = "offline"
    composes = True

    def __init__(self, understandings: Understandings, results: Results) -> None:
        self._understandings = understandings
        self._results = results

    async def reply(self, request: ChatRequest, on_text: Callable[[str], None]) -> ChatReply:
        reply = respond(request, await self._understandings.newest(), self._results)
        if reply.text:
            on_text(reply.text)
        return reply


def dialogue_model(source: LexiconSource | Understandings, registry: Registry) -> DialogueModel:
    """Over the lexicons of a source, or an understanding of them that others share; reads what the tools of a registry return: a call that
    would change something, its proposal."""
    understandings = source if isinstance(source, Understandings) else Understandings(source)
    results = {tool.name: tool.result if tool.effect == "read" else Proposed for tool in registry}
    return DialogueModel(understandings, results)


def respond(request: ChatRequest, understanding: Understanding, results: Results) -> ChatReply:
    """One step: the calls that the message needs, or the answer from what they gave."""
    now = datetime.fromtimestamp(request.now_ms / 1000, UTC).astimezone(_zone(request.timezone))
    reader = Reader(understanding, request.language, now, request.grounding.focus)
    text, outcomes = _asked(request.messages, results)
    turn = reader.read(text, remembered(request.kept))
    if turn.calls and outcomes is None:
        calls = [_tool_call(index, one.tool, one.args) for index, one in enumerate(turn.calls)]
        said_in = understanding.spoken(request.answered_in or turn.parts[0].language)
        return ChatReply("", calls, reading={"said_in": said_in})
    style = Style(request.language, request.units, now.tzinfo or UTC, now)
    answer = Answer(turn, understanding, style, request.answered_in)
    said = answer.text(outcomes or (), request.grounding.focus)
    urgent = any(part.is_urgent for part in turn.parts)
    return ChatReply(
        said, keep=_kept(turn) or request.kept, reading=answer.reading(outcomes or ()), wish=answer.wish, urgent=urgent
    )


def _kept(turn: Turn) -> Mapping[str, Any] | None:
    if turn.last.problem is None and (turn.last.is_aside or wish_of(turn.last.asked)):
        return None  # the conversation goes on where it was
    if turn.last.problem is None:
        return kept(turn.last.asked)
    return kept(turn.last.open_question) if turn.last.open_question is not None else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its result, or the sentence why there is none."""

    result: ToolResult | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one message, each question of it under a paragraph of its own."""

    turn: Turn
    understanding: Understanding
    style: Style
    answered_in: str | None = None

    def text(self, outcomes: Sequence[Outcome], focus: Sequence[str] = ()) -> str:
        paragraphs = list(self._paragraphs(outcomes))
        if self.turn.beyond:
            paragraphs.append(self._speaker(self.turn.last).problem("beyond", names=self.turn.beyond, most=MOST_CALLS))
        if offers := self._offers(focus):
            paragraphs.append(offers)
        return "\n\n".join(one for one in paragraphs if one)

    def reading(self, outcomes: Sequence[Outcome]) -> Mapping[str, Any]:
        """Of the first question, and of the others beside it."""
        first, *others = [self._explained(part, mine) for part, mine in self._parts(outcomes)]
        return {**first, "also": others} if others else first

    @property
    def wish(self) -> Mapping[str, str]:
        wishes = [wish_of(part.asked) for part in self.turn.parts if part.problem is None]
        return {name: value for one in wishes for name, value in one.items()}

    def _paragraphs(self, outcomes: Sequence[Outcome]) -> Iterator[str]:
        return (self._told(part, mine) for part, mine in self._parts(outcomes))

    def _parts(self, outcomes: Sequence[Outcome]) -> Iterator[tuple[Understood, Sequence[Outcome]]]:
        """Each question with what its own calls gave."""
        at = 0
        for part in self.turn.parts:
            yield part, outcomes[at : at + len(part.calls)]
            at += len(part.calls)

    def _told(self, part: Understood, outcomes: Sequence[Outcome]) -> str:
        speaker = self._speaker(part)
        if part.problem is not None:
            read = read_so_far(part, self.understanding, speaker)
            said = " ".join(one for one in (told_problem(part.problem, speaker), read) if one)
            several = len(self.turn.parts) > 1 and part.problem.text not in ("", part.frame.text)
            return speaker.problem("of_part", text=part.frame.text, said=said) if several else said
        found = _found(outcomes)
        errors = [one.error for one in outcomes if one.error]
        said = told(part, found, errors, speaker)
        read = read_as(part, self.understanding, speaker)
        return f"{said}\n\n{read}" if read is not None else said

    def _offers(self, focus: Sequence[str]) -> str:
        """What can be asked instead, where a question was not understood."""
        failed = next((one for one in self.turn.parts if one.problem and one.problem.kind in _NOT_UNDERSTOOD), None)
        if failed is None:
            return ""
        speaker = self._speaker(failed)
        questions = Suggestions(self.understanding, speaker, self.style.now).after(self.turn, focus)
        return speaker.problem("offers", questions=questions) if questions else ""

    def _explained(self, part: Understood, outcomes: Sequence[Outcome]) -> Mapping[str, Any]:
        speaker = self._speaker(part)
        ending = ending_of(part, _found(outcomes))
        said_in = {"said_in": speaker.style.language, "read_back": read_back(part, self.understanding.lexicon, speaker)}
        read = {"read_as": read_as(part, self.understanding, speaker), "ending": ending}
        return {**part.explained(), **read, **said_in}

    def _speaker(self, part: Understood) -> Speaker:
        lexicon = self.understanding.reader(part.language).words.lexicon
        wished = wish_of(part.asked).get("language") if part.problem is None else None
        language = self.understanding.spoken(wished or self.answered_in or part.language)
        return Speaker(lexicon, replace(self.style, language=language))


def _found(outcomes: Sequence[Outcome]) -> list[ToolResult]:
    return [one.result for one in outcomes if one.result is not None]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


# -- messages ------------------------------------------------------------------------------------------------------------


def _asked(messages: Sequence[ChatMessage], results: Results) -> tuple[str, Sequence[Outcome] | None]:
    """The last question, and what its calls gave; none where none was made yet."""
    last = max((at for at, one in enumerate(messages) if one["role"] == "user"), default=-1)
    if last < 0:
        return "", None
    tools: dict[str, str] = {}
    outcomes: list[Outcome] = []
    for message in messages[last + 1 :]:
        for call in message.get("tool_calls", []):
            tools[call["id"]] = call["function"]["name"]
        if message["role"] == "tool":
            outcomes.append(_outcome(tools.get(message.get("tool_call_id", ""), ""), message["content"], results))
    return messages[last]["content"], outcomes if tools else None


def _outcome(tool: str, content: str, results: Results) -> Outcome:
    try:
        return Outcome(results[tool].model_validate_json(content))
    except (KeyError, ValidationError):
        return Outcome(None, _Refusal.read(content))


class _Refusal(BaseModel):
    """What a tool says where it has no result."""

    error: str | None = None
    message: str | None = None

    @classmethod
    def read(cls, content: str) -> str:
        try:
            refusal = cls.model_validate_json(content)
        except ValidationError:
            return content
        return refusal.message or refusal.error or content


def _tool_call(index: int, tool: str, args: Mapping[str, Any]) -> ToolCall:
    arguments = json.dumps(args, ensure_ascii=False)
    return {"id": f"call_0_{index}", "type": "function", "function": {"name": tool, "arguments": arguments}}
