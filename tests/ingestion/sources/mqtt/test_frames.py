"""A broker's stream cut into packets: in whatever pieces it comes, and whatever is in it."""

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingestion.decoding.messages import MAX_PAYLOAD
from ingestion.sources.mqtt.frames import Arrival, Frames, Malformed, pubacks

GENERATION = 3
PINGRESP, SUBACK, PUBACK = b"\xd0\x00", b"\x90\x03\x00\x01\x01", b"\x40\x02\x00\x07"


def length(number: int) -> bytes:
    low, rest = number % 128, number // 128
    return bytes([low]) if not rest else bytes([low | 128]) + length(rest)


def publish(topic: str, payload: bytes, packet_id: int = 0, flags: int = 0, properties: bytes = b"") -> bytes:
    """At QoS 1 with a packet id, else at QoS 0; ``flags`` are DUP (8) and RETAIN (1)."""
    name = topic.encode()
    body = len(name).to_bytes(2) + name + (packet_id.to_bytes(2) if packet_id else b"") + properties + payload
    return bytes([0x30 | (2 if packet_id else 0) | flags]) + length(len(body)) + body


def of_version_5() -> bytes:
    properties = Properties(PacketTypes.PUBLISH)
    properties.UserProperty = [("a", "b" * 150), ("c", "d")]
    properties.ContentType = "application/json"
    return properties.pack()


def fed(frames: Frames, pieces: list[bytes]) -> tuple[list[Arrival], bytes]:
    arrived: list[Arrival] = []
    others = b""
    for piece in pieces:
        more, rest = frames.feed(piece)
        arrived += more
        others += rest
    return arrived, others


STREAM = [
    b"\x20\x02\x00\x00",
    publish("plantroom/telemetry/a", b"one", 1),
    SUBACK,
    publish("plantroom/telemetry/ä", b"", 65_535, flags=8),
    publish("b", b"x" * 200, 0, flags=1),
    PINGRESP,
    publish("b", b"y" * 20_000, 258),
    PUBACK,
]
ARRIVED = [
    ("plantroom/telemetry/a", b"one", GENERATION << 16 | 1, False),
    ("plantroom/telemetry/ä", b"", GENERATION << 16 | 65_535, False),
    ("b", b"x" * 200, 0, True),
    ("b", b"y" * 20_000, GENERATION << 16 | 258, False),
]
OTHERS = b"\x20\x02\x00\x00" + SUBACK + PINGRESP + PUBACK


def test_many_packets_in_one_piece():
    assert Frames(GENERATION).feed(b"".join(STREAM)) == (ARRIVED, OTHERS)


def test_a_split_at_every_byte():
    stream = b"".join(STREAM[:6])
    for cut in range(1, len(stream)):
        assert fed(Frames(GENERATION), [stream[:cut], stream[cut:]]) == (ARRIVED[:3], OTHERS[: -len(PUBACK)])
    assert fed(Frames(GENERATION), [stream[n : n + 1] for n in range(len(stream))])[0] == ARRIVED[:3]


packets = st.one_of(
    st.sampled_from([PINGRESP, SUBACK, PUBACK]),
    st.builds(
        publish,
        st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=200),
        st.binary(max_size=300),
        st.one_of(st.just(0), st.integers(1, 65_535)),
        st.sampled_from([0, 1, 8, 9]),
    ),
)


@given(st.lists(packets, max_size=20), st.lists(st.integers(0, 3000), max_size=10))
def test_pieces_say_what_the_whole_says(stream: list[bytes], cuts: list[int]):
    data = b"".join(stream)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    whole = Frames(GENERATION).feed(data)
    assert fed(Frames(GENERATION), pieces) == whole
    assert len(whole[0]) == sum(packet[0] & 0xF0 == 0x30 for packet in stream)
    assert whole[1] == b"".join(packet for packet in stream if packet[0] & 0xF0 != 0x30)


@given(st.binary(max_size=2000))
def test_whatever_else_comes_is_refused_or_waited_for(garbage: bytes):
    frames = Frames(GENERATION)
    with contextlib.suppress(Malformed):
        for arrival in frames.feed(garbage)[0]:
            assert arrival[0]


@pytest.mark.parametrize("properties", [b"\x00", of_version_5()], ids=["none", "some"])
def test_properties_of_version_5_are_not_part_of_the_payload(properties: bytes):
    packet = publish("t", b"payload", 9, properties=properties)
    expected = ([("t", b"payload", GENERATION << 16 | 9, False)], b"")
    assert Frames(GENERATION, v5=True).feed(packet) == expected
    for cut in range(1, len(packet)):
        assert fed(Frames(GENERATION, v5=True), [packet[:cut], packet[cut:]]) == expected


@pytest.mark.parametrize("pieces", [1, 40])
def test_of_a_message_that_is_too_long_the_beginning_is_kept_and_the_next_is_read(pieces: int):
    longest = publish("t", b"z" * (5 * MAX_PAYLOAD), 1) + publish("t", b"next", 2) + PINGRESP
    step = -(-len(longest) // pieces)
    frames = Frames(GENERATION)
    arrived, others = fed(frames, [longest[n : n + step] for n in range(0, len(longest), step)])
    assert [(topic, token & 0xFFFF) for topic, _, token, _ in arrived] == [("t", 1), ("t", 2)]
    assert len(arrived[0][1]) > MAX_PAYLOAD
    assert pieces == 1 or len(arrived[0][1]) < 2 * MAX_PAYLOAD
    assert (arrived[1][1], others) == (b"next", PINGRESP)


@pytest.mark.parametrize(
    "packet",
    [
        b"\x30\xff\xff\xff\xff\x01",
        b"\x34\x05\x00\x01t\x00\x01",
        b"\x32\x03\x00\x01t",
        b"\x30\x03\x00\x05t",
        b"\x30\x02\x00\x00",
        b"\x30\x01\x00",
        b"\x90\xff\xff\xff\x7f" + b"\0" * (MAX_PAYLOAD + (1 << 18)),
    ],
    ids=["length", "QoS 2", "no packet id", "topic", "no topic", "nothing", "huge SUBACK"],
)
def test_what_is_not_mqtt_is_named(packet: bytes):
    with pytest.raises(Malformed, match="The broker sent"):
        Frames(GENERATION).feed(packet)


def test_properties_that_end_in_the_middle_are_named():
    with pytest.raises(Malformed, match="ends within"):
        Frames(GENERATION, v5=True).feed(publish("t", b"", 1, properties=b"\x7f\x00"))


def test_a_topic_that_is_not_utf_8_has_a_name_all_the_same():
    packet = publish("??", b"p", 1).replace(b"??", b"\xff\xfe")
    assert Frames(GENERATION).feed(packet)[0][0][0] == "(a topic that is not UTF-8)"


def test_acknowledgements_are_those_of_this_connection_in_order():
    tokens = [GENERATION << 16 | 5, (GENERATION - 1) << 16 | 6, GENERATION << 16 | 65_535]
    assert pubacks(tokens, GENERATION) == b"\x40\x02\x00\x05\x40\x02\xff\xff"
    assert pubacks([], GENERATION) == b""
