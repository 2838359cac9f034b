"""Any bytes in any pieces: either packets or ``Broken``, never anything else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces.broker.packets import (
    Broken,
    Message,
    Stream,
    is_filter,
    publish,
    read_connect,
    read_disconnect,
    read_mid,
    read_publish,
    read_subscribe,
    read_unsubscribe,
)

TOPICS = st.text(st.characters(exclude_characters="+#\0", exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda topic: topic.count("/") < 100
)
MESSAGES = st.builds(
    Message, TOPICS, st.binary(max_size=400), st.sampled_from([1, 2]), st.booleans(), st.just(b"\0"), st.none()
)


@given(MESSAGES, st.integers(1, 65_535), st.booleans())
def test_a_message_is_read_as_it_was_written(message: Message, mid: int, v5: bool):
    ((head, body),) = Stream(1_000_000).feed(publish(message, v5, message.qos, message.retain, mid))
    read = read_publish(head, body, v5)
    assert (read.message.topic, read.message.payload, read.message.qos, read.message.retain, read.mid) == (
        message.topic,
        message.payload,
        message.qos,
        message.retain,
        mid,
    )


@given(st.lists(MESSAGES, min_size=1, max_size=5), st.lists(st.integers(1, 50), min_size=1))
def test_packets_are_the_same_in_any_pieces(messages: list[Message], pieces: list[int]):
    data = b"".join(publish(message, False, 1, False, 7) for message in messages)
    whole, stream, found, at = Stream(10_000).feed(data), Stream(10_000), [], 0
    while at < len(data):
        size = pieces[at % len(pieces)]
        found += stream.feed(data[at : at + size])
        at += size
    assert found == whole
    assert len(whole) == len(messages)


@given(st.binary(max_size=200), st.integers(0, 255), st.booleans())
def test_any_bytes_are_a_packet_or_broken(body: bytes, head: int, v5: bool):
    for read in (
        lambda: Stream(100).feed(body),
        lambda: read_connect(body),
        lambda: read_connect(b"\0\4MQTT\5" + body),
        lambda: read_publish(head, body, v5),
        lambda: read_subscribe(body, v5),
        lambda: read_unsubscribe(body, v5),
        lambda: read_disconnect(body, v5),
        lambda: read_mid(body),
    ):
        with contextlib.suppress(Broken):
            read()


@pytest.mark.parametrize("text", ["#", "+", "a/+/b", "a/#", "/", "$SYS/#", "+/+/#"])
def test_a_filter(text: str):
    assert is_filter(text)


@pytest.mark.parametrize("text", ["", "#/a", "a#", "a+/b", "a/b#", "a/" * 200])
def test_no_filter(text: str):
    assert not is_filter(text)
