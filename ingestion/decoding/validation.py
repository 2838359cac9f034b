"""What a reading must be to become a value of its point: a number where it has numbers, in its unit, and within what its quantity can be.

What a text means is decided in ``values.py``; of points that the graph does not know the text itself decides, and their numbers pass. A value that cannot be is taken out of its message,
which becomes a dead letter, so that it can be read again once the plant or the map is corrected.
"""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from msgspec.structs import replace
from neo4j.exceptions import Neo4jError

from graph_schema.addresses import Addressed
from graph_schema.errors import Unavailable
from graph_schema.ontology.physical import bounds
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.units import UNITS, convert, unit_name
from ingestion.decoding.addressing import Addressing
from ingestion.decoding.clock_skew import Skews
from ingestion.decoding.messages import Decode, Decoded, Kind
from ingestion.decoding.values import DecimalSign, Expected, NoValue, Number, Objection, expected, is_no_value, meaning
from ingestion.reading import Reading

log = logging.getLogger(__name__)

_CYPHER = statements("ingestion.decoding", "validation.cypher")
_ANY = (-math.inf, math.inf)
_NONE = (math.inf, -math.inf)
_MAX_TOLD = 5
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What a point measures, as the graph says it. ``described``: by the plant's model, not by its first message. ``number`` and
    ``text``: what its newest value is."""

    quantity: str | None
    unit: str | None
    described: bool = True
    number: bool = False
    text: bool = False

    @property
    def takes(self) -> str:
        """In an objection to a word."""
        if self.unit:
            return f"measures {_spoken(self.quantity)} in {self.unit}"
        return f"measures {_spoken(self.quantity)}" if self.quantity else "has numbers"


class Validation:
    """Judges the messages of any number of sources. ``stated`` are the units that maps and births state, by address; ``decimal``
    is the sign that begins decimals in texts, where a map says so."""

    def __init__(self, stated: Mapping[str, str] | None = None, decimal: DecimalSign | None = None) -> None:
        self.skews = Skews()
        self.written: dict[str, str] = {}
        """Units that texts named beside their numbers, by address, for points that nobody described."""
        self.without_value = 0
        """How many texts said that there is no value."""
        self._stated: Mapping[str, str] = {} if stated is None else stated
        self._decimal: DecimalSign | None = decimal
        self.addressing = Addressing(self._stated)
        self._points: Mapping[str, Measured] = {}
        self._limits: dict[str, tuple[float, float]] = {}
        self._numbers: set[str] = set()
        self._texts: set[str] = set()
        self._version: int | None = None

    def learn(self, points: Mapping[str, Measured]) -> None:
        """The points of the plant, by address."""
        self._numbers.update(self._limits)
        self._points = points
        self._limits = {}

    async def refresh(self, graph: GraphStore) -> None:
        """Learn the graph's points if the plant has changed since. Raises ``Unavailable``."""
        rows = await graph.read(_CYPHER["version"])
        version: int = rows[0]["version"] if rows else 0
        if version != self._version:
            found = await graph.read(_CYPHER["measured"])
            self.learn({row["source"]: _measured(row) for row in found if row["source"]})
            self.addressing.learn(
                Addressed(row["id"], row["source"], row["addresses"] or ()) for row in found if not row["unassigned"]
            )
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
        if decoded.units or decoded.booleans:
            return self._sorted(decoded)
        for reading in decoded.readings:
            value = reading.value
            if value is None:
                return self._sorted(decoded)
            low, high = limits.get(reading.source) or self._learned(reading.source)
            if not low <= value <= high:
                return self._sorted(decoded)
        return decoded

    def outcome(self, reading: Reading, unit: str | None = None) -> Reading | NoValue | tuple[str, Kind]:
        """What becomes of one reading, whose message states this unit: what is kept of it, no value, or an objection of its kind."""
        point = self._points.get(reading.source)
        stated = unit or self._stated.get(reading.source)
        if reading.text is None:
            return _judged(reading, point, stated)
        found = self._meaning(reading.text, reading.source, point)
        if isinstance(found, NoValue):
            return found
        if isinstance(found, Objection):
            return found.sentence, "bad value"
        if isinstance(found, str):
            return reading if found == reading.text else replace(reading, text=found)
        return _judged(replace(reading, value=found.value, text=None), point, found.unit or stated)

    def source_of(self, address: str) -> str:
        """Where readings that arrive under this address have their history."""
        return self.addressing.source_of(address)

    def describes(self, source: str) -> bool:
        """Whether the plant's model has this point."""
        point = self._points.get(source)
        return point is not None and point.described

    def _meaning(self, text: str, source: str, point: Measured | None) -> Number | str | NoValue | Objection:
        wanted = self._expected(source, point)
        found = meaning(text, wanted, point.takes if point else "has numbers", point and point.quantity, self._decimal)
        if isinstance(found, Number) and found.unit and (point is None or not point.unit) and len(self.written) < _MOST:
            self.written[source] = found.unit
        return found

    def _expected(self, source: str, point: Measured | None) -> Expected:
        quantity, unit = (point.quantity, point.unit) if point else (None, self._stated.get(source))
        numbers = source in self._limits or source in self._numbers or (point is not None and point.number)
        texts = source in self._texts or (point is not None and point.text)
        return expected(quantity, unit, described=point is not None and point.described, numbers=numbers, texts=texts)

    def _of_boolean(self, reading: Reading) -> Reading | tuple[str, Kind]:
        """A quantity has no ``true``."""
        point = self._points.get(reading.source)
        if point and self._expected(reading.source, point) == "number" and point.described:
            return f"“{'true' if reading.value else 'false'}” is no number, and the point {point.takes}.", "bad value"
        return reading

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
        silent = 0
        bad: dict[str, tuple[str, Kind]] = {}
        own: Mapping[str, str] = decoded.units or {}
        for source, unit in own.items():
            if not self.describes(source) and len(self.written) < _MOST:
                self.written[source] = unit
        for reading in decoded.readings:
            outcome = self._of_boolean(reading) if reading.source in decoded.booleans else reading
            if isinstance(outcome, Reading):
                outcome = self.outcome(outcome, own.get(reading.source))
            if isinstance(outcome, Reading):
                good.append(outcome)
                self._note(outcome)
            elif isinstance(outcome, NoValue):
                silent += 1
            else:
                bad.setdefault(reading.source, outcome)
        self.without_value += silent
        return _with_problems(decoded, good, bad, silent) if bad else replace(decoded, readings=good, silent=silent)

    def _note(self, reading: Reading) -> None:
        """What the series has, for the words that follow."""
        known = self._texts if reading.value is None else self._numbers
        if reading.source not in known and len(known) < _MOST:
            known.add(reading.source)


def _measured(row: Mapping[str, Any]) -> Measured:
    word = bool(row["text"]) and not is_no_value(row["text"])
    return Measured(row["quantity"], row["unit"], not row["unassigned"], row["number"], word)


def _spoken(quantity: str | None) -> str:
    return (quantity or "").replace("_", " ") or "numbers"


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


def _with_problems(decoded: Decoded, good: list[Reading], bad: Mapping[str, tuple[str, Kind]], silent: int) -> Decoded:
    told = [f"{source.partition('/')[2]!r}: {sentence}" for source, (sentence, _) in list(bad.items())[:_MAX_TOLD]]
    first: Sequence[Kind] = [kind for _, kind in bad.values()]
    return replace(
        decoded,
        readings=good,
        silent=silent,
        problems=(*decoded.problems, *told),
        kind=decoded.kind if decoded.problems else first[0],
        suspects=(*decoded.suspects, *bad),
    )
