"""A map of telemetry that people already have: which parts of a topic, a payload or a CSV row are what.

The file is YAML; ``docs/engineers/telemetry.md`` describes it. A map says nothing about the plant itself except in its
optional ``plant`` section, which is an ordinary plant description for the importers.
"""

import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import MAX_PAYLOAD, SPARKPLUG, Collector, Decode, Decoded, decode, moment, parse
from ingestion.sources.sparkplug.decoder import SparkplugDecoder

_PART = re.compile(r"\{(\w+)\}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(_Part):
    """What a value is called here: ``key``, and how its number is converted: ``number * scale + offset``, in ``unit``."""

    key: str
    scale: float = 1.0
    offset: float = 0.0
    unit: str | None = None

    def convert(self, raw: Any) -> Any:
        """A number, also of a text that looks like one; anything else as it is. An empty text is no value."""
        if isinstance(raw, str):
            raw = raw.strip()
            try:
                raw = float(raw) if raw else None
            except ValueError:
                return raw
        if isinstance(raw, bool) or not isinstance(raw, int | float) or (self.scale, self.offset) == (1.0, 0.0):
            return raw
        try:
            return raw * self.scale + self.offset
        except OverflowError:
            return math.inf


def _long_form(specs: Any) -> Any:
    if not isinstance(specs, dict):
        return specs
    specs = cast(dict[Any, Any], specs)
    return {str(name).strip(): {"key": spec} if isinstance(spec, str) else spec for name, spec in specs.items()}


class Topic(_Part):
    """One pattern of topics. ``{name}`` stands for one level; ``device`` and ``key`` may refer to it.

    Either ``values`` (path in the payload -> key) or ``key`` with ``value`` (path), once for the payload or once for
    each member of the list at ``each``; there ``{name}`` in ``key`` may also be a field of the member.
    """

    topic: str
    device: str
    each: str | None = None
    time: str | None = None
    time_format: str | None = None
    values: dict[str, Value] | Literal["all"] | None = None
    key: str | None = None
    value: str = "."
    scale: float = 1.0
    offset: float = 0.0
    unit: str | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _short_form(cls, values: Any) -> Any:
        return _long_form(values)

    @model_validator(mode="after")
    def _one_form(self) -> "Topic":
        if (self.values is None) == (self.key is None):
            raise ValueError("a topic needs either values or key")
        if unknown := set(_PART.findall(self.device)) - set(_PART.findall(self.topic)):
            raise ValueError(f"the topic has no part named {unknown.pop()!r}")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = _PART.split(self.topic)
        return re.compile("".join(f"(?P<{p}>[^/]+)" if i % 2 else re.escape(p) for i, p in enumerate(parts)))

    @property
    def subscription(self) -> str:
        """The MQTT filter. Levels are matched as a whole, so ``ahu-{n}/t`` subscribes to ``+/t``."""
        return "/".join("+" if _PART.search(level) else level for level in self.topic.split("/"))

    def device_of(self, topic: str) -> str | None:
        """The device whose readings a message on this topic holds; None where the pattern does not fit."""
        match = self.pattern.fullmatch(topic)
        return _fill(self.device, match.groupdict()) if match else None


class Csv(_Part):
    """The columns of a recorded file; columns that are not listed are left out."""

    device: str
    time: str
    time_format: str | None = None
    columns: dict[str, Value]

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, columns: Any) -> Any:
        return _long_form(columns)


class TelemetryMap(_Part):
    """The whole file. ``timezone`` is that of times without an offset; ``sparkplug`` adds all Sparkplug B edge nodes."""

    timezone: str = "UTC"
    sparkplug: bool = False
    topics: list[Topic] = []
    csv: Csv | None = None
    plant: dict[str, Any] | None = Field(default=None, description="in the format of a plant file")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name!r}") from error
        return name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def subscriptions(self) -> list[str]:
        return [topic.subscription for topic in self.topics] + ([f"{SPARKPLUG}#"] if self.sparkplug else [])

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit by source address, of the mapped values that have one and have been seen."""
        return {}

    def decode(self, topic: str, payload: bytes, received_at: int, others: Decode = decode) -> Decoded:
        """Read a message of a mapped topic; all others are left to ``others``."""
        for spec in self.topics:
            if match := spec.pattern.fullmatch(topic):
                return _decode(self, spec, match.groupdict(), payload, received_at)
        return others(topic, payload, received_at)


def load_map(path: Path) -> TelemetryMap:
    """Read a map file. Raises ``InvalidInput`` that says where it is wrong."""
    try:
        return TelemetryMap.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except OSError as error:
        raise InvalidInput(f"The map {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The map {path} is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"]) or "the file"
        raise InvalidInput(f"The map {path} is wrong at {where}: {first['msg']}") from error


def decoder(telemetry_map: TelemetryMap | None) -> Decode:
    """A function that reads every message: what the map covers, then Sparkplug B if it says so, then Plantroom's own."""
    if telemetry_map is None:
        return decode
    if not telemetry_map.sparkplug:
        return telemetry_map.decode
    sparkplug = SparkplugDecoder(telemetry_map.units).decode

    def unmapped(topic: str, payload: bytes, received_at: int) -> Decoded:
        read = sparkplug if topic.startswith(SPARKPLUG) else decode
        return read(topic, payload, received_at)

    return partial(telemetry_map.decode, others=unmapped)


def find(document: Any, path: str) -> Any:
    """The value at ``a.b.0.c`` (``.`` is the document itself), or None where there is no such member."""
    for step in filter(None, path.removeprefix("$").split(".")):
        if isinstance(document, dict):
            document = cast(dict[str, Any], document).get(step)
        elif isinstance(document, list) and step.isdecimal():
            document = next(iter(cast(list[Any], document)[int(step) :]), None)
        else:
            return None
    return document


def _decode(telemetry_map: TelemetryMap, spec: Topic, parts: dict[str, str], payload: bytes, now: int) -> Decoded:
    collector = Collector(_fill(spec.device, parts))
    try:
        for member in _members(spec, _document(spec, payload)):
            try:
                _collect(collector, telemetry_map, spec, parts, member, now)
            except InvalidInput as error:
                collector.problem(str(error))
    except InvalidInput as error:
        collector.problem(str(error))
    return collector.decoded()


def _collect(
    collector: Collector, telemetry_map: TelemetryMap, spec: Topic, parts: dict[str, str], member: Any, now: int
) -> None:
    ts = find(member, spec.time) if spec.time else None
    at = now if ts is None else moment(ts, telemetry_map.zone, spec.time_format)
    values = list(_values(spec, parts, member))
    collector.add_all(at, [(value.key, value.convert(raw)) for value, raw in values])
    device = _fill(spec.device, parts)
    telemetry_map.units.update({f"{device}/{value.key}": value.unit for value, _ in values if value.unit})


def _document(spec: Topic, payload: bytes) -> Any:
    if len(payload) > MAX_PAYLOAD:
        raise InvalidInput(f"The payload has {len(payload)} bytes; at most {MAX_PAYLOAD} are read.")
    try:
        return parse(payload)
    except InvalidInput:
        # A topic whose payload is the value itself may send a bare word: on, off, running.
        if spec.key is None or spec.value != "." or spec.each:
            raise
        return payload.decode("utf-8", "replace")


def _members(spec: Topic, document: Any) -> list[Any]:
    members = [document] if spec.each is None else find(document, spec.each)
    if not isinstance(members, list):
        raise InvalidInput(f"There is no list at “{spec.each}” in the payload.")
    return cast(list[Any], members)


def _values(spec: Topic, parts: dict[str, str], member: Any) -> Iterator[tuple[Value, Any]]:
    fields = cast(dict[str, Any], member) if isinstance(member, dict) else {}
    if spec.key is not None:
        key = _fill(spec.key, {name: str(field) for name, field in fields.items()} | parts)
        yield Value(key=key, scale=spec.scale, offset=spec.offset, unit=spec.unit), find(member, spec.value)
    elif isinstance(spec.values, dict):
        yield from ((value, find(member, path)) for path, value in spec.values.items())
    else:
        yield from ((Value(key=name), raw) for name, raw in fields.items() if name != spec.time and _is_scalar(raw))


def _is_scalar(raw: object) -> bool:
    return isinstance(raw, bool | int | float | str)


def _fill(template: str, parts: Mapping[str, str]) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] not in parts:
            raise InvalidInput(f"Neither the topic nor the payload has a part named “{match[1]}”.")
        return parts[match[1]]

    return _PART.sub(part, template)
