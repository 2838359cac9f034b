"""Births, data and deaths, as values in and readings out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.reading import Reading
from ingestion.sources.sparkplug.decoder import SparkplugDecoder, edge_of
from ingestion.sources.sparkplug.payload import Payload, parse_payload

AT = 1_772_445_600_000
NODE = "plant:boiler-room"


@pytest.fixture
def decoder() -> SparkplugDecoder:
    return SparkplugDecoder({})


def feed(decoder: SparkplugDecoder, message: tuple[str, bytes], at: int = AT):
    return decoder.decode(*message, at)


def test_a_birth_says_that_a_device_is_there_and_what_it_measures(decoder, edge):
    decoded = feed(decoder, edge.birth([("Supply/Temperature", 1, 61.5), ("Mode", 2, "auto"), ("Offset", 3, -40)]))
    assert decoded.readings == [
        Reading(f"{NODE}/online", AT, 1.0),
        Reading(f"{NODE}/Supply/Temperature", AT, 61.5),
        Reading(f"{NODE}/Mode", AT, None, "auto"),
        Reading(f"{NODE}/Offset", AT, -40.0),
    ]
    assert (decoded.problems, decoded.replies, decoded.remember) == ((), (), "plant/boiler-room")


def test_data_uses_the_aliases_of_the_births_of_node_and_device(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    feed(decoder, edge.birth([("Flow", 7, 1.0), ("Runs", 8, True)], "pump-1"))
    assert feed(decoder, edge.data([(None, 1, 0.4)])).readings == [Reading(f"{NODE}/Load", AT, 0.4)]
    decoded = feed(decoder, edge.data([(None, 7, 2.5), (None, 8, False)], "pump-1", AT + 5))
    assert decoded.readings == [
        Reading(f"{NODE}:pump-1/Flow", AT + 5, 2.5),
        Reading(f"{NODE}:pump-1/Runs", AT + 5, 0.0),
    ]
    assert decoded.replies == ()


def test_a_signed_number_by_alias_takes_its_type_from_the_birth(decoder, edge):
    feed(decoder, edge.birth([("Offset", 3, 5)]))
    assert feed(decoder, edge.data([(None, 3, -7)])).readings == [Reading(f"{NODE}/Offset", AT, -7.0)]


def test_null_values_and_control_metrics_are_no_readings(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    decoded = feed(decoder, edge.data([("Load", None, None), ("Node Control/Rebirth", None, False)]))
    assert (decoded.readings, decoded.problems) == ([], ())


def test_data_before_any_birth_recalls_kept_births_once_and_then_asks_the_node(decoder, edge):
    edge.birth([("Load", 1, 0.1)])
    first = feed(decoder, edge.data([(None, 1, 0.2)]))
    assert (first.recall, first.problems, first.replies) == ("plant/boiler-room", (), ())
    second = feed(decoder, edge.data([(None, 1, 0.3)]))
    assert second.recall is None
    assert "sent no birth" in second.problems[0]
    assert [reply.topic for reply in second.replies] == ["spBv1.0/plant/NCMD/boiler-room"]
    assert parse_payload(second.replies[0].payload).metrics[0].name == "Node Control/Rebirth"


def test_an_alias_that_no_birth_explained_costs_that_value_only(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    decoded = feed(decoder, edge.data([(None, 9, 1.0), (None, 1, 0.5)]))
    assert decoded.readings == [Reading(f"{NODE}/Load", AT, 0.5)]
    assert "alias 9" in decoded.problems[0]
    assert len(decoded.replies) == 1


def test_a_missing_message_is_noticed_and_births_are_asked_for_at_most_every_ten_seconds(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    edge.data([(None, 1, 0.2)])  # lost
    assert len(feed(decoder, edge.data([(None, 1, 0.3)])).replies) == 1
    edge.data([(None, 1, 0.4)])
    assert feed(decoder, edge.data([(None, 1, 0.5)]), AT + 9_000).replies == ()
    edge.data([(None, 1, 0.6)])
    decoded = feed(decoder, edge.data([(None, 1, 0.7)]), AT + 10_000)
    assert len(decoded.replies) == 1
    assert decoded.readings == [Reading(f"{NODE}/Load", AT, 0.7)]


def test_numbers_wrap_at_256_and_messages_delivered_again_are_no_gap(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    messages = [edge.data([(None, 1, float(n))], at=AT + n) for n in range(600)]
    assert not any(feed(decoder, message).replies for message in messages)
    again = [feed(decoder, message) for message in messages[-50:]]
    assert not any(decoded.replies for decoded in again)
    assert [d.readings[0].value for d in again] == [float(n) for n in range(550, 600)]
    assert feed(decoder, edge.data([(None, 1, 1.0)])).replies == ()


def test_a_nodes_death_takes_all_its_devices_with_it(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    feed(decoder, edge.birth([("Flow", 7, 1.0)], "pump-1"))
    decoded = feed(decoder, edge.node_death(), AT + 60_000)
    assert decoded.offline == (NODE, f"{NODE}:pump-1")
    assert decoded.readings == [
        Reading(f"{NODE}/online", AT + 60_000, 0.0),
        Reading(f"{NODE}:pump-1/online", AT + 60_000, 0.0),
    ]
    assert feed(decoder, edge.data([(None, 1, 0.2)])).recall == "plant/boiler-room"


def test_the_death_of_an_earlier_session_changes_nothing(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    old = edge.node_death()
    edge.bd_seq += 1
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    assert feed(decoder, old).offline == ()
    assert feed(decoder, edge.data([(None, 1, 0.2)])).readings


def test_a_devices_death_leaves_the_others_alone(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    for device in ("pump-1", "pump-2"):
        feed(decoder, edge.birth([("Flow", 7, 1.0)], device))
    decoded = feed(decoder, edge.device_death("pump-1", AT + 1))
    assert decoded.offline == (f"{NODE}:pump-1",)
    assert decoded.readings == [Reading(f"{NODE}:pump-1/online", AT + 1, 0.0)]
    assert feed(decoder, edge.data([(None, 7, 2.0)], "pump-2")).readings[0].value == 2.0


def test_a_new_birth_replaces_what_the_old_one_said(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1)]))
    feed(decoder, edge.birth([("Pressure", 1, 0.1)]))
    assert feed(decoder, edge.data([(None, 1, 2.0)])).readings == [Reading(f"{NODE}/Pressure", AT, 2.0)]


def test_values_that_are_no_numbers_become_problems_and_cost_no_others(decoder, edge):
    feed(decoder, edge.birth([("Load", 1, 0.1), ("Flow", 2, 0.1)]))
    decoded = feed(decoder, edge.data([(None, 1, float("nan")), (None, 2, 3.0)]))
    assert decoded.readings == [Reading(f"{NODE}/Flow", AT, 3.0)]
    assert "finite" in decoded.problems[0]


def test_units_of_births_are_told_for_devices_that_nobody_described(edge):
    units: dict[str, str] = {}
    payload = Payload(timestamp=AT, seq=0)
    metric = payload.metrics.add(name="Supply", alias=1, datatype=10, double_value=60.0)
    metric.properties.keys.append("engUnit")
    metric.properties.values.add(type=12, string_value="°C")
    SparkplugDecoder(units).decode(edge.topic("NBIRTH"), payload.SerializeToString(), AT)
    assert units == {f"{NODE}/Supply": "°C"}


@pytest.mark.parametrize("topic", ["spBv1.0/STATE/host", "spBv1.0/plant/NCMD/boiler-room", "spBv1.0/a", "plantroom/x"])
def test_commands_and_host_states_hold_nothing_to_read(decoder, topic: str):
    decoded = decoder.decode(topic, b"{}", AT)
    assert (decoded.readings, decoded.problems) == ([], ())


def test_order_matters_within_an_edge_node():
    assert edge_of("spBv1.0/g/DDATA/n/d") == edge_of("spBv1.0/g/NDATA/n")
    assert edge_of("spBv1.0/g/NDATA/n") != edge_of("spBv1.0/g/NDATA/m")
    assert edge_of("plantroom/telemetry/d") is None


@given(st.sampled_from(["NBIRTH", "DDATA", "NDEATH", "DDEATH", "NDATA"]), st.binary(max_size=300))
def test_nothing_that_a_device_sends_makes_it_fail(kind: str, payload: bytes):
    decoder = SparkplugDecoder({})
    for _ in range(2):
        decoder.decode(f"spBv1.0/g/{kind}/n" + ("/d" if kind[0] == "D" else ""), payload, AT)


@pytest.mark.parametrize("name", ["", "a\x00b", "a+", "#", "\ud800", "x" * 300, "line\nbreak"])
@pytest.mark.parametrize("place", ["group", "node", "device"])
def test_a_name_that_no_address_can_be_made_of_is_a_dead_letter_and_nothing_else(decoder, edge, name: str, place: str):
    _, payload = edge.birth([("Load", 1, 0.1)])
    group, node = (name if place == one else one for one in ("group", "node"))
    topics = [f"spBv1.0/{group}/NBIRTH/{node}"] if place != "device" else []
    for topic in (*topics, f"spBv1.0/{group}/DBIRTH/{node}/{name if place == 'device' else 'pump'}"):
        decoded = decoder.decode(topic, payload, AT)
        assert (len(decoded.problems), decoded.kind) == (1, "bad value")
        assert (decoded.readings, decoded.remember, decoded.recall, decoded.replies) == ([], None, None, ())
