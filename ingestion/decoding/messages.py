"""From a message's bytes to readings. Pure functions, strict and bounded; they never raise for what a device sends.

A message with some bad values keeps its good ones: the bad ones become ``problems`` and the message a dead letter.
"""

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Literal, cast

import msgspec

from graph_schema.errors import InvalidInput
from ingestion.reading import Reading, Reply

TELEMETRY = "plantroom/telemetry/"
RECEIPTS = "plantroom/receipts/"
SPARKPLUG = "spBv1.0/"

MAX_PAYLOAD = 1 << 20
MAX_READINGS = 50_000
MAX_NAME = 200
MAX_TEXT = 1000
_MAX_PROBLEMS = 5

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = 315_532_800_000  # 1980: what lies before it is a device whose clock was never set
_LATEST = 7_258_118_400_000  # 2200
_EPOCH_TEXT = re.compile(r"(?!(?:19|20)\d{10}(?:\d\d)?$)[+-]?\d{9,20}(?:[.,]\d{1,12})?|\d\.\d{1,20}[eE]\+?\d{1,2}")
"""Digits that no calendar writes: shorter ones, and those of ``_COMPACT``, are dates."""
_COMPACT = re.compile(r"(?:19|20)\d{10}(?:\d\d)?")
_FINITE = sys.float_info.max
_MAX_KEYS = 1_000
_NONE: frozenset[str] = frozenset()


Kind = Literal[
    "unmapped",
    "unreadable",
    "bad value",
    "out of range",
    "wrong unit",
    "no birth",
    "refused",
    "decoder failed",
    "too many devices",
    "too many series",
]
"""What is amiss with a message, in the two words by which people sort them."""


class Decoded(msgspec.Struct, frozen=True):
    """``problems`` are sentences about what could not be read, the first of them of this ``kind``, and ``suspects`` the
    addresses whose values it cost. ``units`` are those that the message itself states, by address, and ``booleans`` the addresses
    whose values came as ``true`` or ``false``. ``seqs`` are what ``device`` waits to see received.

    ``unmet`` are the paths of the map that found nothing in this message, and ``silent`` is how many values say that there is none.

    ``replies`` are what the protocol asks to be sent once the message is seen to, and ``offline`` the devices that went
    away. A message to ``remember`` (under this name) is needed to read those after it; ``recall`` names whose remembered
    messages the decoder must see before it can read this one.
    """

    readings: list[Reading] = []
    problems: tuple[str, ...] = ()
    device: str | None = None
    seqs: tuple[int, ...] = ()
    replies: tuple[Reply, ...] = ()
    offline: tuple[str, ...] = ()
    remember: str | None = None
    recall: str | None = None
    kind: Kind = "unreadable"
    suspects: tuple[str, ...] = ()
    units: Mapping[str, str] | None = None
    booleans: frozenset[str] = frozenset()
    unmet: tuple[str, ...] = ()
    silent: int = 0


Decode = Callable[[str, bytes, int], Decoded]
"""Topic, payload and the moment of reception (epoch ms), which stands in for a missing timestamp."""


class _Sample(msgspec.Struct):
    values: dict[str, float | int | bool | str | None]
    ts: int | float | str | None = None
    seq: int | None = None
    units: dict[str, str] | None = None


_samples = msgspec.json.Decoder(_Sample | list[_Sample])


def decode(topic: str, payload: bytes, received_at: int) -> Decoded:
    """Read Plantroom's own format: ``{"ts", "seq", "values": {key: value}, "units": {key: unit}}`` or a list of such objects."""
    if not topic.startswith(TELEMETRY):
        return Decoded(problems=(f"No mapping covers the topic “{topic[:MAX_NAME]}”.",), kind="unmapped")
    device = _device(topic)
    if len(payload) > MAX_PAYLOAD:
        collector = Collector(device.name)
        collector.problem(f"The payload has {len(payload)} bytes; at most {MAX_PAYLOAD} are read.")
        return collector.decoded()
    try:
        document = _samples.decode(payload)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _salvage(device.name, payload, received_at)
    samples = [document] if isinstance(document, _Sample) else document
    return _plain(device, samples, received_at) or _collected(device, samples, received_at)


class _Device(msgspec.Struct):
    """A device and the addresses of keys that it has sent: each text is made, and hashed, once."""

    name: str
    sources: dict[str, str]


@lru_cache(100_000)
def _device(topic: str) -> _Device:
    return _Device(topic.removeprefix(TELEMETRY), {})


def _plain(device: _Device, samples: list[_Sample], received_at: int) -> Decoded | None:
    """The short way for messages with nothing unusual in them; None for the others."""
    readings: list[Reading] = []
    seqs: list[int] = []
    sources = device.sources
    for sample in samples:
        at = sample.ts
        if at is None:
            at = received_at
        elif type(at) is not int or not _EARLIEST <= at < _LATEST:
            return None
        if sample.units is not None:
            return None
        seq = sample.seq
        if seq is not None:
            if not 0 <= seq < 1 << 63:
                return None
            seqs.append(seq)
        for key, value in sample.values.items():
            source = sources.get(key)
            if type(value) is int:
                value = float(value) if -_FINITE <= value <= _FINITE else None
            if source is None or type(value) is not float or not -_FINITE <= value <= _FINITE:
                return None
            readings.append(Reading(source, at, value))
    if len(readings) > MAX_READINGS:
        return None
    return Decoded(readings, (), device.name, tuple(seqs))


def _collected(device: _Device, samples: list[_Sample], received_at: int) -> Decoded:
    """The long way, which also makes the device's keys known to the short one."""
    collector = Collector(device.name)
    for sample in samples:
        _collect(collector, sample.ts, sample.seq, sample.values, received_at)
        if sample.units:
            collector.units(sample.units)
    decoded = collector.decoded()
    if len(device.sources) < _MAX_KEYS:
        device.sources.update((r.source.partition("/")[2], r.source) for r in decoded.readings)
    return decoded


def _salvage(device: str, payload: bytes, received_at: int) -> Decoded:
    """The slow path for what the strict decoder refuses: keep what is good, and name what is not."""
    collector = Collector(device)
    try:
        document = parse(payload)
    except InvalidInput as error:
        collector.problem(str(error))
        return collector.decoded()
    for sample in cast(list[Any], document if isinstance(document, list) else [document]):
        fields = cast(dict[str, Any], sample) if isinstance(sample, dict) else {}
        values: Any = fields.get("values")
        if isinstance(values, dict):
            _collect(collector, fields.get("ts"), fields.get("seq"), cast(dict[str, Any], values), received_at)
            collector.units(fields.get("units"))
        else:
            collector.received(fields.get("seq"))
            collector.problem("An object with “values” is missing.")
    return collector.decoded()


def _collect(collector: "Collector", ts: Any, seq: Any, values: dict[str, Any], received_at: int) -> None:
    collector.received(seq)
    try:
        at = received_at if ts is None else moment(ts)
    except InvalidInput as error:
        collector.problem(str(error), "bad value")
        return
    collector.add_all(at, values.items())


class Collector:
    """Gathers the readings and the problems of one message."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._readings: list[Reading] = []
        self._problems: list[str] = []
        self._kind: Kind = "unreadable"
        self._suspects: list[str] = []
        self._units: dict[str, str] | None = None
        self._booleans: set[str] = set()
        self._seqs: list[int] = []
        self._device_problem = _name_problem(device, "device")
        if self._device_problem is None and "/" in device:
            self._device_problem = f"The device's name “{device}” contains a slash."

    def received(self, seq: Any) -> None:
        if type(seq) is int and 0 <= seq < 1 << 63:
            self._seqs.append(seq)

    def problem(self, sentence: str, kind: Kind = "unreadable") -> None:
        if not self._problems:
            self._kind = kind
        if len(self._problems) < _MAX_PROBLEMS and sentence not in self._problems:
            self._problems.append(sentence)

    def units(self, stated: Any) -> None:
        """The units that a message states, by key; one whose units are no texts states them wrongly."""
        if stated is None:
            return
        pairs = cast(dict[str, Any], stated).items() if isinstance(stated, dict) else [("", None)]
        self._units = found = self._units or {}
        for key, unit in pairs:
            if isinstance(unit, str) and len(unit) <= MAX_NAME:
                found[f"{self._device}/{key}"] = unit
            else:
                self.problem("The “units” are not texts by key; the values were taken as they are.", "wrong unit")

    def add_all(self, at: int, values: Iterable[tuple[str, Any]]) -> None:
        prefix = self._device + "/"
        for key, value in values:
            if type(value) is float and math.isfinite(value) and key.isidentifier() and len(key) < 100:
                self._readings.append(Reading(prefix + key, at, value))
            elif value is not None:
                self._add_unusual(prefix, key, at, value)

    def _add_unusual(self, prefix: str, key: str, at: int, value: Any) -> None:
        try:
            if sentence := _name_problem(key, "key"):
                raise InvalidInput(sentence)
            self._readings.append(reading(prefix + key, at, value))
            if value is True or value is False:
                self._booleans.add(prefix + key)
        except InvalidInput as error:
            self.problem(f"{key[:MAX_NAME]!r}: {error}", "bad value")
            self._suspects.append(prefix + key[:MAX_NAME])

    def decoded(self) -> Decoded:
        if self._device_problem:
            return Decoded(problems=(self._device_problem,), kind="bad value")
        if len(self._readings) > MAX_READINGS:
            self._problems = [f"The message has {len(self._readings)} values; at most {MAX_READINGS} are read."]
            self._readings = []
        told = tuple(self._problems)
        suspects = tuple(self._suspects)
        seqs = tuple(self._seqs)
        return Decoded(
            self._readings, told, self._device, seqs, kind=self._kind, suspects=suspects, units=self._units,
            booleans=frozenset(self._booleans) if self._booleans else _NONE,
        )  # fmt: skip


def reading(source: str, at: int, value: object) -> Reading:
    """A reading of any scalar; booleans are 0 and 1. Raises ``InvalidInput`` with the reason."""
    match value:
        case bool() | int() | float():
            return Reading(source, at, _number(value))
        case str():
            return Reading(source, at, None, _text(value))
        case _:
            raise InvalidInput("The value is neither a number, a boolean nor a text.")


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InvalidInput("The value is not a finite number.")
    return number


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise InvalidInput(f"The text has {len(value)} characters; at most {MAX_TEXT} are kept.")
    if "\x00" in value or not _encodes(value):
        raise InvalidInput("The text contains characters that are not Unicode text.")
    return value


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name_problem(name: str, what: str) -> str | None:
    if not name or len(name) > MAX_NAME:
        return f"A {what}'s name must have between 1 and {MAX_NAME} characters."
    return None if name.isprintable() else f"The {what}'s name {name!r} contains unprintable characters."


def parse(payload: bytes) -> Any:
    """JSON as plain values; NaN and Infinity come through as floats. Raises ``InvalidInput``."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The payload is not JSON: {error}") from error


def moment(
    ts: object,
    zone: tzinfo = UTC,
    time_format: str | None = None,
    fold: Literal[0, 1] = 0,
    near: int | None = None,
) -> int:
    """Epoch milliseconds of an ISO 8601 text, or of epoch seconds, milliseconds, micro- or nanoseconds, told apart by size; a text
    of digits is such a number.

    A text without an offset is a time of ``zone``. Of the two moments that it may be where clocks are set back (and of the two that
    stand in for one that clocks skip) it is the one nearer to ``near``, the moment of reception, or else the first, or with
    ``fold`` the second. Raises ``InvalidInput``.
    """
    match ts:
        case bool():
            raise InvalidInput("The timestamp is a boolean.")
        case int() | float():
            at = _from_epoch(ts)
        case str():
            at = _from_text(ts.strip(), zone, time_format, fold, near)
        case _:
            raise InvalidInput("The timestamp is neither a text nor a number.")
    if not _EARLIEST <= at < _LATEST:
        raise InvalidInput(f"The timestamp {str(ts)[:40]!r} lies outside the years 1980 to 2200.")
    return at


def milliseconds(time: datetime) -> int:
    """Epoch milliseconds of an aware time, rounded down."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _from_epoch(number: float) -> int:
    if not math.isfinite(number):
        raise InvalidInput("The timestamp is not a finite number.")
    for limit, per_millisecond in ((1e11, 1e-3), (1e14, 1), (1e17, 1e3)):
        if number < limit:
            return round(number / per_millisecond)
    return int(number // 1_000_000)


def _from_text(text: str, zone: tzinfo, time_format: str | None, fold: Literal[0, 1], near: int | None) -> int:
    if time_format is None and _EPOCH_TEXT.fullmatch(text):
        return _from_epoch(int(text) if text.isdecimal() else float(text.replace(",", ".")))
    time = _parse_time(text, time_format)
    if time.tzinfo:
        return milliseconds(time)
    if near is None:
        return milliseconds(time.replace(tzinfo=zone, fold=fold))
    both = [milliseconds(time.replace(tzinfo=zone, fold=one)) for one in (0, 1)]
    return min(both, key=lambda at: abs(at - near))


def _parse_time(text: str, time_format: str | None) -> datetime:
    try:
        if time_format is None and _COMPACT.fullmatch(text):
            time_format = "%Y%m%d%H%M%S" if len(text) == 14 else "%Y%m%d%H%M"
        return datetime.strptime(text, time_format) if time_format else datetime.fromisoformat(text)  # noqa: DTZ007
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"The timestamp {text[:40]!r} is not a time: {error}") from error
