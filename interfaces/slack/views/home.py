"""The home of the app in Slack: what waits for the person who opens it, as it is in this moment."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_date
from slack_sdk.web.async_client import AsyncWebClient

from graph_schema.errors import NotAllowed, PlantroomError
from interfaces.notifications.message import words as notice_words
from interfaces.slack.blocks import Block, section
from interfaces.slack.calls import ERRORS, reason
from interfaces.slack.people import SlackPeople
from interfaces.slack.text import LONGEST_BLOCK, cut, harmless, quoted
from interfaces.slack.views.words import words
from tools.approvals.proposal import Proposal
from tools.approvals.settlement import Settlement
from tools.context import Caller, ToolContext
from tools.registry.registry import Registry
from tools.results.risks import RankedRisks
from tools.results.work.alarm_states import AlarmStates
from tools.results.work.orders import FoundOrders

log = logging.getLogger(__name__)

_MOST = 8
_LONGEST = 200


class Home:
    """Read by the tools that everybody asks with, in the role of who opens it."""

    def __init__(
        self,
        client: AsyncWebClient,
        people: SlackPeople,
        registry: Registry,
        context: Callable[[Caller], Awaitable[ToolContext]],
        settlement: Settlement,
    ) -> None:
        self._client = client
        self._people = people
        self._registry = registry
        self._context = context
        self._settlement = settlement

    async def show(self, user: str) -> None:
        try:
            blocks = await self._blocks(await self._people.caller(user))
        except PlantroomError as error:
            blocks = [section(harmless(str(error)))]
        except ERRORS as error:
            log.info("Slack did not say who opened the home: %s", reason(error))
            return
        try:
            await self._client.views_publish(user_id=user, view={"type": "home", "blocks": list(blocks)})
        except ERRORS as error:
            log.info("Slack did not take a home: %s", reason(error))

    async def _blocks(self, caller: Caller) -> Sequence[Block]:
        context = await self._context(caller)
        zone = ZoneInfo(caller.timezone or context.plant_timezone)
        said = words(caller.language).home
        parts = {
            "alarms": await self._alarms(context),
            "work": await self._work(context, zone),
            "approvals": await self._approvals(caller),
            "risks": await self._risks(context),
        }
        return [block for name, lines in parts.items() for block in _part(said[name], lines or [said["none"]])]

    async def _alarms(self, context: ToolContext) -> Sequence[str]:
        found = cast(
            AlarmStates, await self._registry.call("alarm_states", {"which": "waiting", "limit": _MOST}, context)
        )
        spoken = notice_words(context.caller.language).priorities
        return [f"{quoted(one.name)} · {spoken[one.priority]}" for one in found.alarms]

    async def _work(self, context: ToolContext, zone: ZoneInfo) -> Sequence[str]:
        given = {"which": "waiting", "assignee": "me", "limit": _MOST}
        found = cast(FoundOrders, await self._registry.call("list_work_orders", given, context))
        language = context.caller.language
        return [
            " · ".join(
                [
                    quoted(one.number),
                    quoted(one.text or ""),
                    *([_due(one.due_at, zone, language)] if one.due_at else []),
                ]
            )
            for one in found.orders
        ]

    async def _approvals(self, caller: Caller) -> Sequence[str]:
        found, _ = await self._settlement.listed(["proposed"], _MOST)
        return [f"{one.name} · {cut(quoted(one.wish.sentence), _LONGEST)}" for one in found if _may(one, caller)]

    async def _risks(self, context: ToolContext) -> Sequence[str]:
        found = cast(RankedRisks, await self._registry.call("rank_risks", {"limit": 5}, context))
        said = words(context.caller.language).home["at_risk"]
        return [
            quoted(one.asset.name)
            + (
                f" · {said.format(percent=round(one.probability_percent))}"
                if one.probability_percent is not None
                else ""
            )
            for one in found.risks
        ]


def _due(at: datetime, zone: ZoneInfo, language: str) -> str:
    day = format_date(at.astimezone(zone), "EEE d MMM", locale=language)
    return words(language).home["due"].format(at=day)


def _may(one: Proposal, caller: Caller) -> bool:
    try:
        one.check_approver(caller)
    except NotAllowed:
        return False
    return True


def _part(title: str, lines: Sequence[str]) -> Sequence[Block]:
    header = {"type": "header", "text": {"type": "plain_text", "text": title}}
    return [header, section(cut("\n".join(f"• {one}" for one in lines), LONGEST_BLOCK))]
