"""What clients of MQTT 3.1.1 and 5 may expect of any broker."""

import asyncio
from dataclasses import replace

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions


@pytest.fixture(autouse=True)
async def _open(process):
    await process.ingester(topics=("telemetry/+",))


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_a_message_reaches_every_subscriber_once_and_in_order(process, v5, qos):
    first, second = await process.peer("first", v5=v5), await process.peer("second", v5=not v5)
    await first.subscribe("a/+/c", "a/b/c", "a/#")
    await second.subscribe("a/b/#", qos=0)
    device = await process.peer("device", v5=v5)
    sent = [b"%d" % number for number in range(200)]
    await device.publish("a/b/c", *sent, qos=qos)
    assert await first.gets(200) == sent
    assert await second.gets(200) == sent
    await device.publish("a/x/c", b"end", qos=qos)
    assert (await first.gets(201))[200] == b"end"
    assert len(second.messages) == 200
    assert {message.qos for message in first.messages} == {min(qos, 1)}
    assert {(message.qos, message.retain) for message in second.messages} == {(0, False)}


@pytest.mark.parametrize(
    ("text", "fits", "other"),
    [
        ("a/+", "a/b", "a/b/c"), ("a/#", "a", "b"), ("#", "a/b", "$SYS/x"), ("+/+", "/a", "a"), ("a/+/c", "a//c", "a/b"),
        ("ü/°C", "ü/°C", "ü/°c"),
    ],
)  # fmt: skip
async def test_filters(process, text, fits, other):
    reader, device = await process.peer("reader"), await process.peer("device")
    assert await reader.subscribe(text) == [1]
    await device.publish(other, b"other")
    await device.publish(fits, b"fits")
    assert await reader.gets(1) == [b"fits"]


@pytest.mark.parametrize("text", ["a/#/b", "a#", "a/b+", "$share/group/a"])
async def test_a_filter_that_cannot_be_is_refused(process, v5, text):
    reader = await process.peer("reader", v5=v5)
    granted: list[int] = []
    reader.paho.on_subscribe = lambda _c, _d, _m, reasons, _p: granted.extend(r.value for r in reasons)
    packet = bytes((0x82, 5 + len(text) + v5, 0, 7)) + b"\0" * v5 + bytes((0, len(text))) + text.encode() + b"\1"
    reader.paho.socket().sendall(packet)  # paho itself would not ask
    async with asyncio.timeout(10):
        while not granted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert granted[0] >= 0x80
    assert reader.paho.is_connected()


async def test_a_retained_message_is_the_newest_of_its_topic_and_marked_only_for_those_who_come_later(process, v5):
    early, device = await process.peer("early", v5=v5), await process.peer("device", v5=v5)
    await early.subscribe("state/#")
    await device.publish("state/a", b"1", b"2", retain=True)
    await early.gets(2)
    late = await process.peer("late", v5=v5)
    await late.subscribe("state/+")
    assert await late.gets(1) == [b"2"]
    assert [message.retain for message in (*early.messages, *late.messages)] == [False, False, True]
    await device.publish("state/a", b"", retain=True)
    never = await process.peer("never", v5=v5)
    await never.subscribe("state/#", "end")
    await device.publish("end", b"end")
    assert await never.gets(1) == [b"end"]


async def test_after_unsubscribing_nothing_comes(process, v5, until):
    reader, device = await process.peer("reader", v5=v5), await process.peer("device", v5=v5)
    await reader.subscribe("a", "b")
    reader.paho.unsubscribe("a")
    await until(lambda: not reader.granted)
    await device.publish("a", b"a")
    await device.publish("b", b"b")
    assert await reader.gets(1) == [b"b"]


async def test_a_will_is_published_when_the_connection_breaks_and_not_when_the_client_leaves(process, v5):
    reader = await process.peer("reader", v5=v5)
    await reader.subscribe("will/+")
    for name, ending in (("leaver", "leave"), ("broken", "break_off")):
        peer = await process.peer(name, v5=v5, will=f"will/{name}")
        getattr(peer, ending)()
    assert await reader.gets(1) == [b"broken"]


async def test_the_same_client_again_ends_its_first_connection(process, v5, until):
    first = await process.peer("twin", v5=v5)
    await process.peer("twin", v5=v5)
    await until(lambda: first.gone)


async def test_a_silent_client_is_ended_and_its_will_told(process):
    reader = await process.peer("reader")
    await reader.subscribe("will")
    _, writer = await asyncio.open_connection(process.devices.host, process.devices.port)
    door, text = process.devices, lambda word: bytes((0, len(word))) + word.encode()
    body = text("MQTT") + b"\x04\xc6\x00\x01" + text("mute") + text("will") + text("mute") + text(door.user) + text(door.password)  # fmt: skip
    writer.write(bytes((0x10, len(body))) + body)
    assert await reader.gets(1, 10) == [b"mute"]
    writer.close()


async def test_a_wrong_password_is_refused_with_its_code(process, v5):
    peer = await process.peer("stranger", v5=v5, door=replace(process.devices, password="wrong"))
    assert peer.refusal in ("Not authorized", "Bad user name or password")


async def test_a_client_without_a_name_gets_one(process, v5):
    reader, device = await process.peer("", v5=v5), await process.peer("", v5=v5)
    await reader.subscribe("a")
    await device.publish("a", b"1")
    assert await reader.gets(1) == [b"1"]


async def test_properties_pass_and_a_message_ends_with_its_time(process):
    reader = await process.peer("reader", v5=True, clean=False)
    await reader.subscribe("a")
    old = await process.peer("old")
    await old.subscribe("a")
    reader.leave()
    device = await process.peer("device", v5=True)
    for payload, expiry in ((b"short", 1), (b"long", 100)):
        properties = Properties(PacketTypes.PUBLISH)
        properties.MessageExpiryInterval = expiry
        properties.UserProperty = ("unit", "kW")
        properties.ContentType = "text/plain"
        device.paho.publish("a", payload, 1, properties=properties)
    assert await old.gets(2) == [b"short", b"long"]
    await asyncio.sleep(1.1)  # that is what it is about
    back = await process.peer("reader", v5=True, clean=False)
    assert await back.gets(1) == [b"long"]
    seen = back.messages[0].properties
    assert (seen.UserProperty, seen.ContentType) == ([("unit", "kW")], "text/plain")
    assert 90 <= seen.MessageExpiryInterval <= 99


async def test_options_of_a_subscription(process):
    own = await process.peer("own", v5=True)
    await own.publish("kept", b"kept", retain=True)
    own.paho.subscribe([("a", SubscribeOptions(1, noLocal=True)), ("kept", SubscribeOptions(1, retainHandling=2))])
    own.paho.subscribe([("flag", SubscribeOptions(1, retainAsPublished=True))])
    device = await process.peer("device")
    await own.publish("a", b"own")
    await device.publish("a", b"other")
    await device.publish("flag", b"flag", retain=True)
    assert await own.gets(2) == [b"other", b"flag"]
    assert own.messages[1].retain


async def test_many_messages_wait_for_a_slow_reader(process, v5):
    """More than its window, and more than lies in memory for a session on the disk."""
    reader = await process.peer("slow", v5=v5, clean=False)
    await reader.subscribe("a")
    reader.leave()
    device = await process.peer("device", v5=v5)
    sent = [b"%d" % number for number in range(5_000)]
    await device.publish("a", *sent)
    assert await (await process.peer("slow", v5=v5, clean=False)).gets(5_000) == sent


async def test_what_a_client_calls_itself_is_one_line_of_the_log(process):
    (await process.peer("a\nERROR forged", v5=True)).paho.publish("t/a", b"x" * 1_200_000, 1)
    async with asyncio.timeout(10):
        while "sent a packet of" not in process.log.read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert "“a?ERROR forged” sent a packet of" in process.log.read_text()


async def test_a_device_cannot_take_ingestions_name(process, v5):
    assert (await process.peer("ingester", v5=v5)).refusal
    assert (await process.peer("device", v5=v5)).refusal is None
