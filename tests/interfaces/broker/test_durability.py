"""Devices come in only when ingestion's session stands; what was acknowledged to them is there after a kill -9."""

import pytest


def readings(count: int, start: int = 0) -> list[bytes]:
    return [b"%06d" % number for number in range(start, start + count)]


async def refused(process) -> bool:
    try:
        (await process.peer("device")).leave()
    except ConnectionRefusedError:
        return True
    return False


async def test_devices_come_in_when_ingestions_session_stands_and_not_before(process):
    assert await refused(process)
    passing = await process.ingester(clean=True)
    assert await refused(process), "a subscription without a session forgets what comes while it is away"
    passing.leave()
    idle = await process.peer("ingester", door=process.intake, clean=False)
    assert await refused(process), "a session without a subscription gets nothing"
    await idle.subscribe("t/#")
    assert not await refused(process), "at once: whoever has its answer may send devices"


async def test_a_session_of_a_device_opens_nothing_and_a_new_start_waits_for_ingestion_again(process):
    ingester = await process.ingester()
    other = await process.peer("other", clean=False)
    await other.subscribe("t/#")
    ingester.leave()
    assert not await refused(process), "the session keeps what comes meanwhile"
    await process.stop()
    await process.start()
    assert await refused(process)
    await process.peer("other", door=process.intake)
    assert await refused(process)
    await process.ingester()
    assert not await refused(process)


@pytest.mark.parametrize("ending", ["kill", "stop"])
async def test_what_was_acknowledged_while_ingestion_was_away_is_there_after(process, v5: bool, ending: str, until):
    (await process.ingester(v5)).leave()
    device = await process.peer("device", v5=v5)
    await device.publish("t/a", *readings(3_000))
    await getattr(process, ending)()
    await process.start()
    ingester = await process.ingester(v5)
    assert ingester.present
    assert await ingester.gets(3_000) == readings(3_000)
    await until(lambda: len(ingester.messages) == 3_000)


async def test_what_ingestion_did_not_acknowledge_comes_again_and_nothing_else(process, v5: bool, until):
    ingester = await process.peer("ingester", door=process.intake, v5=v5, clean=False, manual_ack=True)
    await ingester.subscribe("t/#")
    taken: list[bytes] = []

    def take(client, _data, message) -> None:
        taken.append(message.payload)
        if len(taken) <= 300:
            client.ack(message.mid, message.qos)

    ingester.paho.on_message = take
    device = await process.peer("device", v5=v5)
    await device.publish("t/a", *readings(1_000))
    await until(lambda: len(taken) == 1_000)
    await device.publish("other", b"all before this is written")
    ingester.break_off()
    await process.kill()
    await process.start()
    again = await process.ingester(v5)
    assert await again.gets(700) == readings(1_000)[300:]
    await until(lambda: not again.messages[700:], 1)


async def test_kills_in_mid_flow_lose_nothing_that_was_acknowledged(process, v5: bool, until):
    ingester = await process.ingester(v5)
    acknowledged: list[bytes] = []
    for turn in range(3):
        device = await process.peer("device", v5=v5)
        sent = {device.paho.publish("t/a", one, 1).mid: one for one in readings(1_000, turn * 1_000)}
        await until(lambda seen=device: len(seen.acknowledged) > 300)
        await process.kill()
        acknowledged += [one for mid, one in sent.items() if mid in device.acknowledged]
        device.break_off()
        await process.start()
        before = ingester.messages
        ingester = await process.ingester(v5)
        ingester.messages[:0] = before
    await until(lambda: set(acknowledged) <= {message.payload for message in ingester.messages})


async def test_retained_messages_and_other_sessions_outlive_a_kill(process, v5: bool):
    await process.ingester()
    reader = await process.peer("reader", v5=v5, clean=False)
    await reader.subscribe("state/+")
    reader.leave()
    device = await process.peer("device", v5=v5)
    await device.publish("state/a", b"old", b"new", retain=True)
    await device.publish("state/b", b"on", retain=True)
    await device.publish("state/b", b"", retain=True)
    await process.kill()
    await process.start()
    await process.ingester()
    back = await process.peer("reader", v5=v5, clean=False)
    assert back.present
    assert await back.gets(4) == [b"old", b"new", b"on", b""]
    fresh = await process.peer("fresh", v5=v5)
    await fresh.subscribe("state/#")
    assert await fresh.gets(1) == [b"new"]
    assert fresh.messages[0].retain


async def test_a_session_that_its_client_gives_up_keeps_nothing(process, v5: bool):
    await process.ingester()
    reader = await process.peer("reader", v5=v5, clean=False)
    await reader.subscribe("state/a")
    reader.leave()
    (await process.peer("reader", v5=v5, clean=True)).leave()
    device = await process.peer("device", v5=v5)
    await device.publish("state/a", b"1")
    assert (await process.peer("reader", v5=v5, clean=False)).present is False


async def test_a_damaged_file_is_put_aside_and_told(process, broker_home):
    await process.stop()
    (broker_home.folder / "broker" / "queue.db").write_bytes(b"no database" * 1000)
    await process.start()
    await process.ingester()
    assert "is damaged" in process.log.read_text()
    assert (broker_home.folder / "broker" / "queue.damaged").exists()
