"""The log: for people or for machines, and no secret in it however it is spelt."""

import io
import json
import logging

import pytest

from interfaces.logs import Flood, set_up
from interfaces.settings import Settings

PASSWORD = 'S"3cret/ñ pass'


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"PLANTROOM_{name}", value)
    return Settings()


def logged(settings: Settings, *arguments: object, **more) -> str:
    stream = io.StringIO()
    set_up(settings, stream)
    logging.getLogger("plantroom.test").warning(*arguments, **more)
    return stream.getvalue()


def test_json_has_one_object_a_line_with_time_level_logger_and_message(monkeypatch):
    try:
        raise ValueError("line\nbreak")
    except ValueError:
        text = logged(settings(monkeypatch, LOG="json"), "It is %d °C", 21, exc_info=True)
    (line,) = text.splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "plantroom.test", "It is 21 °C")
    assert entry["time"].endswith("+00:00")
    assert "ValueError" in entry["exc_info"]


def test_text_is_for_people_and_the_level_is_the_settings_own(monkeypatch):
    assert "WARNING plantroom.test: hello" in logged(settings(monkeypatch), "hello")
    assert logged(settings(monkeypatch, LOG_LEVEL="error"), "hello") == ""


@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_secret_is_in_the_log_however_it_is_spelt(monkeypatch, kind: str):
    from urllib.parse import quote

    dsn = f"postgresql://plant:{quote(PASSWORD, safe='')}@db:5432/plant"
    known = settings(monkeypatch, LOG=kind, WEB_PASSWORD=PASSWORD, POSTGRES_URL=dsn, MQTT_PASSWORD="mqtt-Pa55")
    for said in (
        PASSWORD,
        dsn,
        repr(PASSWORD),
        f"connection to {dsn} failed",
        "user=x password=mqtt-Pa55",
        {"p": PASSWORD},
    ):
        text = logged(known, "What happened: %s", said)
        assert "What happened" in text
        for part in ('S"3cret', 'S\\"3cret', "S%223cret", "mqtt-Pa55", "ñ pass"):
            assert part not in text


def test_passwords_of_other_addresses_are_hidden_too(monkeypatch):
    text = logged(settings(monkeypatch), "tried amqp://me:hunter2@host/x and host=h password='hunter 3' user=me")
    assert "hunter" not in text
    assert "amqp://me:…@host/x" in text
    assert "user=me" in text


async def test_the_command_logs_json_where_it_is_told_to(terminal):
    told = await terminal.run(
        "ingest", PLANTROOM_LOG="json", PLANTROOM_LOG_LEVEL="debug", PLANTROOM_POSTGRES_URL="postgresql://u:hunter2hunter2@127.0.0.1:1/x",
        PLANTROOM_MQTT_URL="mqtt://127.0.0.1:1", PLANTROOM_GRAPH_URL="bolt://127.0.0.1:1",
    )  # fmt: skip
    assert told.code == 1
    lines = [json.loads(line) for line in told.err.splitlines() if line.startswith("{")]
    assert lines
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert "hunter2hunter2" not in told.err + told.out


@pytest.mark.parametrize("kind", ["text", "json"])
def test_one_record_never_fills_the_log(monkeypatch, kind: str):
    try:
        raise ValueError("x" * 4_000_000)
    except ValueError:
        text = logged(settings(monkeypatch, LOG=kind), "A request of %s", "y" * 4_000_000, exc_info=True)
    assert len(text) < 40_000
    assert "more characters)" in text
    if kind == "json":
        assert json.loads(text)["message"].startswith("A request of yyy")


def test_a_flood_of_records_is_cut_and_counted(monkeypatch):
    stream = io.StringIO()
    set_up(settings(monkeypatch), stream)
    log = logging.getLogger("plantroom.test")
    for number in range(10_000):
        log.warning("Device %d is refused", number)
    log.warning("Something else")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 31
    assert lines[-1].endswith("Something else (9,970 records before this were left out)")


def test_after_a_minute_it_is_told_again():
    now = 0.0
    flood = Flood(alike=2, most=3, clock=lambda: now)
    passed = [flood.filter(record("again")) for _ in range(4)]
    assert passed == [True, True, False, False]
    assert [flood.filter(record(f"other {n}")) for n in range(3)] == [True, False, False], (
        "in all no more than the most"
    )
    now = 61.0
    assert flood.filter(record("again"))


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("plantroom.test", logging.WARNING, __file__, 1, message, None, None)


def test_a_log_file_begins_anew_before_it_is_too_long(monkeypatch, tmp_path):
    monkeypatch.setattr("interfaces.logs._FILE_BYTES", 10_000)
    set_up(settings(monkeypatch, LOG_FILE=str(tmp_path / "plantroom.log"), LOG_LEVEL="debug"))
    log = logging.getLogger("plantroom.test")
    for number in range(2_000):
        log.warning("Line %d", number)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["plantroom.log", *(f"plantroom.log.{n}" for n in range(1, 5))]
    assert all(path.stat().st_size <= 10_000 for path in tmp_path.iterdir())
    for handler in logging.getLogger().handlers:
        handler.close()
