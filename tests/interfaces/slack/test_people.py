"""Who somebody in Slack is at the plant."""

from __future__ import annotations

from typing import Any

import pytest

from graph_schema.errors import InvalidInput
from interfaces.http.auth.identity import Identity
from interfaces.settings import Settings
from interfaces.slack.access import access_of
from interfaces.slack.people import Member, member_of
from interfaces.slack.text import markdown, mrkdwn, question_of
from tests.interfaces.slack.conftest import ANN, EVE


async def test_an_id_in_slack_is_one_user_s(identity: Identity):
    with pytest.raises(InvalidInput, match="is ann already"):
        await identity.people.set_slack("vic", ANN, "test")
    with pytest.raises(InvalidInput, match="Copy member ID"):
        await identity.people.set_slack("vic", "@vic", "test")
    await identity.people.set_slack("ann", None, "test")
    assert (await identity.people.set_slack("vic", ANN, "test")).slack == ANN
    assert await identity.people.of_slack(EVE) is None


@pytest.mark.parametrize(
    ("said", "member"),
    [
        ({"team_id": "T1", "locale": "es-ES", "tz": "Europe/Madrid"}, Member(True, "es", "Europe/Madrid")),
        ({"team_id": "T1", "locale": "fr-FR"}, Member(True, "en", None)),
        ({"team_id": "E9", "enterprise_user": {"teams": ["T1", "T2"]}}, Member(True, "en", None)),
        ({"team_id": "T2"}, Member(False, "en", None)),
        ({"team_id": "T1", "is_ultra_restricted": True}, Member(False, "en", None)),
        ({"team_id": "T1", "deleted": True}, Member(False, "en", None)),
    ],
)
def test_guests_and_people_of_elsewhere_are_no_members(said: dict[str, Any], member: Member):
    assert member_of(said, "T1") == member


def test_slack_needs_a_way_in_and_its_tokens_are_in_no_text():
    with pytest.raises(ValueError, match="PLANTROOM_SLACK_APP_TOKEN"):
        Settings.model_validate({"slack_bot_token": "xoxb-hush"})
    with pytest.raises(ValueError, match="PLANTROOM_SLACK_BOT_TOKEN"):
        Settings.model_validate({"slack_app_token": "xapp-hush"})
    settings = Settings.model_validate({"slack_bot_token": "xoxb-hush", "slack_app_token": "xapp-hush"})
    assert "hush" not in f"{settings} {access_of(settings)}"
    assert access_of(Settings.model_validate({"slack_bot_token": None})) is None


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("<@U00BOT1> how is <https://x.example|AHU-2>?", "how is AHU-2?"),
        ("is it &gt; 26 °C &amp; rising", "is it > 26 °C & rising"),
        ("<@U00BOT1>", ""),
        ("look at <https://x.example/a>", "look at https://x.example/a"),
    ],
)
def test_a_question_is_read_without_slack_s_marks(written: str, question: str):
    assert question_of(written) == question


def test_what_is_quoted_has_no_effect():
    assert markdown("<!channel> [here](x)") == "&lt;!channel> [here]\\(x)"
    assert mrkdwn("- **History** · AHU\\-2 <@U1>") == "• *History* · AHU\\-2 &lt;@U1&gt;"
