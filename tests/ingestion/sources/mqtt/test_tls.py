"""Mutual TLS and MQTT 5 on a real Mosquitto, as AWS IoT Core asks for them; and what is said when something does not fit."""

import asyncio
import logging
import shutil
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.device.client import open_device_client
from ingestion.reading import Message, Reply
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.source import MqttSource, open_mqtt_source
from ingestion.sources.mqtt.tls import Tls, context, explain
from interfaces.embedded.child import Child, Launch, start_child
from interfaces.embedded.ports import choose, connects

pytestmark = pytest.mark.service

AT = 1_772_445_600_000
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

_CONFIGURATION = """
user root
listener {tls} 127.0.0.1
cafile {folder}/ca.pem
certfile {folder}/server.pem
keyfile {folder}/server.key
require_certificate true
use_identity_as_username true
tls_version tlsv1.2
allow_anonymous false
acl_file {folder}/acl
max_inflight_messages 0
max_queued_messages 0
"""
_ACL = """
user ingest
topic read plantroom/telemetry/#
topic write plantroom/receipts/#
user pump
pattern write plantroom/telemetry/%u
pattern read plantroom/receipts/%u
"""


@dataclass
class Identities:
    """Files of an authority, of a server and of clients."""

    folder: Path
    authority: trustme.CA

    def issue(self, name: str, *hosts: str, authority: trustme.CA | None = None, expired: bool = False) -> Tls:
        """A certificate for a client of this name, or for a server at these hosts."""
        times = {"not_before": LONG_AGO, "not_after": LONG_AGO + timedelta(days=1)} if expired else {}
        issued = (authority or self.authority).issue_cert(*(hosts or (f"{name}.test",)), common_name=name, **times)
        chain, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(key)
        return Tls(str(self.folder / "ca.pem"), str(chain), str(key))


@dataclass
class SecureBroker:
    port: int
    identities: Identities
    v5: bool

    def as_client(self, tls: Tls, host: str = "localhost") -> Broker:
        return Broker(host, self.port, tls=tls, v5=self.v5)

    def named(self, name: str) -> Broker:
        return self.as_client(self.identities.issue(name))


@asynccontextmanager
async def secure_mosquitto(folder: Path, port: int) -> AsyncGenerator[Child]:
    configuration = folder / "mosquitto.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, tls=port))
    (folder / "acl").write_text(_ACL)
    binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    child = await start_child(Launch([binary, "-c", str(configuration)], folder), folder / "mosquitto.log")
    try:
        async with asyncio.timeout(20):
            while True:
                assert not child.exited, child.last_words()
                try:
                    await connects(port)
                    break
                except Unavailable:
                    await asyncio.sleep(0.05)
        yield child
    finally:
        await child.stop()


@pytest.fixture
def identities(tmp_path: Path) -> Identities:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return Identities(tmp_path, authority)


@pytest.fixture(params=["3.1.1", "5"])
async def secure(request: pytest.FixtureRequest, services, identities: Identities) -> AsyncGenerator[SecureBroker]:
    assert services["mosquitto"]
    identities.issue("server", "localhost", "127.0.0.1")
    port = choose(["mqtt"], {})["mqtt"]
    async with secure_mosquitto(identities.folder, port):
        yield SecureBroker(port, identities, request.param == "5")


async def batch_of(source: MqttSource) -> list[Message]:
    return list(await asyncio.wait_for(source.poll_batch(), 15))


async def refusal(broker: Broker) -> str:
    """What is said instead of a connection, well before the time is over."""
    with pytest.raises((Unavailable, InvalidInput)) as raised:
        async with asyncio.timeout(8), open_mqtt_source(broker, patience_s=6):
            pass
    return str(raised.value)


async def test_with_the_right_certificates_telemetry_flows(secure: SecureBroker):
    async with (
        open_mqtt_source(secure.named("ingest")) as source,
        open_device_client(secure.named("pump")) as device,
    ):
        for n in range(50):
            await device.publish("pump", AT + n, {"flow": n})
        messages: list[Message] = []
        while len(messages) < 50:
            batch = await batch_of(source)
            await source.send(
                [Reply("plantroom/receipts/pump", m.payload.replace(b'"seq":', b'"seqs":')) for m in batch]
            )
            await source.commit(batch)
            messages += batch
        assert [b'"flow":%d' % n in m.payload for n, m in enumerate(messages)] == [True] * 50


async def test_without_a_certificate_it_is_said_that_one_is_asked_for(secure: SecureBroker):
    nobody = Tls(str(secure.identities.folder / "ca.pem"))
    assert "ask" in (said := await refusal(secure.as_client(nobody)))
    assert "certificate of ours" in said


@pytest.mark.parametrize("error", [ConnectionResetError(), BrokenPipeError(), ssl.SSLEOFError(8, "EOF in violation")])
def test_a_connection_that_is_closed_in_any_way_is_told_alike(error: Exception):
    assert "asks for a certificate of ours" in explain(error, Tls(), answered=False)
    assert "refuses our certificate" in explain(error, Tls(cert_file="ours.pem"), answered=False)


async def test_a_certificate_of_a_foreign_authority_is_refused(secure: SecureBroker):
    foreign = secure.identities.issue("stranger", authority=trustme.CA())
    assert "our certificate" in await refusal(secure.as_client(foreign))


async def test_an_expired_certificate_of_ours_is_refused(secure: SecureBroker):
    expired = secure.identities.issue("ingest", expired=True)
    assert "our certificate" in await refusal(secure.as_client(expired))


async def test_a_broker_of_an_unknown_authority_is_not_trusted(secure: SecureBroker):
    other = secure.identities.folder / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    tls = replace(secure.identities.issue("ingest"), ca_file=str(other))
    assert "its certificate cannot be trusted" in await refusal(secure.as_client(tls))


async def test_a_broker_of_another_name_is_not_trusted(services, identities: Identities):
    identities.issue("server", "broker.example")
    port = choose(["mqtt"], {})["mqtt"]
    async with secure_mosquitto(identities.folder, port):
        said = await refusal(Broker("localhost", port, tls=identities.issue("ingest")))
    assert "its certificate cannot be trusted (Hostname mismatch" in said


async def test_an_expired_certificate_of_the_broker_is_not_trusted(services, identities: Identities):
    identities.issue("server", "localhost", expired=True)
    port = choose(["mqtt"], {})["mqtt"]
    async with secure_mosquitto(identities.folder, port):
        said = await refusal(Broker("localhost", port, tls=identities.issue("ingest")))
    assert "its certificate cannot be trusted (certificate has expired)" in said


async def test_a_port_without_tls_is_named(mosquitto: Broker, identities: Identities):
    tls = Tls(str(identities.folder / "ca.pem"))
    assert "does not speak TLS at this port" in await refusal(Broker(mosquitto.host, mosquitto.port, tls=tls))


async def test_what_the_broker_does_not_let_us_publish_is_told(secure: SecureBroker, caplog, eventually):
    """By MQTT 5 alone: with 3.1.1 a broker acknowledges what it throws away."""
    caplog.set_level(logging.ERROR)
    async with open_device_client(secure.named("pump")) as device:
        for n in range(3):
            await device.publish("compressor", AT + n, {"flow": 1.0})
        await device.publish("pump", AT, {"flow": 1.0})

        async def told() -> bool:
            return (
                "The MQTT broker refuses what is sent to plantroom/telemetry/compressor: Not authorized." in caplog.text
            )

        if secure.v5:
            await eventually(told)
            assert caplog.text.count("telemetry/compressor") == 1, "once, not with every message"
            assert "telemetry/pump" not in caplog.text
        else:
            await asyncio.sleep(0.5)
            assert "refuses what is sent" not in caplog.text


def test_a_file_that_cannot_be_used_is_named(identities: Identities):
    one, other = identities.issue("one"), identities.issue("other")
    with pytest.raises(InvalidInput, match=r"one.pem.*the key belongs to another certificate"):
        context(replace(one, key_file=other.key_file))
    with pytest.raises(InvalidInput, match=r"missing.pem.*No such file"):
        context(replace(one, cert_file="missing.pem"))
    with pytest.raises(InvalidInput, match=r"missing.pem holds no authorities to trust: No such file"):
        context(replace(one, ca_file="missing.pem"))
    with pytest.raises(InvalidInput, match="holds no authorities"):
        context(replace(one, ca_file=one.key_file))


async def test_the_handshake_names_the_host_and_the_protocol(identities: Identities):
    """What AWS IoT Core tells its customers by, at port 443."""
    identities.issue("server", "localhost")
    seen: list[tuple[str | None, str | None, bool]] = []
    names: list[str | None] = []
    folder = identities.folder
    listening = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    listening.load_cert_chain(folder / "server.pem", folder / "server.key")
    listening.verify_mode = ssl.CERT_REQUIRED
    listening.set_alpn_protocols(["x-amzn-mqtt-ca"])
    listening.sni_callback = lambda _socket, name, _context: names.append(name)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        layer = writer.get_extra_info("ssl_object")
        seen.append((names[-1], layer.selected_alpn_protocol(), bool(layer.getpeercert())))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=listening)
    async with server:
        port = server.sockets[0].getsockname()[1]
        tls = replace(identities.issue("ingest"), alpn="x-amzn-mqtt-ca")
        said = await refusal(Broker("localhost", port, tls=tls))
    assert seen[0] == ("localhost", "x-amzn-mqtt-ca", True)
    assert "closes the connection before it answers" in said or "closed the connection" in said


# MQTT 5


@pytest.fixture
def servers() -> str:
    return "real"


@pytest.fixture
def modern(mortal_broker) -> Broker:
    return replace(mortal_broker.address, v5=True)


async def test_mqtt_5_delivers_again_what_was_not_acknowledged(modern: Broker):
    async with open_device_client(modern, resend_after_s=600) as device:
        async with open_mqtt_source(modern) as source:
            for n in range(20):
                await device.publish("d", AT + n, {"n": n})
            messages: list[Message] = []
            while len(messages) < 20:
                messages += await batch_of(source)
            await source.commit(messages[:5])
        await asyncio.sleep(0.5)  # a client that comes back at once cuts off what the broker has not read of it
        async with open_mqtt_source(modern) as source:
            again = await batch_of(source)
            while len(again) < 15:
                again += await batch_of(source)
    assert [m.payload for m in again] == [m.payload for m in messages[5:]]


async def test_a_session_of_mqtt_5_expires(modern: Broker):
    shortly = replace(modern, session_s=1)
    async with open_mqtt_source(shortly):
        pass
    await asyncio.sleep(3)
    async with open_device_client(shortly) as device:
        await device.publish("d", AT, {"n": 1})
        async with open_mqtt_source(shortly) as source:
            await device.publish("d", AT, {"n": 2})
            assert [b'"n":2' in m.payload for m in await batch_of(source)] == [True]


async def test_mqtt_5_sends_no_more_ahead_than_two_batches(modern: Broker):
    async with (
        open_mqtt_source(modern, batch=10) as source,
        open_device_client(modern, resend_after_s=600) as device,
    ):
        for n in range(100):
            await device.publish("d", AT + n, {"n": n})
        await asyncio.sleep(1)
        assert source.depth == 20
        taken = 0
        while taken < 100:
            batch = await batch_of(source)
            await source.commit(batch)
            taken += len(batch)
        assert taken == 100


async def test_a_shared_subscription_splits_the_messages(modern: Broker):
    shared = replace(modern, share="group")
    got: dict[str, int] = {}
    async with (
        open_mqtt_source(shared, client_id="one") as one,
        open_mqtt_source(shared, client_id="two") as two,
        open_device_client(modern, resend_after_s=600) as device,
    ):
        await asyncio.sleep(0.3)
        for n in range(200):
            await device.publish("d", AT + n, {"n": n})
        async with asyncio.timeout(15):
            while one.depth + two.depth < 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        got = {"one": one.depth, "two": two.depth}
    assert sum(got.values()) == 200
    assert min(got.values()) > 50
