"""Questions in Slack: asked in a thread, answered there as they are in the chat, once, whatever Slack does meanwhile."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from datetime import timedelta

import pytest

from agent.events import Answered
from tests.interfaces.slack.conftest import ANN, EVE, NOW, Clock, Open, Scripted
from tests.interfaces.slack.loopback import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Slack, post
from tests.interfaces.waiting import until
from tools.context import up_to
from tools.results.result import Chart, ChartLine
from tools.results.table import Column, Table, TableRow


async def test_a_mention_is_answered_in_its_thread_with_steps_and_sources(slack: Slack, opened: Open, agent: Scripted):
    async with opened():
        told = slack.mention(ANN, "which AHUs are there?")
        assert await slack.send("events_api", told) < 3
        (answer,) = await slack.answered(told["event"]["ts"])
    assert answer.text == "ann asked: which AHUs are there?."
    assert answer.steps["1"]["status"] == "complete"
    assert answer.steps["1"]["output"] == "4 air handling units"
    assert "AHU-2" in answer.said
    assert next(name for name, _ in slack.calls if name.endswith("Stream")) == "chat.startStream"
    assert agent.asked[0][2].roles == up_to("technician")


async def test_a_thread_is_a_conversation_and_another_is_another(slack: Slack, opened: Open):
    async with opened():
        first = slack.direct(ANN, "one?")
        thread = first["event"]["ts"]
        await slack.send("events_api", first)
        await slack.answered(thread)
        await slack.send("events_api", slack.direct(ANN, "two?", thread))
        answers = await slack.answered(thread, 2)
        other = slack.direct(ANN, "three?")
        await slack.send("events_api", other)
        (alone,) = await slack.answered(other["event"]["ts"])
    assert answers[1].text == "ann asked: one? | two?."
    assert alone.text == "ann asked: three?."


async def test_what_is_told_again_is_answered_once_also_after_a_restart(slack: Slack, opened: Open, agent: Scripted):
    told = slack.mention(ANN, "how many?")
    async with opened():
        await slack.send("events_api", told)
        await slack.answered(told["event"]["ts"])
        await slack.send("events_api", {**told, "retry_attempt": 1})
    async with opened():
        await slack.send("events_api", told)
        await slack.send("events_api", slack.event(told["event"]))  # the same message by another event
        last = slack.mention(ANN, "and now?")
        await slack.send("events_api", last)
        await slack.answered(last["event"]["ts"])
    assert [question for question, _, _ in agent.asked] == ["how many?", "and now?"]


async def test_a_question_that_a_stop_cut_off_is_told_so_after_the_start(
    slack: Slack, opened: Open, agent: Scripted, clock: Clock
):
    agent.gate = asyncio.Event()
    told = slack.mention(ANN, "how many?")
    async with opened():
        await slack.send("events_api", told)
        await until(lambda: _true(bool(agent.asked)), 10)
    clock.forward(seconds=30)
    before = len(slack.in_thread(told["event"]["ts"]))
    async with opened():
        await until(lambda: _true(len(slack.in_thread(told["event"]["ts"])) > before), 10)
    assert "started again" in slack.in_thread(told["event"]["ts"])[-1].text


async def _true(held: bool) -> bool:
    return held


async def test_whom_the_plant_does_not_know_is_told_alone(slack: Slack, opened: Open, agent: Scripted):
    async with opened():
        await slack.send("events_api", slack.mention(EVE, "which AHUs are there?"))
        await until(lambda: _true(bool(slack.whispers)), 10)
    assert f"plantroom users slack NAME {EVE}" in slack.whispers[0]["text"]
    assert (agent.asked, slack.messages) == ([], {})


async def test_members_of_the_workspace_read_where_they_may_and_guests_do_not(
    slack: Slack, opened: Open, agent: Scripted
):
    slack.members["U000GUEST"] = {"is_restricted": True}
    slack.members["U000OTHER"] = {"team_id": "T999999"}
    slack.members[EVE] = {"locale": "de-DE", "tz": "Europe/Berlin"}
    async with opened("workspace"):
        told = slack.mention(EVE, "which AHUs are there?")
        await slack.send("events_api", told)
        await slack.answered(told["event"]["ts"])
        for stranger in ("U000GUEST", "U000OTHER"):
            await slack.send("events_api", slack.mention(stranger, "and me?"))
        await until(lambda: _true(len(slack.whispers) == 2), 10)
    (asked,) = agent.asked
    assert (asked[2].name, asked[2].roles) == (f"slack:{EVE}", up_to("viewer"))
    assert (asked[2].language, asked[2].timezone) == ("de", "Europe/Berlin")


async def test_a_busy_slack_is_waited_for(slack: Slack, opened: Open):
    slack.busy = {"chat.startStream": 1, "chat.stopStream": 1}
    async with opened():
        told = slack.mention(ANN, "how many?")
        assert await slack.send("events_api", told) < 3
        (answer,) = await slack.answered(told["event"]["ts"])
    assert answer.text == "ann asked: how many?."


async def test_without_streams_the_whole_answer_is_posted(slack: Slack, opened: Open):
    slack.refused = {"chat.startStream": "not_allowed_token_type"}
    async with opened():
        told = slack.mention(ANN, "how many?")
        await slack.send("events_api", told)
        (answer,) = await slack.answered(told["event"]["ts"])
    assert "ann asked: how many?." in answer.said


async def test_an_answer_that_is_taken_back_is_replaced(slack: Slack, opened: Open, agent: Scripted):
    agent.last = Answered("That cannot be verified.")
    async with opened():
        told = slack.mention(ANN, "how many?")
        await slack.send("events_api", told)
        await until(lambda: _true(bool(slack.called("chat.update"))), 10)
        (answer,) = await slack.answered(told["event"]["ts"])
    assert "That cannot be verified." in answer.text
    assert "ann asked" not in answer.said


async def test_charts_come_as_pictures_and_tables_as_files(slack: Slack, opened: Open, agent: Scripted):
    line = ChartLine(name="read", at=[NOW - timedelta(hours=1), NOW], values=[12.0, 13.5])
    rows = tuple(TableRow((f"v{n}",), (f"=VAV {n}", float(n), NOW)) for n in range(8))
    table = Table(
        "assets", (Column("name", "name"), Column("value", "number", "°C"), Column("at", "time")), rows, total=20
    )
    agent.last = Answered("Here.", charts=[Chart(title="AHU-2 supply air", unit="°C", lines=[line])], tables=[table])
    async with opened():
        told = slack.mention(ANN, "plot it")
        await slack.send("events_api", told)
        await until(lambda: _true(all("thread" in one for one in slack.files.values()) and len(slack.files) == 2), 20)
    picture, file = slack.files.values()
    assert picture["content"].startswith(b"\x89PNG")
    assert "between 12 and 13.5 °C" in picture["alt_txt"]
    assert file["content"].decode("utf-8-sig").splitlines()[:2] == [
        "name,value (°C),at",
        "'=VAV 0,0.0,2026-12-01 09:00:00+00:00",
    ]
    assert {one["thread"] for one in (picture, file)} == {told["event"]["ts"]}


async def test_after_a_disconnect_it_is_there_again(slack: Slack, opened: Open):
    async with opened():
        before = slack.connections
        await slack.disconnect()
        await slack.connected(before + 1)
        told = slack.mention(ANN, "how many?")
        await slack.send("events_api", told)
        await slack.answered(told["event"]["ts"])


async def test_nobody_is_called_and_no_link_is_made_by_an_answer(slack: Slack, opened: Open, agent: Scripted):
    agent.last = Answered("<!channel> look at [this](https://evil.example)")
    async with opened():
        told = slack.mention(ANN, "what does the note say?")
        await slack.send("events_api", told)
        await until(lambda: _true(bool(slack.called("chat.update"))), 10)
        (answer,) = await slack.answered(told["event"]["ts"])
    assert "<!" not in answer.said
    assert "](" not in answer.said


async def test_signed_requests_are_taken_and_no_others(slack: Slack, opened: Open, agent: Scripted):
    async with opened(socket=False) as served:
        told = slack.mention(ANN, "how many?")
        body = json.dumps(told).encode()
        assert (await post(served.url, body, secret="forged")).status_code == 401
        assert (await post(served.url, body, at=time.time() - 600)).status_code == 401
        assert (await post(served.url, b"\xff\xfe")).status_code == 400
        challenge = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
        assert "c" in (await post(served.url, challenge)).text
        assert agent.asked == []
        began = time.monotonic()
        assert (await post(served.url, body)).status_code == 200
        assert time.monotonic() - began < 3
        await slack.answered(told["event"]["ts"])
        assert (await post(served.url, body, **{"x-slack-retry-num": "1"})).status_code == 200
        last = slack.mention(ANN, "and now?")
        await post(served.url, json.dumps(last).encode())
        await slack.answered(last["event"]["ts"])
    assert [question for question, _, _ in agent.asked] == ["how many?", "and now?"]


async def test_no_token_is_in_the_log(slack: Slack, opened: Open, caplog: pytest.LogCaptureFixture):
    slack.refused = {"chat.startStream": "invalid_auth"}
    with caplog.at_level(logging.DEBUG):
        async with opened() as served:
            told = slack.mention(ANN, "how many?")
            await slack.send("events_api", told)
            await slack.answered(told["event"]["ts"])
            await post(served.url, b"{}", secret="forged")
    assert caplog.text
    assert [secret for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET) if secret in caplog.text] == []
