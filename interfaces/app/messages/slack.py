"""Slack of a served plant: its parts put together, where a workspace is set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from importlib.util import find_spec
from typing import TYPE_CHECKING

from graph_schema.errors import InvalidInput
from interfaces.app.composition import App
from interfaces.app.site_clock import SiteClock
from interfaces.settings import Settings

if TYPE_CHECKING:
    from interfaces.slack.door import SlackDoor
    from interfaces.slack.views.notices import SlackNotices


def check_installed(settings: Settings) -> None:
    """Raises ``InvalidInput`` where Slack is set and its library is not there."""
    if settings.slack_bot_token and not (find_spec("slack_bolt") and find_spec("aiohttp")):
        raise InvalidInput("Slack is set, and its library is not installed: pip install 'plantroom[slack]'")


def slack_of(app: App) -> SlackDoor | None:
    """None where no workspace is set: nothing of it is imported then."""
    if app.settings.slack_bot_token is None:
        return None
    check_installed(app.settings)
    from interfaces.slack.access import access_of
    from interfaces.slack.acting import Acting
    from interfaces.slack.asking import Asking
    from interfaces.slack.door import SlackDoor, client_of
    from interfaces.slack.people import SlackPeople
    from interfaces.slack.record import Events
    from interfaces.slack.views.board import Board
    from interfaces.slack.views.home import Home
    from interfaces.slack.views.standing import Standings
    from interfaces.web.chat.conversations import Answering
    from interfaces.web.sessions import Sessions

    access = access_of(app.settings)
    assert access is not None
    client = client_of(access)
    people = SlackPeople(client, app.identity, access.readers, app.clock)
    answering = Answering(app.agent, Sessions(), lambda: _names(app), app.now_ms, lambda: _zone(app), app.settlement)
    board = Board(client, app.history, app.clock)
    standings = Standings(app.history)
    acting = Acting(client, people, answering, app.registry, app.context, standings, app.clock)
    asking = Asking(client, people, answering, board, app.settings.public_url)
    home = Home(client, people, app.registry, app.context, app.settlement)
    return SlackDoor(access, client, Events(app.history), asking, acting, board, home, app.clock)


def slack_notices(app: App) -> SlackNotices | None:
    """What notices reach Slack by; None where no workspace is set."""
    if app.settings.slack_bot_token is None:
        return None
    check_installed(app.settings)
    from interfaces.slack.access import access_of
    from interfaces.slack.door import client_of
    from interfaces.slack.views.board import Board
    from interfaces.slack.views.notices import SlackNotices

    access = access_of(app.settings)
    assert access is not None
    return SlackNotices(Board(client_of(access), app.history, app.clock))


async def _names(app: App) -> Mapping[str, str]:
    lexicon = (await app.understandings.newest()).lexicon
    return {id_: one.name for id_, one in lexicon.things.items()}


async def _zone(app: App) -> tzinfo:
    return await SiteClock(app.graph, app.settings.timezone).zone()
