"""Two processes of one consumer group against one, where the work waits rather than computes.

What waits is the database: a PostgreSQL of the run's own holds each flush of its log to disk back by 30 ms (``commit_delay``),
as a busy disk or a synchronous replica does. Both runs read the same records, in batches of 500, into an empty database each.
Run as a module of its own this is one of the consumers.
"""

import asyncio
import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier, Literal

from evals.bench.ingest.ingester import Counted
from evals.bench.ingest.processes import Listened, python
from evals.bench.ingest.stage import SERVICES
from graph_schema.errors import Unavailable
from ingestion.decoding.messages import decode
from ingestion.history.history import migrate, open_history
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.sources.kafka.cluster import Kafka, ensure_topic
from ingestion.sources.kafka.source import open_kafka_source
from ingestion.tasks import end
from interfaces.embedded.home import Home
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised

_FLUSH_US = 30_000
_BATCH = 500
_MESSAGES, _DEVICES, _PARTITIONS = 500_000, 200, 8
_AT = 1_772_445_600_000
_WARM_S, _MEASURED_S, _START_S = 3.0, 12.0, 60.0


async def two_vs_one(report: Callable[[str], None] = print) -> float:
    """Rows a second of two processes over those of one. Raises ``Unavailable`` where ``scripts/services`` runs no Kafka."""
    kafka = _kafka()
    await ensure_topic(kafka)
    await asyncio.to_thread(_fill, kafka)
    report(
        f"{_MESSAGES:,} records in {_PARTITIONS} partitions; each flush of the database waits {_FLUSH_US // 1000} ms"
    )
    try:
        with tempfile.TemporaryDirectory(prefix="plantroom-bench-", ignore_cleanup_errors=True) as name:
            home = Home(Path(name))
            home.prepare()
            server = Postgres(home)
            async with Supervised(server, home) as running:
                dsn = server.endpoint(running.ports)
                rates = [await _rate(dsn, kafka, count, Path(name), report) for count in (1, 2)]
    finally:
        admin = AdminClient({"bootstrap.servers": kafka.servers, "log_level": 0})
        await asyncio.to_thread(admin.delete_topics([kafka.topic])[kafka.topic].result, 30)
    return rates[1] / rates[0]


def _kafka() -> Kafka:
    state = SERVICES / "state.json"
    place: dict[str, Any] = json.loads(state.read_text()).get("kafka", {}) if state.exists() else {}
    if "servers" not in place:
        raise Unavailable("No Kafka runs: scripts/services up kafka.")
    return Kafka(place["servers"], f"bench-{secrets.token_hex(4)}", partitions=_PARTITIONS)


def _fill(kafka: Kafka) -> None:
    problems: list[object] = []
    producer = Producer({"bootstrap.servers": kafka.servers, "enable.idempotence": True, "linger.ms": 20})
    for n in range(_MESSAGES):
        device = f"d{n % _DEVICES}"
        payload = b'{"ts":%d,"values":{"flow":%d.5}}' % (_AT + n, n % 100)
        producer.produce(
            kafka.topic, payload, device, on_delivery=lambda error, _: problems.append(error) if error else None
        )
        if n % 10_000 == 0:
            producer.poll(0)
            while len(producer) > 50_000:
                producer.poll(0.1)
    if producer.flush(60) or problems:
        raise Unavailable(f"Kafka did not take the records: {problems[:1]}.")


async def _rate(dsn: str, kafka: Kafka, count: int, folder: Path, report: Callable[[str], None]) -> float:
    own = await _slow_database(dsn, f"consumers_{count}")
    job = {"dsn": own, "kafka": asdict(replace(kafka, group=f"{kafka.topic}-{count}"))}
    with ExitStack() as stack:
        consumers = [stack.enter_context(python("kafka", job, folder / "consumers.log")) for _ in range(count)]
        await _all_share(consumers, folder)
        await asyncio.sleep(_WARM_S)
        loop = asyncio.get_running_loop()
        before, began = _rows(consumers), loop.time()
        await asyncio.sleep(_MEASURED_S)
        rate = (_rows(consumers) - before) / (loop.time() - began)
        if _rows(consumers) >= _MESSAGES:
            raise Unavailable("The records ran out before the measurement was over.")
    report(f"{count} of the group: {rate:,.0f} rows/s")
    return rate


async def _slow_database(dsn: str, name: str) -> str:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as admin:
        await admin.execute(SQL("create database {}").format(Identifier(name)))
        await admin.execute(SQL("alter database {} set commit_delay = {}").format(Identifier(name), Literal(_FLUSH_US)))
        await admin.execute(SQL("alter database {} set commit_siblings = 0").format(Identifier(name)))
    own = make_conninfo(dsn, dbname=name)
    await migrate(own)
    return own


async def _all_share(consumers: Sequence[Listened], folder: Path) -> None:
    async with asyncio.timeout(_START_S):
        while True:
            reports = [consumer.latest for consumer in consumers]
            if any(consumer.ended for consumer in consumers):
                raise Unavailable(f"A consumer ended: {(folder / 'consumers.log').read_text()[-500:]}")
            shares = [report.get("partitions", 0) for report in reports]
            if sum(shares) == _PARTITIONS and all(report.get("rows") for report in reports):
                return
            await asyncio.sleep(0.2)


def _rows(consumers: Sequence[Listened]) -> int:
    return sum(consumer.latest["rows"] for consumer in consumers)


async def _consume() -> None:
    """One of the group, until SIGTERM."""
    job: dict[str, Any] = json.loads(sys.stdin.readline())
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with open_history(job["dsn"]) as history, open_kafka_source(Kafka(**job["kafka"]), batch=_BATCH) as source:
        counted = Counted()
        task = asyncio.create_task(Pipeline(history, DeadLetters(history), counted, decode).run(source))
        while not stopped.is_set():
            print(json.dumps({"rows": counted.rows, "partitions": len(source.partitions)}), flush=True)
            try:
                await asyncio.wait_for(stopped.wait(), 0.1)
            except TimeoutError:
                continue
        await end(task)


if __name__ == "__main__":
    asyncio.run(_consume())
