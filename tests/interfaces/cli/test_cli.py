"""What is told at once: help, files that are not there, settings that cannot be, a port or a folder that cannot be had."""

import socket

import pytest

COMMANDS = (
    "demo",
    "serve",
    "start",
    "ingest",
    "bridge",
    "dead-letters",
    "import",
    "replay",
    "simulate",
    "ask",
    "doctor",
    "migrate",
    "retention",
    "limits",
    "vibration",
    "evals",
)


async def test_help_names_every_command_with_its_sentence(terminal):
    shown = await terminal.run("--help", COLUMNS="160")
    assert shown.code == 0
    found = {words[0]: len(words) for line in shown.out.splitlines() if len(words := line.split()) > 3}
    assert set(COMMANDS) <= found.keys()
    assert all(found[name] > 4 for name in COMMANDS), "a command without a sentence"
    assert not terminal.home.exists()


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_explains_itself(terminal, command: str):
    shown = await terminal.run(command, "--help", COLUMNS="160")
    assert shown.code == 0
    assert f"plantroom {command}" in shown.out.replace("-c ", "plantroom ")
    assert shown.err == ""
    assert not terminal.home.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "none.yaml"), "none.yaml"),
        (("replay", "none.csv", "--map", "none.yaml"), "none.yaml"),
        (("serve", "--map", "none.yaml"), "none.yaml"),
        (("serve", "--port", "70000"), "PLANTROOM_PORT is wrong: Input should be less than or equal to 65535"),
        (("demo", "--days", "0"), "--days"),
        (("ask", "--model", "oracle", "Hello?"), "oracle"),
        (("asks",), "No such command"),
    ],
    ids=lambda value: "".join(value[:1]) if isinstance(value, tuple) else "",
)
async def test_a_command_line_that_cannot_be_is_refused_before_anything_is_made(terminal, arguments, words: str):
    refused = await terminal.run(*arguments, COLUMNS="160")
    assert refused.code == 2
    assert words in refused.err
    assert "Traceback" not in refused.err
    assert not terminal.home.exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PLANTROOM_PORT", "http", "The setting PLANTROOM_PORT is wrong: Input should be a valid integer"),
        ("PLANTROOM_MODEL", "gpt", "The setting PLANTROOM_MODEL is wrong: Input should be 'offline' or 'openai'."),
        ("PLANTROOM_TIMEZONE", "Mars/Olympus", "PLANTROOM_TIMEZONE is wrong: there is no time zone 'Mars/Olympus'."),
        ("PLANTROOM_GRAPH_MEMORY", "much", "The setting PLANTROOM_GRAPH_MEMORY is wrong"),
        ("PLANTROOM_RETENTION", "two years", "PLANTROOM_RETENTION is wrong: “two years” does not say how long"),
    ],
)
async def test_a_setting_that_cannot_be_is_named(terminal, name: str, value: str, words: str):
    refused = await terminal.run("ask", "Hello?", **{name: value})
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err
    assert "Traceback" not in refused.err


async def test_a_mistyped_setting_is_told_with_the_one_that_is_meant(terminal):
    terminal.file(".env", "PLANTROOM_MQTT_ULR=mqtt://broker\nPLANTROOM_PORT=\n")
    refused = await terminal.run(
        "ask", "Hello?", PLANTROOM_GRAHP_URL="bolt://graph", PLANTROOM_MODEL="x", PLANTROOM_SERVICES_CACHE="here"
    )
    assert refused.code == 2
    told = await terminal.run("serve", "--host", "0.0.0.0", PLANTROOM_GRAHP_URL="bolt://graph")
    assert "PLANTROOM_GRAHP_URL is no setting. Is PLANTROOM_GRAPH_URL meant?" in told.err
    assert "PLANTROOM_MQTT_ULR is no setting. Is PLANTROOM_MQTT_URL meant?" in told.err
    assert "SERVICES" not in told.err


async def test_a_settings_file_that_is_no_text_is_told(terminal):
    terminal.file(".env", b"\x89PNG\xff")
    refused = await terminal.run("serve")
    assert refused.code == 2
    assert f"The file .env in {terminal.folder} cannot be read" in refused.err


async def test_a_settings_file_that_is_a_folder_is_told_and_not_read(terminal):
    (terminal.folder / ".env").mkdir()
    terminal.file("model.yaml", "site: [")
    refused = await terminal.run("import", "model.yaml")
    assert refused.code == 1
    assert f"{terminal.folder / '.env'} is a folder and is not read" in refused.err
    assert "Traceback" not in refused.err


async def test_the_web_app_is_not_opened_to_the_network_without_a_password(terminal):
    refused = await terminal.run("serve", "--host", "0.0.0.0")
    assert refused.code == 2
    assert "without a password" in refused.err
    assert "PLANTROOM_WEB_PASSWORD" in refused.err
    assert not terminal.home.exists()


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("listening", [True, False], ids=["used", "bound"])
async def test_a_taken_port_is_told_before_a_server_is_started(terminal, command: str, listening: bool):
    with socket.create_server(("127.0.0.1", 0)) if listening else _bound() as other:
        port = str(other.getsockname()[1])
        refused = await terminal.run(command, "--port", port)
    assert refused.code == 1
    assert f"Port {port} on 127.0.0.1 cannot be used (Address already in use)" in refused.err
    assert "pass --port" in refused.err
    assert not terminal.home.exists()


def _bound() -> socket.socket:
    other = socket.socket()
    other.bind(("127.0.0.1", 0))
    return other


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("ask", "Hello?")], ids=" ".join)
async def test_a_home_that_cannot_be_written_is_a_sentence(terminal, command: tuple[str, ...]):
    terminal.file("file", "in the way")
    refused = await terminal.run(*command, PLANTROOM_HOME=str(terminal.folder / "file" / "home"))
    assert refused.code == 1
    assert "cannot be written: Not a directory. Set PLANTROOM_HOME to a folder that can." in refused.err
    assert "Traceback" not in refused.err


async def test_a_home_may_be_given_by_the_users_own_folder(terminal):
    """A ``.env`` file has no shell that would put a path in the place of the tilde."""
    terminal.file(".env", "PLANTROOM_HOME=~/plant\n")
    terminal.file("model.yaml", "site: [")
    refused = await terminal.run("import", "model.yaml", PLANTROOM_HOME="", HOME=str(terminal.folder))
    assert refused.code == 1
    assert (terminal.folder / "plant" / "cache").is_dir()
    assert not (terminal.folder / "~").exists()
