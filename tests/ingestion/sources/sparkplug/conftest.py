"""An edge node that speaks Sparkplug B, as far as the tests need one."""

from collections.abc import Sequence
from typing import Any

import pytest

from ingestion.sources.sparkplug.payload import Payload

AT = 1_772_445_600_000
Metric = tuple[str | None, int | None, Any]


class EdgeNode:
    """Makes the topics and payloads of one edge node, counting as the specification says."""

    def __init__(self, group: str = "plant", node: str = "boiler-room") -> None:
        self.group, self.node = group, node
        self.bd_seq = 0
        self.seq = 0

    def topic(self, kind: str, device: str | None = None) -> str:
        return f"spBv1.0/{self.group}/{kind}/{self.node}" + (f"/{device}" if device else "")

    def birth(self, metrics: Sequence[Metric], device: str | None = None, at: int = AT) -> tuple[str, bytes]:
        if device is None:
            self.seq = 0
            metrics = [("bdSeq", None, self.bd_seq), ("Node Control/Rebirth", None, False), *metrics]
        return self.topic("DBIRTH" if device else "NBIRTH", device), self._payload(metrics, at)

    def data(self, metrics: Sequence[Metric], device: str | None = None, at: int = AT) -> tuple[str, bytes]:
        return self.topic("DDATA" if device else "NDATA", device), self._payload(metrics, at)

    def node_death(self) -> tuple[str, bytes]:
        return self.topic("NDEATH"), _payload([("bdSeq", None, self.bd_seq)], None, None)

    def device_death(self, device: str, at: int = AT) -> tuple[str, bytes]:
        return self.topic("DDEATH", device), self._payload([], at)

    def _payload(self, metrics: Sequence[Metric], at: int) -> bytes:
        seq, self.seq = self.seq, (self.seq + 1) % 256
        return _payload(metrics, at, seq)


def _payload(metrics: Sequence[Metric], at: int | None, seq: int | None) -> bytes:
    payload = Payload(timestamp=at, seq=seq)
    for name, alias, value in metrics:
        metric = payload.metrics.add(name=name, alias=alias)
        match value:
            case bool():
                metric.datatype, metric.boolean_value = 11, value
            case int():
                metric.datatype, metric.int_value = 3, value & 0xFFFFFFFF
            case float():
                metric.datatype, metric.double_value = 10, value
            case str():
                metric.datatype, metric.string_value = 12, value
            case _:
                metric.is_null = True
        if name is None:
            metric.ClearField("datatype")  # the birth has told it
    return payload.SerializeToString()


@pytest.fixture
def edge() -> EdgeNode:
    return EdgeNode()
