"""Our own telemetry format: what is read, what is refused, and that nothing a device sends can crash the reader."""

import json
import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import MAX_PAYLOAD, MAX_TEXT, Decoded, decode, moment
from ingestion.reading import Reading

TOPIC = "plantroom/telemetry/ahu-2"
NOW = 1_790_000_000_000


def read(document: object, topic: str = TOPIC) -> Decoded:
    return decode(topic, json.dumps(document).encode(), NOW)


def test_numbers_booleans_and_texts_become_readings():
    decoded = read({"ts": 1_700_000_000_000, "values": {"t": 21.5, "n": 3, "on": True, "off": False, "mode": "auto"}})
    at = 1_700_000_000_000
    assert decoded.readings == [
        Reading("ahu-2/t", at, 21.5),
        Reading("ahu-2/n", at, 3.0),
        Reading("ahu-2/on", at, 1.0),
        Reading("ahu-2/off", at, 0.0),
        Reading("ahu-2/mode", at, None, "auto"),
    ]
    assert decoded.problems == ()


def test_null_is_no_reading():
    assert read({"values": {"t": None}}) == Decoded(device="ahu-2")


def test_missing_timestamp_is_the_moment_of_reception():
    assert read({"values": {"t": 1.0}}).readings == [Reading("ahu-2/t", NOW, 1.0)]


def test_a_list_holds_several_moments_and_their_sequence_numbers():
    decoded = read([{"ts": 1_700_000_000_000, "seq": 4, "values": {"t": 1.0}}, {"seq": 5, "values": {"t": 2.0}}])
    assert [r.at for r in decoded.readings] == [1_700_000_000_000, NOW]
    assert decoded.seqs == (4, 5)


@pytest.mark.parametrize(
    "ts",
    [
        "2023-11-14T22:13:20Z",
        "2023-11-14T23:13:20+01:00",
        "2023-11-14 22:13:20",
        1_700_000_000,
        1_700_000_000.0,
        1_700_000_000_000,
        1_700_000_000_000_000,
        1_700_000_000_000_000_000,
    ],
)
def test_timestamps_are_iso_or_epoch_in_any_unit(ts: object):
    assert moment(ts) == 1_700_000_000_000


def test_milliseconds_are_exact():
    assert moment("2026-03-02T10:00:00.123Z") == 1_772_445_600_123
    assert moment(1_772_445_600.123) == 1_772_445_600_123


def test_local_time_takes_its_zone_and_the_second_of_two_hours_when_asked():
    zone = ZoneInfo("America/Chicago")
    first = moment("11/4/2007 1:30", zone, "%m/%d/%Y %H:%M")
    second = moment("11/4/2007 1:30", zone, "%m/%d/%Y %H:%M", fold=1)
    assert datetime.fromtimestamp(first / 1000, UTC) == datetime(2007, 11, 4, 6, 30, tzinfo=UTC)
    assert second - first == 3_600_000


@pytest.mark.parametrize("ts", [True, 0, -5, "1970-01-01T00:00:12Z", "yesterday", "", 1e300, [], "9999-12-31"])
def test_impossible_timestamps_are_refused(ts: object):
    with pytest.raises(InvalidInput):
        moment(ts)


def test_a_bad_value_does_not_cost_the_good_ones():
    payload = b'{"seq": 9, "values": {"a": 1.0, "b": NaN, "c": {"d": 1}, "e": 2}}'
    decoded = decode(TOPIC, payload, NOW)
    assert [r.source for r in decoded.readings] == ["ahu-2/a", "ahu-2/e"]
    assert len(decoded.problems) == 2
    assert decoded.seqs == (9,)


def test_a_bad_moment_does_not_cost_the_others():
    decoded = read([{"ts": "soon", "values": {"a": 1}}, {"values": {"a": 2}}, 7])
    assert decoded.readings == [Reading("ahu-2/a", NOW, 2.0)]
    assert len(decoded.problems) == 2


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"21.5",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b'{"values":' * 50_000,
        b'{"values": []}',
        b'{"values": {"a": Infinity}}',
        b'{"values": {"a": 1e999}}',
        b'{"values": {"a": ' + b"9" * 400 + b"}}",
        b'{"values": {"a": ' + b"9" * 5000 + b"}}",
        b'{"values": {"a": "\\u0000"}}',
        b'{"values": {"a": "\\ud800"}}',
        b'{"values": {"": 1}}',
        b'{"values": {"a\\u0007": 1}}',
        json.dumps({"values": {"a": "x" * (MAX_TEXT + 1)}}).encode(),
        b'{"values": {"a": 1' + b" " * MAX_PAYLOAD + b"}}",
    ],
    ids=lambda payload: repr(payload[:20]),
)
def test_poison_gives_a_sentence_and_no_reading(payload: bytes):
    decoded = decode(TOPIC, payload, NOW)
    assert decoded.readings == []
    assert decoded.problems


@pytest.mark.parametrize("device", ["", "x" * 201, "a\x00b", "a/b"])
def test_an_impossible_device_name_is_poison(device: str):
    decoded = read({"seq": 1, "values": {"t": 1}}, f"plantroom/telemetry/{device}")
    assert (decoded.readings, decoded.seqs) == ([], ())
    assert decoded.problems


def test_a_foreign_topic_says_that_a_map_is_missing():
    assert "mapping" in read({"values": {"t": 1}}, "other/topic").problems[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
samples = st.fixed_dictionaries({}, optional={"ts": json_values, "seq": json_values, "values": json_values})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | json_values.map(lambda v: json.dumps(v).encode()))
def test_no_payload_crashes_the_reader(payload: bytes):
    check(decode(TOPIC, payload, NOW))


@settings(max_examples=150, deadline=None)
@given(samples | st.lists(samples, max_size=3))
def test_what_is_read_is_always_finite_storable_and_of_our_time(document: object):
    check(read(document))


def check(decoded: Decoded) -> None:
    for r in decoded.readings:
        assert (r.value is None) != (r.text is None)
        assert r.value is None or math.isfinite(r.value)
        assert r.text is None or "\x00" not in r.text
        assert r.source.isprintable()
        assert 315_532_800_000 <= r.at < 7_258_118_400_000
        (r.text or "").encode()
