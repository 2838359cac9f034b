"""How messages leave: by Apprise, which knows e-mail, SMS, Teams, Telegram, webhooks and some hundred others by their addresses."""

from __future__ import annotations

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

import apprise
from apprise.plugins.base import NotifyBase
from apprise.plugins.email.base import NotifyEmail

from interfaces.notifications.message import Message

_LIMIT_S = 60.0
_SECRET = 4
"""Parts of an address that are at least this long are left out of what its service said."""

_SLACK_PLACE = re.compile(r"slack://(?:([UWCGD][A-Z0-9]{5,30})|(#[^\s/#?]{1,80}))/?")

NotifyEmail.request_rate_per_sec = 0
"""How often a person is written to is decided by who sends, not by a pause of five seconds in a thread."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``by`` is the kind of the address that took a message, None where none did; ``reason`` is why others did not.

    It names an address by its place and its kind alone: in most of them is a secret.
    """

    by: str | None
    reason: str = ""


InSlack = Callable[[str], Awaitable[str | None]]
"""Sends the same to a place in Slack, where a message has buttons and shows how things stand; why it was not taken, if so."""


async def send(addresses: Sequence[str], message: Message, in_slack: InSlack | None = None) -> Outcome:
    """To the addresses of one person, in their order, until one takes it."""
    reasons: list[str] = []
    for place, address in enumerate(addresses, 1):
        if slack_place(address):
            reason = await in_slack(address) if in_slack else "no workspace is set, or this is nothing for Slack."
        else:
            reason = await _sent(address, message)
        if reason is None:
            return Outcome(kind_of(address), " ".join(reasons))
        reasons.append(f"Address {place} ({kind_of(address)}): {reason}")
    return Outcome(None, " ".join(reasons) or "No address is known.")


def kind_of(address: str) -> str:
    """“mailto”."""
    return re.split(r"[:/?]", address, maxsplit=1)[0][:20]


def slack_place(address: str) -> str | None:
    """The person or channel of ``slack://U02ABCDEF`` or ``slack://#plant``; None for any other address, also one of a webhook of Slack's."""
    found = _SLACK_PLACE.fullmatch(address)
    return (found[1] or found[2]) if found else None


def usable(address: str) -> bool:
    """Whether it is a place in Slack, or Apprise can do anything with it."""
    return slack_place(address) is not None or isinstance(apprise.Apprise.instantiate(address), NotifyBase)


async def _sent(address: str, message: Message) -> str | None:
    service = apprise.Apprise.instantiate(address)
    if not isinstance(service, NotifyBase):
        return "this is no address of Apprise."
    is_mail = isinstance(service, NotifyEmail)
    body, form = (message.html, apprise.NotifyFormat.HTML) if is_mail else (message.text, apprise.NotifyFormat.TEXT)
    with apprise.LogCapture(level=logging.WARNING) as log:
        try:
            async with asyncio.timeout(_LIMIT_S):
                taken = await service.async_notify(body=body, title=message.title, body_format=form)
        except TimeoutError:
            return "no answer within a minute."
        said = cast(io.StringIO, log).getvalue()
    return None if taken else _without_secrets(said, address) or "it was not taken."


def _without_secrets(said: str, address: str) -> str:
    """The last line of what the service said, without any part of the address."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    text = lines[-1].split(" - ")[-1] if lines else ""
    for part in sorted(re.split(r"[^\w]+", address), key=len, reverse=True):
        if len(part) >= _SECRET:
            text = text.replace(part, "…")
    return text[:300]
