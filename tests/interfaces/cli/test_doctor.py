"""``plantroom doctor``: what works, what is the matter, and what to do about it."""

import asyncio
import contextlib
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interfaces.cli.work.doctor.checks import dropped_findings, jobs_findings, limits_finding, refuses
from interfaces.embedded.home import Home
from interfaces.settings import Settings

SUBJECTS = {
    "Plantroom", "Data folder", "Web client", "Web app", "Graph", "Plant", "History", "Readings", "Jobs", "MQTT broker",
    "Planner", "Sizes", "Limits", "People", "Notifications",
}  # fmt: skip
NOWHERE = {
    "PLANTROOM_GRAPH_URL": "bolt://127.0.0.1:1",
    "PLANTROOM_POSTGRES_URL": "postgresql://user:secret@127.0.0.1:1/plant",
    "PLANTROOM_MQTT_URL": "mqtt://127.0.0.1:1",
}
NONSENSE = {
    "PLANTROOM_GRAPH_URL": "http://localhost:7474",
    "PLANTROOM_POSTGRES_URL": "mysql://user:secret@host/plant",
    "PLANTROOM_MQTT_URL": "tcp://broker",
}
SERVERS = {"PLANTROOM_GRAPH_URL": "Graph", "PLANTROOM_POSTGRES_URL": "History", "PLANTROOM_MQTT_URL": "MQTT broker"}


async def examined(terminal, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and what was found by subject."""
    finished = await terminal.run("doctor", "--json", **environment)
    return finished.code, {finding["subject"]: finding for finding in finished.json()}


async def test_a_healthy_home_has_nothing_to_complain_about(served):
    terminal, address = served
    _, _, port = address.rpartition(":")
    code, found = await examined(terminal, PLANTROOM_PORT=port)
    assert code == 0
    assert found.keys() == SUBJECTS
    assert {one["level"] for one in found.values()} <= {"ok", "note"}
    assert found["Web app"]["what"] == f"runs at {address}"
    owner = Home(terminal.home).running("graph").owner
    for subject in SERVERS.values():
        assert found[subject]["what"].endswith(f"(embedded, run by process {owner})")
    assert found["Plant"]["advice"] == "Run: plantroom import FILE, or plantroom demo for the demo plant."


async def test_what_is_told_to_people_is_told_line_by_line(served):
    terminal, _ = served
    told = await terminal.run("doctor", **NOWHERE, PLANTROOM_GRAHP_URL="x")
    assert told.code == 1
    lines = told.out.splitlines()
    assert any(line.startswith("✗ Graph  The graph at bolt://127.0.0.1:1 does not answer.") for line in lines)
    assert "    → Start that server, or correct PLANTROOM_MQTT_URL; unset it to use the embedded one." in lines
    assert "• Settings  PLANTROOM_GRAHP_URL is no setting. Is PLANTROOM_GRAPH_URL meant?" in lines
    assert "Something needs attention: see above." in told.err
    assert "secret" not in told.out + told.err


@pytest.mark.parametrize(("urls", "advice"), [(NOWHERE, "Start that server, or correct {}"), (NONSENSE, "Correct {}")])
async def test_a_wrong_address_is_named_by_its_setting(served, urls: dict[str, str], advice: str):
    terminal, _ = served
    code, found = await examined(terminal, **urls)
    assert code == 1
    for setting, subject in SERVERS.items():
        assert found[subject]["level"] == "problem"
        assert found[subject]["advice"].startswith(advice.format(setting))
        assert "secret" not in str(found[subject])
    assert found["Planner"]["level"] == "ok", "one failure does not hide the next"


async def test_a_wrong_password_is_told_as_such(served):
    terminal, _ = served
    ports = {
        name: next(iter(Home(terminal.home).running(name).ports.values())) for name in ("graph", "postgres", "broker")
    }
    code, found = await examined(
        terminal,
        PLANTROOM_GRAPH_URL=f"bolt://127.0.0.1:{ports['graph']}",
        PLANTROOM_GRAPH_PASSWORD="not the password",
        PLANTROOM_POSTGRES_URL=f"postgresql://plantroom:not-the-password@127.0.0.1:{ports['postgres']}/plantroom",
        PLANTROOM_MQTT_URL=f"mqtt://127.0.0.1:{ports['broker']}",
        PLANTROOM_MQTT_USER="plantroom",
        PLANTROOM_MQTT_PASSWORD="not the password",
    )
    assert code == 1
    assert {subject: found[subject]["advice"] for subject in SERVERS.values()} == {
        "Graph": "Correct PLANTROOM_GRAPH_USER and PLANTROOM_GRAPH_PASSWORD.",
        "History": "Correct the user and the password in PLANTROOM_POSTGRES_URL.",
        "MQTT broker": "Correct PLANTROOM_MQTT_USER and PLANTROOM_MQTT_PASSWORD.",
    }
    assert "not the password" not in str(found)


async def test_a_port_that_somebody_else_has_is_a_problem_and_one_that_keeps_silent_is_not(served):
    terminal, _ = served
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code, found = await examined(terminal, PLANTROOM_PORT=str(silent.getsockname()[1]))
    assert (code, found["Web app"]["level"]) == (0, "note")
    async with await asyncio.start_server(no_such_page, "127.0.0.1", 0) as other:
        code, found = await examined(terminal, PLANTROOM_PORT=str(other.sockets[0].getsockname()[1]))
    assert (code, found["Web app"]["level"]) == (1, "problem")
    assert "pass --port" in found["Web app"]["advice"]


async def test_the_web_app_of_another_home_is_not_taken_for_ours(served):
    terminal, address = served
    code, found = await examined(
        terminal, PLANTROOM_HOME=str(terminal.folder / "other"), PLANTROOM_PORT=address.rpartition(":")[2]
    )
    assert (code, found["Web app"]["level"]) == (1, "problem")
    assert (
        found["Web app"]["what"] == f"the Plantroom of another data folder listens on {address.removeprefix('http://')}"
    )


def test_too_many_devices_are_told_before_there_are_too_many():
    settings = Settings(_env_file=None, most_devices=100, most_series=1_000)
    few = limits_finding({"devices": 12, "series": 57}, settings)
    assert (few.level, few.what) == ("ok", "12 of 100 devices, 57 of 1,000 series")
    many = limits_finding({"devices": 95, "series": 100}, settings)
    assert many.level == "note"
    assert many.advice
    assert many.advice.endswith("or raise PLANTROOM_MOST_DEVICES.")


def test_what_was_dropped_is_told():
    assert dropped_findings([]) == []
    (told,) = dropped_findings(
        [{"what": "dead letters: unreadable", "times": 12_345, "since": datetime(2026, 3, 2, tzinfo=UTC)}]
    )
    assert told.what == "dead letters: unreadable: 12,345 since 2026-03-02"


async def no_such_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):  # somebody only looked whether the port answers
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_a_language_model_that_does_not_answer_is_a_problem(served):
    terminal, _ = served
    code, found = await examined(terminal, OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert code == 1
    assert found["Planner"]["what"] == "http://127.0.0.1:1/v1 does not answer"
    assert "PLANTROOM_MODEL=offline" in found["Planner"]["advice"]


async def test_a_home_that_cannot_be_written_is_the_only_asset_to_care_about(terminal):
    terminal.file("file", "in the way")
    code, found = await examined(terminal, PLANTROOM_HOME=str(terminal.folder / "file" / "home"))
    assert code == 1
    assert found["Data folder"]["level"] == "problem"
    assert "Graph" not in found


async def test_a_server_that_cannot_start_is_told_with_its_last_words_and_its_log(terminal):
    """A cluster of another version of PostgreSQL, as after a copy from elsewhere."""
    cluster = terminal.home / "postgres" / "data"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")
    code, found = await examined(terminal)
    assert code == 1
    assert found["History"]["level"] == "problem"
    assert found["History"]["what"].startswith("embedded: PostgreSQL stopped while starting. It said:")
    assert found["History"]["advice"] == f"Its log is {terminal.home / 'servers' / 'postgres.log'}."
    assert found["Graph"]["what"].endswith("(embedded, started for this look)")
    assert found["MQTT broker"]["level"] == "ok"


NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("night", "since", "failed", "what"),
    [
        (None, None, [], "none has run yet"),
        (NOW - timedelta(hours=10), NOW - timedelta(days=30), [], "none has failed"),
        (
            NOW - timedelta(hours=39),
            NOW - timedelta(days=30),
            [],
            "the last night's run ended on 2026-06-08 at 21:00 UTC",
        ),
        (None, NOW - timedelta(hours=39), [], "no night's run has ended yet"),
        (None, NOW - timedelta(hours=1), [], "none has failed"),
        (None, NOW - timedelta(days=2), ["look", "night"], "look and night failed the last time"),
    ],
)
def test_a_night_that_is_overdue_and_jobs_that_fail_are_told(night, since, failed: list[str], what: str):
    (found,) = jobs_findings({"night": night, "since": since, "failed": failed}, NOW)
    assert found.what == what
    assert (found.level == "ok") is what.startswith("none")
    assert (found.advice is None) is (found.level == "ok")


@pytest.mark.parametrize(
    ("sentence", "refused"),
    [
        ("The graph at bolt://graph refuses user “neo4j”. Check the password.", True),
        ('The history database does not answer: FATAL:  password authentication failed for user "u".', True),
        ("The MQTT broker does not answer: it refuses “anonymous” (Not authorized).", True),
        ("The MQTT broker does not answer: [Errno 111] Connection refused.", False),
    ],
)
def test_a_refusal_is_told_from_silence(sentence: str, refused: bool):
    assert refuses(sentence) is refused
