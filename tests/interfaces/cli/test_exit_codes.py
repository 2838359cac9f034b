"""What a command ends with, as docs/operators/running.md says. How one is broken off is in ``app/test_lifecycle.py``."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs" / "operators" / "running.md"

MISUSED: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "a command that is none": (("sevre",), {}),
    "an option that is none": (("serve", "--prot", "1"), {}),
    "an option that cannot be": (("serve", "--port", "70000"), {}),
    "an argument that is missing": (("import",), {}),
    "a setting that cannot be": (("ask", "Hello?"), {"PLANTROOM_PORT": "many"}),
    "an address of the graph that cannot be": (("ask", "Hello?"), {"PLANTROOM_GRAPH_URL": "http://graph"}),
    "half an address of the graph": (("ask", "Hello?"), {"PLANTROOM_GRAPH_URL": "bolt://[::1"}),
    "an address of the database that cannot be": (("ask", "Hello?"), {"PLANTROOM_POSTGRES_URL": "mysql://x/y"}),
    "an address of the broker that cannot be": (("ask", "Hello?"), {"PLANTROOM_MQTT_URL": "tcp://broker"}),
    "a certificate that is not there": (
        ("ask", "Hello?"), {"PLANTROOM_MQTT_URL": "mqtts://broker", "PLANTROOM_MQTT_CA_FILE": "none.pem"},
    ),
    "a file that is not there": (("import", "missing.yaml"), {}),
    "the network without a password": (("serve", "--host", "0.0.0.0"), {}),
}  # fmt: skip


def test_the_codes_are_those_of_the_docs():
    table = dict(re.findall(r"^\| ([\d, ]+) \| (.+) \|$", DOCS.read_text("utf-8"), re.MULTILINE))
    assert {code for codes in table for code in re.findall(r"\d+", codes)} == {"0", "1", "2", "130", "143"}


async def test_done_is_0(terminal):
    assert (await terminal.run("--help")).code == 0


async def test_failed_is_1_with_a_sentence(terminal):
    failed = await terminal.run("import", terminal.file("bad.yaml", "site: ["))
    assert (failed.code, "Traceback" in failed.err) == (1, False)
    assert "bad.yaml, line 1" in failed.err


@pytest.mark.parametrize(("command", "environment"), MISUSED.values(), ids=MISUSED)
async def test_what_cannot_be_is_2_and_nothing_is_touched(
    terminal, command: tuple[str, ...], environment: dict[str, str]
):
    refused = await terminal.run(*command, **environment)
    assert (refused.code, refused.out, "Traceback" in refused.err) == (2, "", False)
    assert refused.err.strip()
    assert not terminal.home.exists()
