"""What the doors for other systems open onto: the tools, the proposals and the agent of one plant, and who comes in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import HTTPConnection

from agent.events import Event
from graph_schema.errors import NotAllowed
from interfaces.http.api.limits import Limiter
from tools.approvals.settlement import Settlement
from tools.context import Caller, ToolContext
from tools.registry.registry import Registry

Callers = Callable[[HTTPConnection], Awaitable[Caller]]
"""Who a request comes from. Raises ``NotAllowed``, or ``Unauthenticated`` where nobody can tell."""


class Answers(Protocol):
    """What a chat needs of an agent."""

    def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]: ...


@dataclass(frozen=True, slots=True)
class Served:
    """``context`` gives the tools' context for a caller; ``callers`` says who asks, and ``limiter`` how often they may."""

    registry: Registry
    context: Callable[[Caller], Awaitable[ToolContext]]
    settlement: Settlement
    agent: Answers
    callers: Callers
    limiter: Limiter = field(default_factory=Limiter)

    async def caller(self, connection: HTTPConnection) -> Caller:
        """Who asks, if they have not asked too often. Raises as ``callers`` does, and ``TooMany``."""
        who = await self.callers(connection)
        self.limiter.spend(who.name)
        return who

    async def reader(self, connection: HTTPConnection) -> Caller:
        """Who asks, if they may read. Raises ``NotAllowed`` as well."""
        who = await self.caller(connection)
        if not who.roles:
            raise NotAllowed(f"{who.name} has no role here. Ask whoever runs the plant for one.")
        if "read" not in who.scopes:
            raise NotAllowed("That needs a key of the scope “read”.")
        return who
