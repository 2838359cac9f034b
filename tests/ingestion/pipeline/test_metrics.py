"""Metrics: what went through the pipeline is what they say, by the names that Prometheus expects."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.pipeline.metrics import Meter
from ingestion.pipeline.service import Ingestion, build
from ingestion.reading import Message, Reply

AT = 1_772_445_600_000


class StandInSource:
    depth = 7
    lag = 40
    reconnects = 2

    async def poll_batch(self) -> Sequence[Message]:
        raise NotImplementedError

    async def commit(self, messages: Sequence[Message]) -> None: ...

    async def send(self, replies: Sequence[Reply]) -> None: ...


def numbers(meter: Meter) -> dict[str, float]:
    families = text_string_to_metric_families(generate_latest(meter.registry).decode())
    samples = [sample for family in families for sample in family.samples if not sample.name.endswith("_bucket")]
    return {" ".join([one.name, *one.labels.values()]): one.value for one in samples}


def message(values: dict[str, object], received_at: int = AT) -> Message:
    payload = json.dumps({"ts": AT, "values": values}).encode()
    return Message("plantroom/telemetry/d", payload, object(), received_at)


def parts_at(history: History, graph: GraphStore, now_ms: int) -> Ingestion:
    return build(history, graph, clock=lambda: datetime.fromtimestamp(now_ms / 1000, UTC))


async def test_a_batch_is_counted_with_its_duplicates_and_its_dead_letters(history: History, graph: GraphStore):
    parts = parts_at(history, graph, AT + 2000)
    source = StandInSource()
    batch = [message({"a": 1.0, "b": 2.0}), message({"a": 1.0, "b": 2.0}), Message("x", b"", object(), AT)]
    await parts.pipeline.take(batch, source)
    await parts.pipeline.take(batch[:1], source)
    found = numbers(parts.meter)
    assert found["plantroom_messages_total standin"] == 4
    assert found["plantroom_readings_total standin"] == 6
    assert found["plantroom_rows_written_total standin"] == 2
    assert found["plantroom_dead_letters_total unmapped"] == 1
    assert (found["plantroom_batch_readings_count"], found["plantroom_batch_readings_sum"]) == (2, 6)
    assert found["plantroom_commit_seconds_count"] == 2
    assert found["plantroom_delay_seconds_sum"] == 4.0
    assert found["plantroom_newest_reading_timestamp_seconds"] == AT / 1000


async def test_a_clock_ahead_hides_no_lag(history: History, graph: GraphStore):
    parts = parts_at(history, graph, AT - 86_400_000)
    await parts.pipeline.take([message({"a": 1.0}, AT - 86_400_000)], StandInSource())
    found = numbers(parts.meter)
    assert found["plantroom_newest_reading_timestamp_seconds"] == AT / 1000 - 86_400
    assert found["plantroom_devices_with_wrong_clock"] == 1


async def test_sources_are_asked_for_what_they_know():
    meter = Meter()
    meter.watch(StandInSource())
    meter.watch_quality(lambda: {"stuck": 3})
    meter.tick(120, 0.2)
    found = numbers(meter)
    assert found["plantroom_queue_messages standin"] == 7
    assert found["plantroom_source_lag_messages standin"] == 40
    assert found["plantroom_reconnects_total standin"] == 2
    assert found["plantroom_points_with_issue stuck"] == 3
    assert (found["plantroom_graph_points_updated_total"], found["plantroom_graph_tick_seconds_count"]) == (120, 1)


async def test_two_meters_do_not_share_their_numbers():
    one, other = Meter(), Meter()
    one.tick(5, 0.1)
    assert numbers(other)["plantroom_graph_points_updated_total"] == 0
