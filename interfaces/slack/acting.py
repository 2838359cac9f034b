"""What people do by buttons in Slack: as themselves, in their role, by the tools that everybody acts with."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from graph_schema.errors import InvalidInput, PlantroomError
from ingestion.alarms.incidents import name_of, number_of
from ingestion.reading import Clock
from interfaces.slack.blocks import APPROVE, REJECT
from interfaces.slack.calls import ERRORS, patiently, reason
from interfaces.slack.people import SlackPeople
from interfaces.slack.text import harmless
from interfaces.slack.views.standing import Standings
from interfaces.slack.views.view import ACKNOWLEDGE, ASSIGN, SHELVE
from interfaces.web.chat.cards import APPROVE as TO_APPROVE
from interfaces.web.chat.cards import REJECT as TO_REJECT
from interfaces.web.chat.conversations import Answering
from tools.approvals.own import as_own
from tools.context import Caller, ToolContext
from tools.registry.registry import Registry

log = logging.getLogger(__name__)

_SHELF_H = 1.0
_STORED = 2**63


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a message: what it does (``action``), to what (``value``), who pressed it and where."""

    action: str
    value: str
    user: str
    channel: str
    thread: str | None


class Acting:
    """``context`` gives the tools' context for a caller."""

    def __init__(
        self,
        client: AsyncWebClient,
        people: SlackPeople,
        answering: Answering,
        registry: Registry,
        context: Callable[[Caller], Awaitable[ToolContext]],
        standings: Standings,
        clock: Clock,
    ) -> None:
        self._client = client
        self._people = people
        self._answering = answering
        self._registry = registry
        self._context = context
        self._standings = standings
        self._clock = clock

    async def act(self, press: Press) -> None:
        """The message itself is written anew by what has changed; what was refused is told to who pressed, alone."""
        try:
            said = await self._done(press, await self._people.caller(press.user))
        except PlantroomError as error:
            said = str(error)
        except ERRORS as error:
            log.warning("Slack did not say who pressed a button: %s", reason(error))
            said = "Slack did not say who you are. Press it again in a moment."
        if said:
            await patiently(
                lambda: self._client.chat_postEphemeral(
                    channel=press.channel, thread_ts=press.thread, user=press.user, text=harmless(said)
                )
            )

    async def _done(self, press: Press, caller: Caller) -> str:
        match press.action:
            case action if action in (APPROVE, REJECT):
                verb = TO_APPROVE if action == APPROVE else TO_REJECT
                await self._answering.settle(verb, press.value, caller)
                return ""
            case action if action == ACKNOWLEDGE:
                return await self._own(press.value, "acknowledge_alarm", {}, caller)
            case action if action == SHELVE:
                return await self._own(press.value, "shelve_alarm", {"hours": _SHELF_H}, caller)
            case action if action == ASSIGN:
                return await self._assigned(press.value, caller)
            case _:
                raise InvalidInput("This button does nothing any more.")

    async def _own(self, subject: str, tool: str, given: Mapping[str, Any], caller: Caller) -> str:
        incident = name_of(_incident_of(subject))
        await as_own(self._registry, tool, {"asset": incident, **given}, await self._context(caller))
        return ""

    async def _assigned(self, subject: str, caller: Caller) -> str:
        """A work order for who pressed, who has thereby taken the incident on."""
        number = _incident_of(subject)
        asset = await self._standings.asset(number, self._clock())
        context = await self._context(caller)
        incident = name_of(number)
        order = {
            "asset": asset,
            "text": f"Look after {incident}",
            "because": "alarm",
            "reference": incident,
            "assignee": "me",
        }
        opened = await as_own(self._registry, "create_work_order", order, context)
        with suppress(InvalidInput):  # somebody has acknowledged it
            await as_own(self._registry, "acknowledge_alarm", {"asset": incident}, context)
        return self._registry["create_work_order"].summary(opened, caller.language)


def _incident_of(subject: str) -> int:
    kind, _, number = subject.partition(":")
    if kind != "incident" or int(number_of(number)) >= _STORED:
        raise InvalidInput("This button is of no incident.")
    return number_of(number)
