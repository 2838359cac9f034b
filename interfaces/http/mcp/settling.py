"""Proposals over MCP: what waits, and a person's word on one. It is asked of the person by the client (elicitation): a model's call alone settles nothing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from fastmcp.server.dependencies import get_context
from fastmcp.tools import Tool as McpTool
from fastmcp.tools.base import InputRequiredToolResult
from fastmcp.tools.base import ToolResult as McpResult
from mcp.types import (
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    TextContent,
    ToolAnnotations,
)
from pydantic import ConfigDict, PrivateAttr

from graph_schema.errors import InvalidInput, NotAllowed, PlantroomError
from interfaces.http.api.served import Served
from tools.approvals.proposal import Proposal, id_of
from tools.approvals.proposing import readable
from tools.approvals.record import OPEN
from tools.context import Caller

WAITING, SETTLE = "waiting_proposals", "settle_proposal"
_MOST = 50
_WORD = "word"
_ELSEWHERE = "settle it in the web app, or with `plantroom approvals`."
_FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "decision": {"type": "string", "title": "Your decision", "enum": ["approve", "reject"]},
        "reason": {"type": "string", "title": "Why, if you wish", "maxLength": 1000},
    },
    "required": ["decision"],
}


class ProposalTool(McpTool):
    """A tool about proposals; ``who`` tells whose a request is."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    NAME: ClassVar[str]
    DESCRIPTION: ClassVar[str]
    ARGUMENTS: ClassVar[Mapping[str, Any]]
    READS: ClassVar[bool]

    _served: Served = PrivateAttr()
    _who: Callable[[], Caller] = PrivateAttr()

    @classmethod
    def of(cls, served: Served, who: Callable[[], Caller]) -> ProposalTool:
        hints = ToolAnnotations(
            read_only_hint=cls.READS, destructive_hint=not cls.READS, idempotent_hint=True, open_world_hint=False
        )
        title = cls.NAME.replace("_", " ").capitalize()
        made = cls(
            name=cls.NAME, title=title, description=cls.DESCRIPTION, parameters=dict(cls.ARGUMENTS), annotations=hints
        )
        made._served, made._who = served, who
        return made

    async def run(self, arguments: dict[str, Any]) -> McpResult:
        """A mistake is a result with a sentence."""
        try:
            return await self.answer(arguments)
        except PlantroomError as error:
            return McpResult(content=[TextContent(text=str(error), type="text")], is_error=True)

    @abstractmethod
    async def answer(self, arguments: dict[str, Any]) -> McpResult:
        """Raises ``PlantroomError``."""


class Waiting(ProposalTool):
    """What waits for a person's word."""

    NAME = WAITING
    DESCRIPTION = f"The proposals that wait for a person, the newest first, at most {_MOST}. {SETTLE} asks the person about one of them."
    ARGUMENTS: ClassVar[Mapping[str, Any]] = {"type": "object", "properties": {}, "additionalProperties": False}
    READS = True

    async def answer(self, arguments: dict[str, Any]) -> McpResult:
        if arguments:
            raise InvalidInput(f"{WAITING} takes no arguments.")
        found, total = await self._served.settlement.listed(OPEN, _MOST)
        lines = [f"{total} wait for a person.", *(f"{one.name} ({one.state}): {_sentence(one)}" for one in found)]
        told = {"proposals": [_told(one) for one in found], "total": total}
        return McpResult(content=[TextContent(text="\n".join(lines), type="text")], structured_content=told)


class Settle(ProposalTool):
    """A round asks the person, the next has the answer; in between the proposal may not have become another."""

    NAME = SETTLE
    DESCRIPTION = (
        "Ask the person at the client to approve or reject a proposal. The person is shown what would be done and decides; no argument can. "
        "Approved, it runs at once, and once."
    )
    ARGUMENTS: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"proposal": {"type": "string", "description": "its name, as P-12", "maxLength": 40}},
        "required": ["proposal"],
        "additionalProperties": False,
    }
    READS = False

    async def answer(self, arguments: dict[str, Any]) -> McpResult:
        if set(arguments) != {"proposal"}:
            raise InvalidInput(f"{SETTLE} takes the name of a proposal, as {{“proposal”: “P-12”}}, and nothing else.")
        shown = await self._served.settlement.shown(id_of(str(arguments["proposal"])))
        shown.check_settler(self._who())
        context = get_context()
        said = (context.input_responses or {}).get(_WORD)
        if not isinstance(said, ElicitResult):
            return self._ask(shown)
        if context.request_state != _state_of(shown):
            raise NotAllowed(f"{shown.name} is {shown.state}: look at it again.")
        return await self._settled(shown, said)

    def _ask(self, shown: Proposal) -> McpResult:
        if shown.state != "proposed":
            return _result(shown)
        _check_client(shown)
        form = ElicitRequestFormParams(message=_question(shown), requested_schema=dict(_FORM))
        asked = ElicitRequest(method="elicitation/create", params=form)
        return InputRequiredToolResult(
            InputRequiredResult(input_requests={_WORD: asked}, request_state=_state_of(shown))
        )

    async def _settled(self, shown: Proposal, said: ElicitResult) -> McpResult:
        content = said.content or {}
        decision = content.get("decision") if said.action == "accept" else None
        acts: Mapping[Any, Callable[[], Awaitable[Proposal]]] = {
            "approve": lambda: self._served.settlement.approve(shown.id, self._who()),
            "reject": lambda: self._served.settlement.reject(shown.id, self._who(), str(content.get("reason") or "")),
        }
        if decision not in acts:
            raise NotAllowed(f"Nobody has decided about {shown.name}: it still waits.")
        return _result(await acts[decision]())


def proposal_tools(served: Served, who: Callable[[], Caller]) -> Mapping[str, McpTool]:
    return {one.NAME: one.of(served, who) for one in (Waiting, Settle)}


def may_settle(caller: Caller) -> bool:
    """Whether any proposal could be for this caller."""
    return "approve" in caller.scopes and bool(caller.roles - {"viewer"})


def _check_client(shown: Proposal) -> None:
    """Raises ``NotAllowed`` where the client has no way to ask a person."""
    context = get_context().request_context
    params = context.session.client_params if context is not None else None
    if params is None or params.capabilities.elicitation is None:
        raise NotAllowed(f"This client cannot ask a person about {shown.name}: {_ELSEWHERE}")


def _state_of(one: Proposal) -> str:
    return f"{one.id} {one.state} {one.wish.digest}"


def _question(one: Proposal) -> str:
    until = one.wish.expires_at.isoformat(timespec="minutes")
    return f"{one.name}, asked for by {readable(one.wish.caller.name, 200)}: {_sentence(one)} It waits until {until}."


def _sentence(one: Proposal) -> str:
    return readable(one.wish.sentence, 2000)


def _result(one: Proposal) -> McpResult:
    told = _told(one)
    outcome = f" {told['outcome']}" if told["outcome"] else ""
    by = f" ({readable(one.settled_by, 200)})" if one.settled_by else ""
    text = f"{one.name} is {one.state}{by}.{outcome}"
    return McpResult(content=[TextContent(text=text, type="text")], structured_content=told)


def _told(one: Proposal) -> dict[str, Any]:
    return {
        "id": one.name,
        "state": one.state,
        "tool": one.wish.tool,
        "sentence": _sentence(one),
        "assets": [*one.wish.assets],
        "asked_by": readable(one.wish.caller.name, 200),
        "expires_at": one.wish.expires_at.isoformat(),
        "settled_by": one.settled_by,
        "outcome": readable(one.outcome, 400) if one.outcome else None,
    }
