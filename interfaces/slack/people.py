"""Who somebody in Slack is at this plant."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from graph_schema.errors import InvalidInput, NotAllowed
from ingestion.reading import Clock
from interfaces.http.auth.identity import Identity
from interfaces.slack.access import Readers
from tools.context import Caller, up_to
from tools.sentences.language import USUAL, languages

_LOOK_AGAIN = timedelta(minutes=10)
_MOST_KNOWN = 5_000


@dataclass(frozen=True, slots=True)
class Member:
    """What Slack says of somebody. A guest, a bot, and who belongs to another organization is no ``member`` of the workspace."""

    member: bool
    language: str
    timezone: str | None


class SlackPeople:
    """Users of the plant by the id that is kept with them; of the others those whom ``readers`` lets read."""

    def __init__(self, client: AsyncWebClient, identity: Identity, readers: Readers, clock: Clock) -> None:
        self._client = client
        self._identity = identity
        self._readers: Readers = readers
        self._clock = clock
        self._known: OrderedDict[str, tuple[datetime, Member]] = OrderedDict()

    async def caller(self, user: str) -> Caller:
        """Raises ``NotAllowed`` with what to do, ``Unavailable``, or what Slack's client raises."""
        person = await self._identity.people.of_slack(user)
        if person is not None:
            if person.locked:
                raise NotAllowed(f"{person.name} is locked out of this plant. Ask its admin.")
            return self._identity.caller(person.account)
        if self._readers != "workspace":
            raise NotAllowed(f"This plant does not know you. Ask its admin for: plantroom users slack NAME {user}")
        member = await self._member(user)
        if not member.member:
            raise NotAllowed("Guests and people of other organizations cannot ask this plant.")
        return _reader(user, member, self._identity.site)

    async def _member(self, user: str) -> Member:
        now = self._clock()
        known = self._known.get(user)
        if known and now - known[0] < _LOOK_AGAIN:
            return known[1]
        said, own = await asyncio.gather(
            self._client.users_info(user=user, include_locale=True), self._client.auth_test()
        )
        found = member_of(cast(Mapping[str, Any], said.get("user") or {}), str(own.get("team_id") or ""))
        self._known[user] = now, found
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return found


def member_of(user: Mapping[str, Any], team: str) -> Member:
    """From what Slack says of a person, for the workspace of this id."""
    guest = any(user.get(key) for key in ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted"))
    organization: Mapping[str, Any] = user.get("enterprise_user") or {}
    elsewhere = team not in (organization.get("teams") or [user.get("team_id") or team])
    code = str(user.get("locale") or USUAL).partition("-")[0]
    zone = user.get("tz")
    return Member(not guest and not elsewhere, code if code in languages() else USUAL, str(zone) if zone else None)


def _reader(user: str, member: Member, site: str | None) -> Caller:
    """No user's name has a colon."""
    try:
        return Caller(f"slack:{user}", up_to("viewer"), member.language, timezone=member.timezone, site=site)
    except InvalidInput:  # a zone that Slack alone knows
        return Caller(f"slack:{user}", up_to("viewer"), member.language, site=site)
