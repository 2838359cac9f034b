"""However clients behave: memory, disk and log are bounded, and what was acknowledged is kept."""

import asyncio
import logging
import resource
from datetime import UTC, datetime, timedelta

import pytest

from interfaces.broker.limits import Limits
from interfaces.broker.quiet_log import AtMost, newest_error


@pytest.fixture
def limits() -> Limits:
    return Limits(
        connections=5,
        packet_bytes=100_000,
        queue_bytes=2_000_000,
    )


async def closed(process, data: bytes) -> bool:
    """Whether the broker ends a connection on which this comes."""
    reader, writer = await asyncio.open_connection(process.devices.host, process.devices.port)
    writer.write(data)
    try:
        async with asyncio.timeout(5):
            await reader.read()
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    finally:
        writer.close()
    return True


async def test_more_devices_than_allowed_are_turned_away_and_ingestion_never(process):
    await process.ingester()
    peers = [await process.peer(f"device-{number}") for number in range(5)]
    assert await closed(process, b"")
    peers[0].leave()
    assert (await process.peer("another", door=process.intake)).paho.is_connected()
    assert (await process.peer("device-6")).paho.is_connected()
    trouble = newest_error(process.log, datetime.now(UTC) - timedelta(minutes=1))
    assert trouble
    assert trouble.endswith(": A client is turned away: 5 are connected, and more are not allowed.")
    assert newest_error(process.log, datetime.now(UTC) + timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff\xff", b"\x10\x80\x80\x80\x01", b"\xc0\x00", b"\x10\x02\x00\x04"],
)
async def test_what_is_no_mqtt_ends_its_connection_and_no_other(process, data):
    await process.ingester()
    device = await process.peer("device")
    assert await closed(process, data)
    await device.publish("t/a", b"1")


async def test_a_message_that_is_too_large_ends_its_connection(process, v5, until):
    ingester = await process.ingester()
    device = await process.peer("device", v5=v5)
    device.paho.publish("t/a", b"x" * 100_000, 1)
    await until(lambda: device.gone)
    assert "a packet of 100,0" in process.log.read_text()
    assert ingester.messages == []


async def test_a_full_queue_makes_devices_wait_and_loses_nothing(process, v5, until):
    (await process.ingester()).leave()
    device = await process.peer("device", v5=v5)
    payloads = [b"%04d" % number + b"x" * 10_000 for number in range(400)]
    mids = {device.paho.publish("t/a", payload, 1).mid for payload in payloads}
    await until(lambda: "devices wait for their acknowledgement" in process.log.read_text())
    assert not mids <= device.acknowledged
    ingester = await process.ingester()
    assert await ingester.gets(400) == payloads
    await until(lambda: mids <= device.acknowledged)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limit of another process is Linux's")
async def test_a_disk_without_room_makes_devices_wait_and_loses_nothing(process, until):
    """The limit of a file's size stands for the disk's."""
    (await process.ingester()).leave()
    device = await process.peer("device")
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (200_000, before[1]))
    payloads = [b"%04d" % number + b"x" * 10_000 for number in range(50)]
    mids = {device.paho.publish("t/a", payload, 1).mid for payload in payloads}
    await until(lambda: "Messages cannot be written" in process.log.read_text())
    assert not mids <= device.acknowledged
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
    await until(lambda: mids <= device.acknowledged)
    await process.kill()
    await process.start()
    assert await (await process.ingester()).gets(50) == payloads


async def test_a_reader_that_does_not_come_back_does_not_fill_the_queue(process):
    ingester = await process.ingester()
    reader = await process.peer("reader", clean=False)
    await reader.subscribe("t/#")
    reader.leave()
    device = await process.peer("device")
    payloads = [b"%04d" % number + b"x" * 10_000 for number in range(400)]
    await device.publish("t/a", *payloads)
    assert await ingester.gets(400) == payloads
    assert "“reader” gets no more messages" in process.log.read_text()


async def test_a_former_ingestion_does_not_fill_the_queue_for_the_present_one(process):
    former = await process.peer("ingester-of-a-home-that-was-moved", door=process.intake, clean=False)
    await former.subscribe("t/#")
    former.leave()
    ingester, device = await process.ingester(), await process.peer("device")
    payloads = [b"%04d" % number + b"x" * 10_000 for number in range(400)]
    await device.publish("t/a", *payloads)
    assert await ingester.gets(400) == payloads
    assert "messages for “ingester-of-a-home-that-was-moved”, which is gone" in process.log.read_text()


async def test_a_log_is_kept_short_by_what_it_repeats(process):
    await process.ingester()
    for _ in range(60):
        assert await closed(process, b"\xc0\x00")
    assert process.log.read_text().count("something before CONNECT") == 20


def test_what_was_left_out_is_counted():
    now = 0.0
    most = AtMost(lines=2, period_s=60, clock=lambda: now)

    def said(sentence: str) -> str | None:
        record = logging.LogRecord("broker", logging.WARNING, "", 0, sentence, ("x",), None)
        return record.getMessage() if most.filter(record) else None

    assert [said("%s fell") for _ in range(5)] == ["x fell", "x fell", None, None, None]
    assert said("%s rose") == "x rose"
    now = 61
    assert said("%s fell") == "x fell (3 more like this were left out before.)"
    assert said("%s fell") == "x fell"
