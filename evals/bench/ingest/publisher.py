"""The publisher's process: reads its job from standard input and reports once a second.

A job has ``broker``, ``load`` and ``messages``: how many, and with ``rate`` how many a second. Moments are those of the
wall clock, so that a reading tells when it was published.
"""

import json
import sys
import time
from typing import Any

from evals.bench.ingest.wire import Load, Payloads, Publishing
from ingestion.sources.mqtt.connection import Broker

_BURST = 500


def main() -> None:
    job = json.loads(sys.stdin.readline())
    publishing = Publishing(Broker(**job["broker"]), "bench-publisher")
    payloads = Payloads(Load(**job["load"]))
    _publish(publishing, payloads, job["messages"], job.get("rate"))
    publishing.close()
    print(json.dumps({"done": True, "sent": publishing.sent}), flush=True)


def _publish(publishing: Publishing, payloads: Payloads, messages: int, rate: float | None) -> None:
    began = told = time.monotonic()
    while publishing.acknowledged < messages:
        now = time.monotonic()
        due = messages if rate is None else min(messages, int((now - began) * rate))
        number = min(due - publishing.sent, publishing.room, _BURST)
        if number > 0:
            at = time.time_ns() // 1_000_000
            publishing.add([payloads.packet(at) for _ in range(number)])
        publishing.turn(0 if number == _BURST else 0.005)
        if now - told >= 1:
            told = now
            _tell({"sent": publishing.sent, "behind": due - publishing.sent})


def _tell(report: dict[str, Any]) -> None:
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
