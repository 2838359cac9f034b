"""What a reading must be to become a value of its point: in the point's unit, and within what its quantity can be.

Only points that the graph knows can be judged; the others pass. A value that cannot be is taken out of its message,
which becomes a dead letter, so that it can be read again once the plant or the map is corrected.
"""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace
from neo4j.exceptions import Neo4jError

from graph_schema.errors import Unavailable
from graph_schema.ontology.physical import bounds
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.units import UNITS, convert, unit_name
from ingestion.decoding.clock_skew import Skews
from ingestion.decoding.messages import Decode, Decoded, Kind
from ingestion.reading import Reading

log = logging.getLogger(__name__)

_CYPHER = statements("ingestion.decoding", "validation.cypher")
_ANY = (-math.inf, math.inf)
_NONE = (math.inf, -math.inf)
_MAX_TOLD = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What a point measures, as the graph says it."""

    quantity: str | None
    unit: str | None


class Validation:
    """Judges the messages of any number of sources. ``stated`` are the units that maps and births state, by address."""

    def __init__(self, stated: Mapping[str, str] | None = None) -> None:
        self.skews = Skews()
        self._stated: Mapping[str, str] = {} if stated is None else stated
        self._points: Mapping[str, Measured] = {}
        self._limits: dict[str, tuple[float, float]] = {}
        self._version: int | None = None

    def learn(self, points: Mapping[str, Measured]) -> None:
        """The points of the plant, by address."""
        self._points = points
        self._limits = {}

    def describes(self, source: str) -> bool:
        """Whether the plant has a point of this address."""
        return source in self._points

    async def refresh(self, graph: GraphStore) -> None:
        """Learn the graph's points if the plant has changed since. Raises ``Unavailable``."""
        rows = await graph.read(_CYPHER["version"])
        version: int = rows[0]["version"] if rows else 0
        if version != self._version:
            found = await graph.read(_CYPHER["measured"])
            self.learn({row["source"]: Measured(row["quantity"], row["unit"]) for row in found})
            self._version = version

    async def keep(self, graph: GraphStore, every_s: float = 60.0) -> None:
        """Look now and then until cancelled, beside the changes that are announced. While the graph is away, what was known of it stands."""
        while True:
            try:
                await self.refresh(graph)
            except (Unavailable, Neo4jError) as error:
                log.debug("The plant's points could not be read: %s", error)
            await asyncio.sleep(every_s)

    def checking(self, decode: Decode) -> Decode:
        """The same decoder, with its readings judged."""

        def checked(topic: str, payload: bytes, received_at: int) -> Decoded:
            decoded = decode(topic, payload, received_at)
            if decoded.readings:
                if decoded.device:
                    self.skews.note(decoded.device, decoded.readings[-1].at, received_at)
                return self.judge(decoded)
            return decoded

        return checked

    def judge(self, decoded: Decoded) -> Decoded:
        """What is good, in the units of the points; the rest as problems."""
        limits = self._limits
        if decoded.remember:  # a birth may state other units than the one before
            for reading in decoded.readings:
                limits.pop(reading.source, None)
        if decoded.units:
            return self._sorted(decoded)
        for reading in decoded.readings:
            low, high = limits.get(reading.source) or self._learned(reading.source)
            value = reading.value
            if value is not None and not low <= value <= high:
                return self._sorted(decoded)
        return decoded

    def _learned(self, source: str) -> tuple[float, float]:
        point = self._points.get(source)
        if point is None:
            found = _ANY
        elif _differs(self._stated.get(source), point.unit):
            found = _NONE  # each value needs a second look
        else:
            known = bounds(point.quantity, point.unit)
            found = (known.low, known.high) if known else _ANY
        self._limits[source] = found
        return found

    def _sorted(self, decoded: Decoded) -> Decoded:
        good: list[Reading] = []
        bad: dict[str, tuple[str, Kind]] = {}
        own: Mapping[str, str] = decoded.units or {}
        for reading in decoded.readings:
            stated = own.get(reading.source) or self._stated.get(reading.source)
            outcome = _judged(reading, self._points.get(reading.source), stated)
            if isinstance(outcome, Reading):
                good.append(outcome)
            else:
                bad.setdefault(reading.source, outcome)
        return _with_problems(decoded, good, bad) if bad else replace(decoded, readings=good)


def _judged(reading: Reading, point: Measured | None, stated: str | None) -> Reading | tuple[str, Kind]:
    if reading.value is None or point is None:
        return reading
    value = reading.value
    if stated and _differs(stated, point.unit):
        given, wanted = _name(stated), _name(point.unit or "")
        converted = convert(value, given, wanted)
        if converted is None:
            return f"The value is in {given}, and the point measures in {wanted}.", "wrong unit"
        value = converted
    known = bounds(point.quantity, point.unit)
    if known and (objection := known.objection(value)):
        return objection, "out of range"
    return reading if value == reading.value else replace(reading, value=value)


def _differs(stated: str | None, own: str | None) -> bool:
    """Whether the two are different units of which at least what they measure is known; a word that is no unit is not judged."""
    if not stated or not own:
        return False
    given, wanted = _name(stated), _name(own)
    return given != wanted and given in UNITS and wanted in UNITS


_name = lru_cache(4096)(unit_name)


def _with_problems(decoded: Decoded, good: list[Reading], bad: Mapping[str, tuple[str, Kind]]) -> Decoded:
    told = [f"{source.partition('/')[2]!r}: {sentence}" for source, (sentence, _) in list(bad.items())[:_MAX_TOLD]]
    first: Sequence[Kind] = [kind for _, kind in bad.values()]
    return replace(
        decoded,
        readings=good,
        problems=(*decoded.problems, *told),
        kind=decoded.kind if decoded.problems else first[0],
        suspects=(*decoded.suspects, *bad),
    )
