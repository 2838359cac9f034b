"""Notices to people by Slack: a message each time, which then shows how things stand."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.errors import SlackApiError

from interfaces.notifications.channels import slack_place
from interfaces.notifications.message import Wording
from interfaces.notifications.record import Claimed
from interfaces.slack.calls import ERRORS, code_of, reason
from interfaces.slack.views.board import Board
from interfaces.slack.views.view import View

_ADVICE = {
    "not_in_channel": "invite the app there: /invite @Plantroom.",
    "channel_not_found": "there is no such channel or person, or the app is not in it.",
    "invalid_auth": "the token does not hold; see: plantroom slack check.",
    "missing_scope": "the app may not write there; see: plantroom slack check.",
}


class SlackNotices:
    """What takes the addresses ``slack://U…``, ``slack://C…`` and ``slack://#channel`` of the notification book."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def send(self, address: str, notices: Sequence[Claimed], wording: Wording) -> str | None:
        """Why it was not taken; None where it was."""
        place = slack_place(address)
        if place is None:
            return "this is no place in Slack."
        try:
            told = [one for one in wording.in_order(notices) if not await self._known(place, one)]
            if told:
                await self._board.post(place, View(wording.language, str(wording.zone), told, wording.address))
        except SlackApiError as error:
            return _ADVICE.get(code_of(error), f"Slack says {reason(error)}.")
        except ERRORS as error:
            return f"Slack does not answer ({reason(error)})."
        return None

    async def _known(self, place: str, one: Claimed) -> bool:
        """That it is over is shown where it stands already."""
        return one.stage == "over" and await self._board.shows(place, one.subject)
