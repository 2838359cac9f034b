"""From Sparkplug B messages to readings. Stateful, since a birth says what the messages after it mean.

Births are kept by the pipeline (``remember``). For a node that this process does not know it shows them once more
(``recall``); if that does not help, the message becomes a dead letter and the node is asked for its births.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import MAX_NAME, MAX_PAYLOAD, SPARKPLUG, Collector, Decoded, moment
from ingestion.reading import ONLINE, Reading, Reply
from ingestion.sources.sparkplug.payload import metric_value, parse_payload, rebirth_request, unit_of
from ingestion.sources.sparkplug.sessions import Agreed, Edge, Session, Sessions

_BIRTHS = ("NBIRTH", "DBIRTH")
_TELEMETRY = (*_BIRTHS, "NDATA", "DDATA", "NDEATH", "DDEATH")
_NOT_TELEMETRY = ("bdSeq", "Node Control/", "Device Control/")


def edge_of(topic: str) -> Edge | None:
    """The edge node of a Sparkplug topic, within which order matters; None for other topics and for host states."""
    parts = topic.split("/")
    return Edge(parts[1], parts[3]) if topic.startswith(SPARKPLUG) and len(parts) in (4, 5) else None


class SparkplugDecoder:
    """One for all edge nodes. ``units`` (address to unit) takes up the engineering units that births state."""

    def __init__(self, units: dict[str, str]) -> None:
        self._sessions = Sessions()
        self._units = units

    def decode(self, topic: str, payload: bytes, received_at: int) -> Decoded:
        """Read a message of the Sparkplug namespace; commands and host states hold nothing to read."""
        edge = edge_of(topic)
        parts = topic.split("/")
        if edge is None or parts[2] not in _TELEMETRY:
            return Decoded()
        device = edge.device(parts[4] if len(parts) == 5 else None)
        if problem := _name_problem(device, parts):
            return Decoded(problems=(problem,), kind="bad value")
        try:
            if len(payload) > MAX_PAYLOAD:
                raise InvalidInput(f"The payload has {len(payload)} bytes; at most {MAX_PAYLOAD} are read.")
            message = parse_payload(payload)
        except InvalidInput as error:
            return Decoded(problems=(str(error),), device=device)
        if parts[2] == "NBIRTH":
            self._sessions.begin(edge, _bd_seq(message), _seq(message))
        session = self._sessions.of(edge)
        if session is None:
            return self._unknown(edge, device, received_at)
        if parts[2] == "NDEATH":
            return self._node_death(edge, message, received_at)
        if parts[2] == "DDEATH":
            return _device_death(edge, session, device, message, received_at)
        return self._values(edge, session, device, message, parts[2] in _BIRTHS, received_at)

    def _unknown(self, edge: Edge, device: str, now: int) -> Decoded:
        if self._sessions.recall(edge):
            return Decoded(device=device, recall=str(edge))
        problem = (
            f"The edge node {edge} sent no birth before this. It is asked for one; try this message again after it."
        )
        return Decoded(problems=(problem,), kind="no birth", device=device, replies=self._ask(edge, now))

    def _values(self, edge: Edge, session: Session, device: str, message: Any, birth: bool, now: int) -> Decoded:
        collector = Collector(device)
        complete = session.follows(_seq(message), birth)
        if birth:
            self._birth(session, device, message)
            collector.add_all(_time(message, now), [(ONLINE, 1.0)])
        complete &= _collect(collector, session, device, message, now)
        return replace(
            collector.decoded(),
            remember=str(edge) if birth else None,
            replies=() if complete else self._ask(edge, now),
        )

    def _birth(self, session: Session, device: str, message: Any) -> None:
        session.forget(device)
        session.devices.add(device)
        for metric in message.metrics:
            if metric.name and not metric.name.startswith(_NOT_TELEMETRY):
                session.agree(Agreed(device, metric.name, metric.datatype), _alias(metric))
                if unit := unit_of(metric):
                    self._units[f"{device}/{metric.name}"] = unit

    def _node_death(self, edge: Edge, message: Any, now: int) -> Decoded:
        """The last will of a node was written when it connected, so its own time says nothing about the end."""
        session = self._sessions.end(edge, _bd_seq(message))
        return _offline(edge, session.devices if session else set(), now)

    def _ask(self, edge: Edge, now: int) -> tuple[Reply, ...]:
        return (Reply(edge.command, rebirth_request(now)),) if self._sessions.ask(edge, now) else ()


def _device_death(edge: Edge, session: Session, device: str, message: Any, now: int) -> Decoded:
    session.follows(_seq(message), birth=False)
    gone = session.devices & {device}
    session.forget(device)
    return _offline(edge, gone, _time(message, now))


def _offline(edge: Edge, devices: set[str], at: int) -> Decoded:
    gone = tuple(sorted(devices))
    readings = [Reading(f"{name}/{ONLINE}", at, 0.0) for name in gone]
    return Decoded(readings, offline=gone, remember=str(edge) if gone else None)


def _collect(collector: Collector, session: Session, device: str, message: Any, now: int) -> bool:
    """Take the values of a message; False where one has an alias that no birth explained."""
    explained = True
    for metric in message.metrics:
        if metric.name.startswith(_NOT_TELEMETRY):
            continue
        agreed = _agreed(session, device, metric)
        if agreed is None:
            collector.problem(
                f"No birth of {device} explained the alias {_alias(metric)}. A new birth is asked for.", "no birth"
            )
            explained = False
            continue
        try:
            at = moment(metric.timestamp) if metric.HasField("timestamp") else _time(message, now)
        except InvalidInput as error:
            collector.problem(f"{agreed.name!r}: {error}", "bad value")
            continue
        collector.add_all(at, _scalars(metric, agreed))
    return explained


def _agreed(session: Session, device: str, metric: Any) -> Agreed | None:
    if metric.name:
        return session.names.get((device, metric.name)) or Agreed(device, metric.name, metric.datatype)
    alias = _alias(metric)
    return None if alias is None else session.aliases.get((device, alias))


def _scalars(metric: Any, agreed: Agreed) -> Iterable[tuple[str, Any]]:
    value = metric_value(metric, metric.datatype or agreed.datatype)
    return [] if value is None else [(agreed.name, value)]


def _alias(metric: Any) -> int | None:
    return metric.alias if metric.HasField("alias") else None


def _seq(message: Any) -> int | None:
    return message.seq if message.HasField("seq") else None


def _time(message: Any, now: int) -> int:
    """The message's own time, or that of its reception where it has none that can be."""
    try:
        return moment(message.timestamp) if message.HasField("timestamp") else now
    except InvalidInput:
        return now


def _name_problem(device: str, parts: Sequence[str]) -> str | None:
    """Names that no topic can be made of are no addresses either, and nothing of them is kept or answered."""
    if not all(parts) or set("+#") & set(device):
        return f"A name in the topic {'/'.join(parts)[:MAX_NAME]!r} is empty or has a + or # in it."
    return next(iter(Collector(device).decoded().problems), None)


def _bd_seq(message: Any) -> int | None:
    for metric in message.metrics:
        if metric.name == "bdSeq":
            return metric.long_value if metric.HasField("long_value") else metric.int_value
    return None
