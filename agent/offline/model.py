"""The chat model that needs no key and no network: deterministic, in milliseconds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.answers.speaker import Speaker
from agent.answers.telling import told, told_problem
from agent.evidence.citations import Style
from agent.models.chat_model import ChatMessage, ChatReply, ChatRequest, ToolCall
from agent.offline.answers.answerer import Answerer
from agent.offline.answers.outcomes import Outcome, Results, outcome
from agent.offline.answers.small_talk import reply_to
from agent.offline.intents import Intent
from agent.offline.parser import Parser
from agent.offline.planner import Call
from agent.planning.memory import kept, remembered
from agent.planning.problems import Problem
from agent.planning.understanding import Understanding, Understood
from agent.planning.wishes import wish_of
from agent.vocabulary.lexicon import Lexicon, LexiconSource
from agent.vocabulary.linking import Linker
from agent.vocabulary.tokens import key
from graph_schema.errors import InvalidInput
from tools.registry.registry import Registry
from tools.sentences.language import USUAL

_MEMORY = 6


@dataclass(frozen=True, slots=True)
class _Tools:
    version: int
    lexicon: Lexicon
    parser: Parser
    understanding: Understanding


class OfflineModel:
    """Plans with the question language and answers from the results, both without a language model."""

    name = "offline"
    composes = True

    def __init__(self, source: LexiconSource, results: Results) -> None:
        self._source = source
        self._results = results
        self._tools: _Tools | None = None

    async def reply(self, request: ChatRequest, on_text: Callable[[str], None]) -> ChatReply:
        tools = self._prepared(await self._source.lexicon())
        reply = respond(request, tools.parser, tools.understanding, self._results)
        if reply.text:
            on_text(reply.text)
        return reply

    def _prepared(self, lexicon: Lexicon) -> _Tools:
        if self._tools is None or self._tools.lexicon is not lexicon:
            self._tools = _Tools(lexicon.version, lexicon, Parser(Linker(lexicon)), Understanding(lexicon))
        return self._tools


def offline_model(source: LexiconSource, registry: Registry) -> OfflineModel:
    """A ``ChatModel`` over the lexicons of a source, which reads what the tools of a registry return."""
    return OfflineModel(source, {tool.name: tool.result for tool in registry})


def respond(request: ChatRequest, parser: Parser, understanding: Understanding, results: Results) -> ChatReply:
    """One step: the calls that the question needs, or the answer from what they gave."""
    talk = _conversation(request.messages, results)
    if (polite := _small_talk(talk.question, understanding.lexicon)) is not None:
        return ChatReply(polite, keep=request.kept)
    return _answered(request, talk, understanding) or _parsed(request, talk, parser)


def _answered(request: ChatRequest, talk: _Talk, understanding: Understanding) -> ChatReply | None:
    """One step of a question that the new language understands in its whole; None for any other."""
    now = datetime.fromtimestamp(request.now_ms / 1000, UTC).astimezone(_zone(request.timezone))
    text, rounds, before = talk.question, talk.rounds, remembered(request.kept)
    try:
        understood = understanding.understand(text, request.language, now, request.grounding.focus, before)
    except InvalidInput:
        return None  # a text that is longer than questions are
    own = understanding.spoken(request.language) if understood is None else understood.language
    speaker = Speaker(understanding.reader(own).words.lexicon, Style(own, request.units, now.tzinfo or UTC, now))
    if understood is None:
        return None if own == USUAL else ChatReply(told_problem(Problem("unclear", text), speaker), keep=request.kept)
    if _is_left_to_english(understood):
        return None
    if understood.problem is not None:
        keep = kept(understood.open_question) if understood.open_question is not None else request.kept
        return ChatReply(told_problem(understood.problem, speaker), keep=keep, reading=understood.explained())
    if understood.calls and not rounds:
        calls = (_tool_call(0, index, Call(one.tool, one.args)) for index, one in enumerate(understood.calls))
        return ChatReply("", tuple(calls))
    outcomes = [one for round in rounds for one in round]
    found = [one.result for one in outcomes if one.result is not None]
    errors = [one.error for one in outcomes if one.error]
    keep = request.kept if understood.is_aside else kept(understood.asked)
    said, wish = told(understood, found, errors, speaker), wish_of(understood.asked)
    return ChatReply(said, keep=keep, reading=understood.explained(), urgent=understood.is_urgent, wish=wish)


def _is_left_to_english(understood: Understood) -> bool:
    """What the new language does not read in its whole is tried by the parser of English."""
    kinds = ("missing", "left_out", "no_quantity", "unclear", "no_referent", "not_named", "too_many", "not_placed")
    return understood.language == USUAL and understood.problem is not None and understood.problem.kind in kinds


def _parsed(request: ChatRequest, talk: _Talk, parser: Parser) -> ChatReply:
    lexicon = parser.linker.lexicon
    now = datetime.fromtimestamp(request.now_ms / 1000, UTC).astimezone(_zone(request.timezone))
    rounds = talk.rounds
    intent = _understood(parser, talk.asked, talk.told, now, request.grounding.focus)
    answerer = Answerer(lexicon, now)
    said = answerer.at_once(intent)
    if said is not None:
        return ChatReply(said)
    planned = answerer.calls(intent) if not rounds else answerer.next(intent, rounds)
    if isinstance(planned, str):
        return ChatReply(planned)
    if not planned:
        return ChatReply(answerer.at_once(Intent("unclear")) or "")
    return ChatReply("", tuple(_tool_call(len(rounds), index, call) for index, call in enumerate(planned)))


def _small_talk(text: str, lexicon: Lexicon) -> str | None:
    """The answer to what asks for nothing; a plant may have something that is called so."""
    return None if key(text) in lexicon.names else reply_to(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _understood(
    parser: Parser, asked: Sequence[str], told: Sequence[Sequence[str]], now: datetime, focus: Sequence[str]
) -> Intent:
    """The last question, in the light of the ones before it and of what their answers told about."""
    previous: Intent | None = None
    first = max(0, len(asked) - _MEMORY)
    for index in range(first, len(asked) - 1):
        if _small_talk(asked[index], parser.linker.lexicon) is not None:
            continue
        intent = parser.parse(asked[index], now, told[index - 1] if index else (), previous)
        if intent.act not in ("greet", "help", "thanks", "refuse", "unclear"):
            asked_back = tuple(problem for problem in intent.problems if problem.kind == "ambiguous")
            measured = intent.quantities or (previous.quantities if previous is not None else ())
            previous = replace(intent, problems=asked_back, quantities=measured)
    return parser.parse(asked[-1] if asked else "", now, focus, previous)


_ID = re.compile(r'"id":\s?"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class _Talk:
    """What people asked, oldest first; the calls and results since the last question; what each answer told about."""

    asked: Sequence[str]
    rounds: Sequence[Sequence[Outcome]]
    told: Sequence[Sequence[str]]

    @property
    def question(self) -> str:
        return self.asked[-1] if self.asked else ""


def _conversation(messages: Sequence[ChatMessage], results: Results) -> _Talk:
    asked: list[str] = []
    told: list[list[str]] = []
    rounds: list[list[Outcome]] = []
    calls: dict[str, Call] = {}
    for message in messages:
        if message["role"] == "user":
            asked.append(message["content"])
            told.append([])
            rounds, calls = [], {}
        elif message["role"] == "assistant" and message.get("tool_calls"):
            rounds.append([])
            calls |= {
                one["id"]: Call(one["function"]["name"], json.loads(one["function"]["arguments"]))
                for one in message.get("tool_calls", [])
            }
        elif message["role"] == "tool" and rounds:
            told[-1].extend(_ID.findall(message["content"]))  # a long result of an earlier turn is cut off
            call = calls.get(message.get("tool_call_id", ""))
            if call is not None:
                rounds[-1].append(outcome(call, message["content"], results))
    return _Talk(asked, rounds, told)


def _tool_call(round: int, index: int, call: Call) -> ToolCall:
    arguments = json.dumps(call.args, ensure_ascii=False)
    return {"id": f"call_{round}_{index}", "type": "function", "function": {"name": call.tool, "arguments": arguments}}
