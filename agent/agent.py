"""The agent: answers a question with its graph, and remembers the conversation."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, cast
from weakref import WeakValueDictionary

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from agent.conversation.memory import MemoryLost, memory_errors, prune, thread_id
from agent.conversation.preferences import PreferenceBook
from agent.events import Answered, Event
from agent.evidence.moments import zone_of
from agent.models.chat_model import ChatModel
from agent.models.usage import UsageBook
from agent.run.graph import STEPS, Asking, build
from agent.run.speech import Speaking
from agent.run.tracing import Tracing, untraced
from agent.vocabulary.lexicon import LexiconSource
from graph_schema.errors import InvalidInput, Unavailable
from tools.context import Caller, ToolContext, up_to
from tools.registry.registry import Registry

log = logging.getLogger(__name__)

LONGEST_QUESTION = 4000
ANYBODY = Caller("anybody", up_to("manager"))
"""Whoever is at this machine, where nobody has a name of their own."""


class Agent:
    """``context`` gives the tools' context for a caller. Without a checkpointer nothing is remembered. A question that the model fails
    at is answered by the ``fallback``; what it costs is noted in ``usage``,
    and ``tracing`` is told how it goes. ``preferences`` keeps how each person wants to be answered.
    """

    def __init__(
        self,
        model: ChatModel,
        registry: Registry,
        context: Callable[[Caller], Awaitable[ToolContext]],
        lexicons: LexiconSource,
        checkpointer: BaseCheckpointSaver[Any] | None = None,
        fallback: ChatModel | None = None,
        usage: UsageBook | None = None,
        tracing: Tracing = untraced,
        preferences: PreferenceBook | None = None,
    ) -> None:
        self.model = model
        self._fallback = fallback
        self._usage = usage
        self._tracing = tracing
        self._preferences = preferences
        self._context = context
        self._lexicons = lexicons
        self._checkpointer = checkpointer
        self._graph = build(model, registry, lexicons, checkpointer, fallback)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def with_tools(self, registry: Registry) -> "Agent":
        """The same agent with other tools, none for instance."""
        return Agent(
            self.model,
            registry,
            self._context,
            self._lexicons,
            self._checkpointer,
            self._fallback,
            self._usage,
            self._tracing,
            self._preferences,
        )

    async def ask(self, question: str, conversation: str, caller: Caller = ANYBODY) -> AsyncGenerator[Event]:
        """Tells the steps as they happen and ends with ``Answered``; raises a ``PlantroomError`` where that cannot be.

        Questions of one conversation are answered one after the other.
        """
        question = question.strip()
        if not question:
            raise InvalidInput("There is no question.")
        if len(question) > LONGEST_QUESTION:
            raise InvalidInput(f"The question is longer than {LONGEST_QUESTION:,} characters.")
        thread = thread_id(caller.name, conversation)
        lock = self._turns.setdefault(thread, asyncio.Lock())
        async with lock, aclosing(self._answer(question, thread, caller)) as events:
            async for event in events:
                yield event

    async def _answer(self, question: str, thread: str, caller: Caller) -> AsyncGenerator[Event]:
        answered = False
        try:
            with memory_errors():
                async for event in self._run(question, thread, caller):
                    answered = answered or isinstance(event, Answered)
                    yield event
                await self._prune(thread)
        except MemoryLost:
            if not answered:
                raise
            log.warning("A question was answered, but the conversation could not be kept.", exc_info=True)

    async def _run(self, question: str, thread: str, caller: Caller) -> AsyncGenerator[Event]:
        person = thread if caller.name == ANYBODY.name else caller.name
        tools = await self._context(await self._preferring(caller, person))
        asking = Asking(question, tools, tools.clock(), Speaking(), thread, trace=self._tracing(thread))
        try:
            await self._check_budget(asking)
            async with aclosing(self._events(asking, thread)) as events:
                async for event in events:
                    yield event
            await self._note_wish(asking, person)
        finally:
            asking.trace.end()
            await self._note_usage(asking)

    async def _preferring(self, caller: Caller, person: str) -> Caller:
        """As the person wants to be answered; whoever is not known by name has wishes for one conversation."""
        if self._preferences is None:
            return caller
        try:
            return await self._preferences.applied(caller, person)
        except Unavailable:
            log.warning("How a person wants to be answered could not be read.", exc_info=True)
            return caller

    async def _note_wish(self, asking: Asking, person: str) -> None:
        if self._preferences is not None and asking.wished:
            await self._preferences.note(person, asking.wished, asking.now)

    async def _check_budget(self, asking: Asking) -> None:
        """The day is the plant's. What the offline planner answers costs nothing."""
        if self._usage is not None and not self.model.composes:
            local = asking.now.astimezone(zone_of(asking.tools.plant_timezone))
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            await self._usage.check(asking.tools.caller.name, midnight)

    async def _note_usage(self, asking: Asking) -> None:
        """An answer stands though its cost cannot be noted."""
        if self._usage is None or self.model.composes or not asking.spent:
            return
        person = asking.tools.caller.name
        try:
            await self._usage.note(person, self.model.name, asking.usage, asking.model_ms, asking.now)
        except Unavailable:
            log.warning("What a question cost could not be noted.", exc_info=True)

    async def _events(self, asking: Asking, thread: str) -> AsyncGenerator[Event]:
        config: RunnableConfig = {"configurable": {"thread_id": thread}, "recursion_limit": STEPS}
        run = self._graph.astream(
            {"question": asking.question},
            config,
            context=asking,
            stream_mode="custom",
            durability="exit" if self._checkpointer else None,
        )
        async with aclosing(cast(AsyncGenerator[Event], run)) as events:
            async for event in events:
                yield event

    async def _prune(self, thread: str) -> None:
        if isinstance(self._checkpointer, AsyncPostgresSaver):
            await prune(self._checkpointer, thread)
