"""The graph that answers one question: ground -> plan <-> act -> verify -> answer.

What a node needs beyond the state (the stores, the clock, who asks) is in the run's ``Asking``. Only ``turns``, ``focus`` and ``kept``
are kept in checkpoints; everything about the question at hand lives as long as the run.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Annotated, Any, Literal, TypedDict, cast

from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, Send

from agent.conversation.turns import Turn, focus_after, remembered, with_turn
from agent.events import Answered, TextDelta, ToolFinished, ToolStarted
from agent.evidence.citations import Style
from agent.evidence.compact import compact
from agent.evidence.ledger import Ledger
from agent.evidence.moments import zone_of
from agent.evidence.verify import Verified, Verifier
from agent.models.chat_model import ChatMessage, ChatModel, ChatReply, ChatRequest, ToolCall, Usage
from agent.run.answer import merged_charts, merged_scene, stale_note, too_many_rounds, with_left_out, with_notes
from agent.run.calls import Acted, act, arguments_of, ledger_of, numbers_asked_for, summaries, title_of
from agent.run.fallback import Fallen, found, same_call, spoken, with_fallback_note
from agent.run.last_words import LAST_WORDS
from agent.run.prompt import correction
from agent.run.speech import Speaking
from agent.run.tool_groups import MORE_TOOLS, TellsContext, has_little_room, loaded, offered
from agent.run.tracing import Trace, Untraced
from agent.vocabulary.grounding import Grounding
from agent.vocabulary.lexicon import Lexicon, LexiconSource
from agent.vocabulary.linking import Linker
from graph_schema.errors import Unavailable
from tools.context import Origin, ToolContext
from tools.registry.registry import Registry
from tools.results.proposals import Proposed
from tools.results.result import ToolResult
from tools.sentences.language import Language, language
from tools.sentences.outside import without_outside

log = logging.getLogger(__name__)

ROUNDS = 8
CALLS_AT_ONCE = 16
STEPS = 4 * ROUNDS + 12
"""Of LangGraph, at most: the rounds of the model and those of its fallback end a run long before."""


class _Gathered(UntrackedValue[tuple[Any, ...]]):
    """Collects what the nodes of a run write, in order, and is never part of a checkpoint."""

    def update(self, values: Sequence[tuple[Any, ...]]) -> bool:
        if not values:
            return False
        self.value = tuple(chain(self.value if self.is_available() else (), *values))
        return True


@dataclass(frozen=True, slots=True)
class Round:
    """What the model asked for at once; ``text`` is what it said along with it."""

    text: str
    calls: tuple[ToolCall, ...]


@dataclass(slots=True)
class Earlier:
    """The results so far, for calls that go on from them."""

    ledger: Ledger = field(default_factory=Ledger)

    @property
    def found(self) -> Mapping[str, Sequence[str]]:
        """The assets that each found, by its letter."""
        return self.ledger.found

    def amount(self, cited: str) -> tuple[float | datetime, str | None] | None:
        """The number with its unit, or the moment, that an id stands for."""
        fact = self.ledger.cited.get(cited)
        if fact is None or isinstance(fact.value, str):
            return None
        return fact.value, fact.unit


@dataclass(frozen=True, slots=True)
class Asking:
    """One question under way. ``looked_up`` are its calls that gave a result: nothing is looked up twice."""

    question: str
    tools: ToolContext
    now: datetime
    speaking: Speaking
    conversation: str = ""
    looked_up: dict[str, Acted] = field(default_factory=dict[str, Acted])
    spent: list[tuple[Usage, float]] = field(default_factory=list[tuple[Usage, float]])
    """Tokens and milliseconds of each request to the language model, kept however the question ends."""
    trace: Trace = field(default_factory=Untraced)
    earlier: Earlier = field(default_factory=Earlier)
    wished: dict[str, str] = field(default_factory=dict[str, str])
    """How the person wants to be answered from now on."""

    @property
    def usage(self) -> Usage:
        return Usage(sum(one.input_tokens for one, _ in self.spent), sum(one.output_tokens for one, _ in self.spent))

    @property
    def model_ms(self) -> float:
        return sum(ms for _, ms in self.spent)

    @property
    def language(self) -> Language:
        """That of who asks."""
        return language(self.tools.caller.language)


class State(TypedDict, total=False):
    turns: list[Turn]
    focus: list[str]
    kept: Mapping[str, Any]
    keeping: Annotated[Mapping[str, Any], UntrackedValue]
    reading: Annotated[Mapping[str, Any] | None, UntrackedValue]
    urgent: Annotated[bool, UntrackedValue]
    question: Annotated[str, UntrackedValue]
    grounding: Annotated[Grounding, UntrackedValue]
    lexicon: Annotated[Lexicon, UntrackedValue]
    rounds: Annotated[tuple[Round, ...], _Gathered]
    acted: Annotated[tuple[Acted, ...], _Gathered]
    draft: Annotated[str, UntrackedValue]
    corrections: Annotated[tuple[ChatMessage, ...], _Gathered]
    invented: Annotated[tuple[str, ...], UntrackedValue]
    fallen: Annotated[Fallen, UntrackedValue]


class Job(TypedDict):
    """The input of one ``act`` node."""

    id: str
    call: ToolCall
    title: str
    model: str
    language: str
    """That a proposal is written in."""


@dataclass(frozen=True, slots=True)
class Nodes:
    model: ChatModel
    registry: Registry
    lexicons: LexiconSource
    fallback: ChatModel | None = None

    async def ground(self, state: State, runtime: Runtime[Asking]) -> State:
        lexicon = await self.lexicons.lexicon()
        return {"lexicon": lexicon, "grounding": Linker(lexicon).link(runtime.context.question, state.get("focus", ()))}

    async def plan(self, state: State, runtime: Runtime[Asking]) -> Command[Literal["plan", "act", "verify", "answer"]]:
        asking = runtime.context
        asking.earlier.ledger = ledger_of(state.get("acted", ()))
        aloud = not state.get("corrections") and not ("fallen" in state and asking.speaking.said)
        asking.speaking.begin(self._verifier(state, asking), aloud=aloud)
        started = time.monotonic()
        try:
            reply = await self._reply(state, runtime)
        except Unavailable as error:
            return self._failed(state, error)
        asking.spent.append((reply.usage, (time.monotonic() - started) * 1000))
        if reply.tool_calls and len(_rounds(state)) < ROUNDS:
            sends = self._sends(state, reply, asking.tools.caller.language, self._model(state).name)
            return Command(update={"rounds": (_round(reply),)}, goto=sends)
        if reply.tool_calls:
            return self._answered(too_many_rounds(ROUNDS, _results(state), asking.language))
        if "fallen" in state and not _rounds(state) and (text := found(state.get("acted", ()), asking.language)):
            return self._answered(with_fallback_note(text, asking.language))
        asking.wished.update(reply.wish or {})
        said = {"draft": reply.text, "keeping": reply.keep or {}, "reading": reply.reading, "urgent": reply.urgent}
        return Command(update=said, goto="verify")

    async def _reply(self, state: State, runtime: Runtime[Asking]) -> ChatReply:
        model = self._model(state)
        request = self._request(state, runtime.context, await self._tools(state, model))
        with runtime.context.trace.chat(model, request.messages) as told:
            reply = await model.reply(request, lambda text: _say(runtime, text))
            told(reply)
        return reply

    @staticmethod
    def _answered(text: str) -> Command[Literal["plan", "act", "verify", "answer"]]:
        """With a text of our own, which needs no check."""
        return Command(update={"draft": text}, goto="answer")

    def _failed(self, state: State, error: Unavailable) -> Command[Literal["plan", "act", "verify", "answer"]]:
        """A draft whose correction fails is answered with what holds of it; any other question goes to the fallback."""
        if corrections := state.get("corrections"):
            log.warning("An answer could not be corrected: %s", error)
            return Command(update={"draft": corrections[0]["content"]}, goto="verify")
        if self.fallback is None or "fallen" in state:
            raise error
        log.warning("%s The fallback answers: %s", error, self.fallback.name)
        fallen = Fallen(len(state.get("rounds", ())), len(state.get("acted", ())))
        return Command(update={"fallen": fallen}, goto="plan")

    def _model(self, state: State) -> ChatModel:
        return self.fallback if self.fallback is not None and "fallen" in state else self.model

    async def _tools(self, state: State, model: ChatModel) -> list[dict[str, Any]]:
        """None once the rounds are used up; of a model with little room, those that it needs."""
        rounds = _rounds(state)
        if len(rounds) >= ROUNDS:
            return []
        little = isinstance(model, TellsContext) and has_little_room(self.registry, await model.context_tokens())
        return offered(self.registry, [call for round in rounds for call in round.calls], room=not little)

    def _request(self, state: State, asking: Asking, tools: Sequence[Mapping[str, Any]]) -> ChatRequest:
        return ChatRequest(
            messages=self._messages(state, asking),
            tools=tools,
            grounding=_grounding(state),
            now_ms=int(asking.now.timestamp() * 1000),
            timezone=asking.tools.timezone,
            language=asking.tools.caller.language,
            units=asking.tools.caller.units,
            answered_in=asking.tools.caller.answered_in,
            kept=state.get("kept"),
        )

    def _sends(self, state: State, reply: ChatReply, language: str, model: str) -> list[Send]:
        round, said_in = len(state.get("rounds", ())), _said_in(reply.reading, language)
        titles = [self._title(state, call, language) for call in reply.tool_calls]
        return [
            Send("act", Job(id=f"{round}.{index}", call=call, title=titles[index], model=model, language=said_in))
            for index, call in enumerate(reply.tool_calls)
        ]

    def _title(self, state: State, call: ToolCall, language: str) -> str:
        lexicon = state["lexicon"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
        return title_of(call["function"]["name"], arguments_of(call), self.registry, lexicon, language)

    async def act(self, job: Job, runtime: Runtime[Asking]) -> State:
        call, id = job["call"], job["id"]
        runtime.stream_writer(ToolStarted(id, call["function"]["name"], arguments_of(call), job["title"]))
        if int(id.partition(".")[2]) >= CALLS_AT_ONCE:
            acted = Acted(call, f"At most {CALLS_AT_ONCE} calls can be made at once; ask for this one again.")
        else:
            with runtime.context.trace.tool(call) as told:
                acted = await self._looked_up(job, runtime.context)
                told(acted)
        runtime.stream_writer(ToolFinished(id, acted.summary, acted.result is not None))
        return {"acted": (acted,)}

    async def _looked_up(self, job: Job, asking: Asking) -> Acted:
        call = job["call"]
        known = asking.looked_up.get(same_call(call))
        tools = replace(asking.tools, found=asking.earlier.found.get, cited=asking.earlier.amount)
        if known:
            acted = replace(known, call=call)
        elif call["function"]["name"] == MORE_TOOLS and MORE_TOOLS not in self.registry:
            acted = loaded(self.registry, call)
        else:
            acted = await act(call, self.registry, self._with_origin(tools, job, asking))
        if acted.result is not None:
            asking.looked_up[same_call(call)] = acted
        return acted

    def _with_origin(self, tools: ToolContext, job: Job, asking: Asking) -> ToolContext:
        """What a proposal goes back to, and the language that it is written in; a read needs none."""
        name = job["call"]["function"]["name"]
        if name not in self.registry or self.registry[name].effect == "read":
            return tools
        origin = Origin(job["model"], asking.conversation, summaries(asking.earlier.ledger, self.registry), asking.now)
        return replace(tools, origin=origin, caller=replace(tools.caller, language=job["language"]))

    async def verify(self, state: State, runtime: Runtime[Asking]) -> Command[Literal["plan", "answer"]]:
        """One more attempt for a draft that says what nothing supports; then that is left out."""
        draft, asking = state.get("draft", ""), runtime.context
        verified = self._verifier(state, asking).verify(draft)
        invented = tuple(verified.unsupported)
        if invented and not state.get("corrections"):
            told: ChatMessage = {"role": "assistant", "content": draft}
            return Command(update={"corrections": (told, correction(verified.left_out))}, goto="plan")
        if invented:
            log.warning("Of an answer of %s was left out %s: %s", self._model(state).name, ", ".join(invented), draft)
        return Command(update={"draft": self._worded(state, asking, verified), "invented": invented}, goto="answer")

    def _worded(self, state: State, asking: Asking, verified: Verified) -> str:
        """The answer that people read: what holds, what was left out, and the notes that results oblige to."""
        lexicon = state["lexicon"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
        spoken = language(_spoken_in(state, asking))
        stale = stale_note(verified, lexicon, asking.now, spoken)
        text = with_left_out(verified, _acted(state), spoken)
        text = text if state.get("urgent") else with_notes(text, _results(state), stale)
        return with_fallback_note(text, spoken) if "fallen" in state else text

    def _verifier(self, state: State, asking: Asking) -> Verifier:
        caller, acted = asking.tools.caller, state.get("acted", ())
        grounding = _grounding(state)
        named = {candidate.id for mention in grounding.mentions for candidate in mention.candidates}
        return Verifier(
            asking.earlier.ledger,
            state["lexicon"],  # pyright: ignore[reportTypedDictNotRequiredAccess]
            asking.question,
            frozenset(named),
            Style(_spoken_in(state, asking), caller.units, zone_of(asking.tools.timezone), asking.now),
            numbers_asked_for(acted),
            self._model(state).composes,
        )

    def _messages(self, state: State, asking: Asking) -> list[ChatMessage]:
        asked: ChatMessage = {"role": "user", "content": asking.question}
        before = remembered(state.get("turns", ()))
        last = [LAST_WORDS] if len(_rounds(state)) >= ROUNDS else []
        return [
            *(spoken(before) if "fallen" in state else before),
            asked,
            *self._steps(state, asking),
            *last,
            *state.get("corrections", ()),
        ]

    def _steps(self, state: State, asking: Asking) -> list[ChatMessage]:
        """The calls of this question and what came of them, in the order and the form that the model knows."""
        acted = _acted(state)
        texts = iter([one.json for one in acted] if self._model(state).composes else _texts(asking, len(acted)))
        steps: list[ChatMessage] = []
        for round in _rounds(state):
            steps.append({"role": "assistant", "content": round.text, "tool_calls": list(round.calls)})
            steps.extend(
                {"role": "tool", "content": text, "tool_call_id": call["id"]}
                for call, text in zip(round.calls, texts, strict=False)
            )
        return steps

    async def answer(self, state: State, runtime: Runtime[Asking]) -> State:
        asking, results = runtime.context, _results(state)
        text = without_outside(state.get("draft", ""))
        if rest := asking.speaking.rest(text):
            runtime.stream_writer(TextDelta(rest))
        runtime.stream_writer(
            Answered(
                text=text,
                scene=merged_scene(results),
                evidence=[one for result in results for one in result.evidence],
                invented=state.get("invented", ()),
                usage=asking.usage,
                model_ms=asking.model_ms,
                charts=merged_charts(results),
                tables=[table for result in results for table in result.tables()],
                model=self._model(state).name,
                proposals=[one.proposal for one in results if isinstance(one, Proposed)],
                reading=state.get("reading"),
            )
        )
        turns = with_turn(state.get("turns", ()), asking.question, text, self._steps(state, asking))
        focus = focus_after(results, _grounding(state), state.get("focus", ()))
        return {"turns": turns, "focus": focus, "kept": state.get("keeping", {})}


def build(
    model: ChatModel,
    registry: Registry,
    lexicons: LexiconSource,
    checkpointer: BaseCheckpointSaver[Any] | None,
    fallback: ChatModel | None = None,
) -> CompiledStateGraph[State, Asking, State, State]:
    nodes = Nodes(model, registry, lexicons, fallback)
    graph = StateGraph(State, context_schema=Asking)
    graph.add_node("ground", nodes.ground)
    graph.add_node("plan", nodes.plan)
    graph.add_node("act", cast(Any, nodes.act))
    graph.add_node("verify", nodes.verify)
    graph.add_node("answer", nodes.answer)
    graph.add_edge(START, "ground")
    graph.add_edge("ground", "plan")
    graph.add_edge("act", "plan")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer)


def _say(runtime: Runtime[Asking], text: str) -> None:
    if checked := runtime.context.speaking.add(text):
        runtime.stream_writer(TextDelta(checked))


def _round(reply: ChatReply) -> Round:
    return Round(reply.text, tuple(reply.tool_calls))


def _spoken_in(state: State, asking: Asking) -> str:
    """The language of the draft, where the model tells which it is; else that of who asks."""
    return _said_in(state.get("reading"), asking.tools.caller.language)


def _said_in(reading: Mapping[str, Any] | None, usual: str) -> str:
    return str((reading or {}).get("said_in") or usual)


def _grounding(state: State) -> Grounding:
    return state.get("grounding") or Grounding()


def _rounds(state: State) -> tuple[Round, ...]:
    """Of the model that answers: a fallback begins anew."""
    rounds = state.get("rounds", ())
    return rounds[state["fallen"].rounds :] if "fallen" in state else rounds


def _acted(state: State) -> tuple[Acted, ...]:
    """The calls of the model that answers; where a fallback has made none, all."""
    acted = state.get("acted", ())
    return (acted[state["fallen"].calls :] or acted) if "fallen" in state else acted


def _results(state: State) -> list[ToolResult]:
    return [one.result for one in _acted(state) if one.result is not None]


def _texts(asking: Asking, newest: int) -> list[str]:
    """The newest results, under the ids that they have among all."""
    zone, entries = zone_of(asking.tools.timezone), asking.earlier.ledger.entries
    return [compact(entry, zone, asking.now) for entry in entries[len(entries) - newest :]]
