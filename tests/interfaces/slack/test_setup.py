"""Setting the app up: its manifest, what is missing, its home and its command."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from interfaces.cli.work.doctor.slack import missing_scopes, slack_findings
from interfaces.settings import Settings
from interfaces.slack.manifest import EVENTS, SCOPES, manifest
from tests.interfaces.slack.conftest import ANN, EVE, Open, Scripted
from tests.interfaces.slack.loopback import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Slack, post
from tests.interfaces.slack.test_notices import House, house
from tests.interfaces.waiting import until

__all__ = ["house"]


def settings_of(slack: Slack, **more: Any) -> Settings:
    return Settings.model_validate({"slack_bot_token": BOT_TOKEN, "slack_url": slack.url, **more})


def said(findings: Any) -> str:
    return " ".join(f"{one.level}: {one.what} {one.advice or ''}" for one in findings)


async def test_what_works_is_said_and_what_is_missing_too(slack: Slack):
    settings = settings_of(slack, slack_app_token=APP_TOKEN)
    found = await slack_findings(settings)
    assert {one.level for one in found} == {"ok"}
    assert "plantroom in the workspace Plant" in said(found)
    slack.scopes = "chat:write,commands"
    assert "may not app_mentions:read" in said(await slack_findings(settings))
    slack.refused = {"apps.connections.open": "missing_scope"}
    assert "connections:write" in said(await slack_findings(settings))


async def test_a_wrong_token_and_a_slack_that_is_away_are_problems(slack: Slack):
    wrong = await slack_findings(settings_of(slack, slack_bot_token="xoxb-wrong", slack_app_token=APP_TOKEN))
    assert ("problem", "invalid_auth" in said(wrong)) == (wrong[0].level, True)
    gone = settings_of(slack, slack_url="http://127.0.0.1:9/api/", slack_app_token=APP_TOKEN)
    assert "does not answer" in said(await slack_findings(gone))
    assert await slack_findings(Settings.model_validate({"slack_bot_token": None})) == []


async def test_it_is_tried_whether_slack_reaches_the_plant(slack: Slack, opened: Open):
    async with opened(socket=False) as served:
        public = served.url.removesuffix("/slack/events")
        right = settings_of(slack, slack_signing_secret=SIGNING_SECRET, public_url=public)
        assert f"is answered at {served.url}" in said(await slack_findings(right))
        wrong = settings_of(slack, slack_signing_secret="another", public_url=public)
        assert "signing secret" in said(await slack_findings(wrong))
    assert "PLANTROOM_PUBLIC_URL" in said(await slack_findings(settings_of(slack, slack_signing_secret="another")))


def test_the_manifest_asks_for_what_is_used_and_no_more():
    made = manifest()
    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(made)
    assert missing_scopes(",".join(made["oauth_config"]["scopes"]["bot"])) == []
    assert made["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    called = manifest("https://plant.example/slack/events")
    assert called["settings"]["socket_mode_enabled"] is False
    assert json.dumps(called).count("https://plant.example/slack/events") == 3
    assert missing_scopes("") == list(SCOPES)


def slash(slack: Slack, user: str, text: str) -> dict[str, Any]:
    return {
        "command": "/plantroom", "text": text, "user_id": user, "channel_id": "C000001", "team_id": "T000001", "api_app_id": "A1",
        "trigger_id": f"t{slack.numbered()}", "response_url": f"http://127.0.0.1:{slack.port}/respond",
    }  # fmt: skip


async def test_the_command_is_answered_to_who_asks_alone_and_once(slack: Slack, opened: Open, agent: Scripted):
    async def told(count: int) -> bool:
        return len(slack.whispers) >= count

    command = slash(slack, ANN, "which AHUs are there?")
    async with opened():
        assert await slack.send("slash_commands", command) < 3
        await until(lambda: told(1), 10)
        await slack.send("slash_commands", command)
        await slack.send("slash_commands", slash(slack, EVE, "and me?"))
        await until(lambda: told(2), 10)
    assert "ann asked: which AHUs are there?." in json.dumps(slack.whispers[0])
    assert "plantroom users slack NAME" in slack.whispers[1]["text"]
    assert slack.messages == {}
    assert len(agent.asked) == 1


async def test_the_home_shows_what_waits_for_who_opens_it(house: House, slack: Slack, opened: Open):
    await house.alarm()

    async def shown() -> bool:
        return {ANN, EVE} <= slack.views.keys()

    async with opened():
        for user in (ANN, EVE):
            opening = {"type": "app_home_opened", "user": user, "tab": "home", "channel": f"D{user[1:]}"}
            await slack.send("events_api", slack.event(opening))
        await until(shown, 20)
    mine = json.dumps(slack.views[ANN])
    assert "Vibration 1" in mine
    assert [b["text"]["text"] for b in slack.views[ANN]["blocks"] if b["type"] == "header"] == [
        "Alarms to acknowledge", "Your work", "Waiting for your approval", "Most at risk",
    ]  # fmt: skip
    assert "Vibration" not in json.dumps(slack.views[EVE])


@pytest.mark.parametrize("secret", ["forged", SIGNING_SECRET])
async def test_a_command_over_http_needs_slack_s_signature(slack: Slack, opened: Open, agent: Scripted, secret: str):

    body = urlencode(slash(slack, ANN, "how many?")).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}

    async def told() -> bool:
        return bool(slack.whispers)

    async with opened(socket=False) as served:
        reply = await post(served.url, body, secret=secret, **form)
        assert reply.status_code == (200 if secret == SIGNING_SECRET else 401)
        if secret == SIGNING_SECRET:
            await until(told, 10)
    assert len(agent.asked) == (1 if secret == SIGNING_SECRET else 0)
