"""What stands between a caller and a tool: each policy wraps the call that comes after it."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from graph_schema.errors import InvalidInput, NotAllowed, PlantroomError, Unavailable
from tools.approvals.terms import digest_of
from tools.audit.log import Entry, digest_of_text
from tools.context import EVERYWHERE, ToolContext, highest, lowest
from tools.registry.arguments import object_of
from tools.registry.tool import Arguments, Tool
from tools.results.result import ToolResult

Call = Callable[[Tool, Arguments, ToolContext], Awaitable[ToolResult]]
Policy = Callable[[Call], Call]
CALLS_A_MINUTE = 6000
"""More than any person or model makes, and few enough that a runaway client does not take the stores from the others."""

log = logging.getLogger(__name__)


def standard() -> Sequence[Policy]:
    """The policies of every registry, the outermost first: what is refused is recorded too."""
    return (audited, Budget().within, by_role, by_approval)


def audited(call: Call) -> Call:
    """One record a call, in the program's log and in the audit log: who, what, how long, what came of it. Never the arguments, which may hold secrets."""

    async def recorded(tool: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
        began = time.perf_counter()
        outcome, came = "failed", None
        try:
            result = came = await call(tool, arguments, context)
            outcome = "done"
        except PlantroomError as error:
            outcome = type(error).__name__
            raise
        finally:
            if context.audit is not None:
                await context.audit(_entry(tool, arguments, context, came or outcome))
            caller = context.caller
            ms = round((time.perf_counter() - began) * 1000, 1)
            record = {"tool": tool.name, "caller": caller.name, "site": caller.site, "ms": ms, "outcome": outcome}
            log.info("%s called %s: %s in %.1f ms", caller.name, tool.name, outcome, ms, extra=record)
        return result

    return recorded


def _entry(tool: Tool, arguments: Arguments, context: ToolContext, came: ToolResult | str) -> Entry:
    """``came`` is the result, or the kind of failure: what an error says may quote the arguments."""
    origin, caller = context.origin, context.caller
    return Entry(
        at=context.clock(),
        who=caller.name,
        what="called",
        tool=tool.name,
        digest=_digest(tool.name, arguments),
        model=origin.model,
        conversation=origin.conversation,
        evidence=[letter for letter, _ in origin.evidence],
        site=context.site or caller.site,
        outcome=came if isinstance(came, str) else tool.summary(came),
    )


def _digest(tool: str, arguments: Arguments) -> str:
    try:
        return digest_of(tool, object_of(tool, arguments))
    except InvalidInput:
        return digest_of_text(f"{tool} {arguments}")


def by_role(call: Call) -> Call:
    """A tool answers those who have one of its roles at this site; a change is never for who only looks, and a key has its scopes."""

    async def allowed(tool: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
        if (refused := refusal(tool, context)) is not None:
            raise NotAllowed(refused)
        return await call(tool, arguments, context)

    return allowed


def refusal(tool: Tool, context: ToolContext) -> str | None:
    """Why the tool is not for this caller, in a sentence; None where it is."""
    caller, needed = context.caller, tool.roles - {"viewer"} if tool.effect == "write" else tool.roles
    if not caller.roles or (context.site is not None and caller.site not in (None, EVERYWHERE, context.site)):
        return f"{caller.name} has no role at {context.site or 'this site'}. Ask whoever runs it for one."
    if not caller.roles & needed:
        return f"{tool.name} is for the role {lowest(needed)} and above; {caller.name} has {highest(caller.roles)}."
    if tool.effect not in caller.scopes:
        return f"{tool.name} needs a key of the scope “{tool.effect}”."
    return None


def by_approval(call: Call) -> Call:
    """A change never runs from a model's word: it is written down, and runs with just the arguments that a person has approved."""

    async def approved(tool: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
        if tool.effect == "read":
            return await call(tool, arguments, context)
        given = object_of(tool.name, arguments)
        if context.approved is not None and context.approved == digest_of(tool.name, given):
            return await call(tool, given, context)
        if context.propose is None:
            raise NotAllowed(f"{tool.name} changes something, so a person has to approve it first.")
        return await context.propose(tool, given, context)

    return approved


@dataclass(slots=True)
class Budget:
    """How many calls each caller may make within a minute. ``clock`` gives seconds that only grow."""

    calls: int = CALLS_A_MINUTE
    clock: Callable[[], float] = time.monotonic
    _minute: int = -1
    _made: Counter[str] = field(default_factory=Counter[str])

    def spend(self, caller: str) -> bool:
        """Count one call; False where the minute's are used up."""
        minute = int(self.clock() // 60)
        if minute != self._minute:
            self._minute, self._made = minute, Counter()
        self._made[caller] += 1
        return self._made[caller] <= self.calls

    def within(self, call: Call) -> Call:
        async def counted(tool: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
            if not self.spend(context.caller.name):
                raise Unavailable(f"{self.calls:,} calls were made within this minute. Try again in the next one.")
            return await call(tool, arguments, context)

        return counted
