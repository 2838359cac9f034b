"""A map of telemetry that people already have: which parts of a topic, a payload or a CSV row are what.

The file is YAML; ``docs/engineers/telemetry.md`` describes it. A map says nothing about the plant itself except in its
optional ``plant`` section, which is an ordinary plant description for the importers.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta, timezone, tzinfo
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph_schema.errors import InvalidInput
from graph_schema.importers.yaml_text import read_yaml
from ingestion.decoding.line_protocol import parse_lines
from ingestion.decoding.messages import MAX_PAYLOAD, SPARKPLUG, Collector, Decode, Decoded, decode, moment, parse
from ingestion.decoding.paths import MISSING, find, leaves
from ingestion.decoding.presets import preset
from ingestion.decoding.values import DecimalSign, Number, known_unit, number_in, written
from ingestion.sources.sparkplug.decoder import SparkplugDecoder

_PART = re.compile(r"\{(\w+)(?:\.\.\.)?\}")
_TOPIC_PART = re.compile(r"\{(\w+)(\.\.\.)?\}")
_COLUMN = re.compile(r"\{([^{}]+)\}")
_UNIT_NAME = re.compile(r"(.*?)[_ -]?(?:unit_of_measurement|units?|uom)", re.IGNORECASE)


FILE, TITLE = "file", "title"
"""What a name can be made of beside columns."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(_Part):
    """What a value is called here: ``key``, and how its number is converted: ``number * scale + offset``, in ``unit``.

    ``status`` is the column of a file that says whether this value is good.
    """

    key: str
    scale: float = 1.0
    offset: float = 0.0
    unit: str | None = None
    status: str | None = None

    def convert(self, raw: Any, decimal: DecimalSign | None = None) -> Any:
        """A number, also of a text that is one; anything else as it is. An empty text is no value.

        A number with a unit stays a text, whose unit is that of this one value; what a word means depends on its point.
        """
        if isinstance(raw, str):
            raw = raw.strip() or None
            found = number_in(raw, decimal) if raw else None
            if isinstance(found, Number):
                raw = found.value if found.unit is None or not self._is_plain else written(found)
        if isinstance(raw, bool) or not isinstance(raw, int | float) or self._is_plain:
            return raw
        try:
            return raw * self.scale + self.offset
        except OverflowError:
            return math.inf

    @property
    def _is_plain(self) -> bool:
        return (self.scale, self.offset) == (1.0, 0.0)


def _pattern(topic: str) -> re.Pattern[str]:
    found, at = "", 0
    for part in _TOPIC_PART.finditer(topic):
        found += re.escape(topic[at : part.start()]) + f"(?P<{part[1]}>{'.+' if part[2] else '[^/]+'})"
        at = part.end()
    return re.compile(found + re.escape(topic[at:]))


def offset_in(text: str) -> tzinfo:
    """The zone of an offset such as ``-05:00``. Raises ``ValueError``."""
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text)
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        raise ValueError(f'{text!r} is no offset; write it as "-05:00"')
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-ahead if found[1] == "-" else ahead)


def _long_form(specs: Any) -> Any:
    if not isinstance(specs, dict):
        return specs
    specs = cast(dict[Any, Any], specs)
    return {str(name).strip(): {"key": spec} if isinstance(spec, str) else spec for name, spec in specs.items()}


class Topic(_Part):
    """One pattern of topics. ``{name}`` stands for one level and ``{name...}``, at the end, for one or more; ``device`` and ``key``
    may refer to them.

    Either ``values`` (path in the payload -> key) or ``key`` with ``value`` (path), once for the payload or once for
    each member of the list at ``each``; there ``{name}`` in ``key`` may also be a field of the member.

    With ``values: all``, values are looked for ``within`` a member of the payload; ``names`` renames paths, ``prefix`` stands before what has no name
    there, ``units`` are by the end of a path, and whatever has a part of ``leave_out`` in its path is left out. ``format: influx`` reads lines of
    InfluxDB's protocol.
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
    decimal: DecimalSign | None = None
    within: str | None = None
    prefix: str = ""
    names: dict[str, str] = {}
    units: dict[str, str] = {}
    leave_out: list[str] = []
    format: Literal["json", "influx"] = "json"

    @field_validator("values", mode="before")
    @classmethod
    def _short_form(cls, values: Any) -> Any:
        return _long_form(values)

    @model_validator(mode="after")
    def _one_form(self) -> "Topic":
        if (self.values is None) == (self.key is None):
            raise ValueError("a topic needs either values or key")
        levels = [level for level in self.topic.split("/")[:-1] if "..." in level]
        if levels or ("..." in self.topic and not _TOPIC_PART.fullmatch(self.topic.rpartition("/")[2])):
            raise ValueError("a part for several levels, as {name...}, must be the whole end of a topic")
        parts = _PART.findall(self.topic)
        self._know(self.device, parts)
        self._know(self.prefix, parts)
        if self.values != "all" and (self.within or self.prefix or self.names or self.units or self.leave_out):
            raise ValueError("within, prefix, names, units and leave_out belong to values: all")
        if self.key is not None and self.each is None and self.value == ".":
            self._know(self.key, parts)
        return self

    @staticmethod
    def _know(template: str, parts: list[str]) -> None:
        if unknown := set(_PART.findall(template)) - set(parts):
            has = f"it has {', '.join(map(repr, parts))}" if parts else "it has none"
            raise ValueError(f"the topic has no part named {unknown.pop()!r}; {has}")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.topic)

    @property
    def subscription(self) -> str:
        """The MQTT filter. Levels are matched as a whole, so ``ahu-{n}/t`` subscribes to ``+/t``."""
        levels = ["+" if _PART.search(level) else level for level in self.topic.split("/")]
        return "/".join([*levels[:-1], "#"] if "..." in self.topic else levels)

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it looks in a payload."""
        named = tuple(self.values) if isinstance(self.values, dict) else ()
        if self.key is not None and self.value != ".":
            named = (self.value,)
        return named + ((self.time,) if self.time else ())

    def device_of(self, topic: str) -> str | None:
        """The device whose readings a message on this topic holds; None where the pattern does not fit."""
        match = self.pattern.fullmatch(topic)
        return _device(self.device, match.groupdict()) if match else None


class Csv(_Part):
    """The columns of a recorded file; columns that are not listed are left out.

    ``{name}`` in ``device``, in a key and in a unit is the row's own value in the column of that name; ``{file}`` is the file's name without its
    suffix and ``{title}`` the end of the line above the header. The header is the first line that has all columns; with ``header: false``
    there is none, and columns are called 1, 2, 3. ``time`` is a column, or several that make one time. ``zones`` gives letters of a time
    (``%Z``) their offsets, ``utc_offset`` is that of times which state none, ``language`` that of its months. A value counts if the column ``status`` has one of the words of ``good``.
    ``encoding``, ``separator`` and, of a workbook, ``sheet`` are found where they are left out.
    """

    device: str
    time: str | list[str]
    time_format: str | None = None
    columns: dict[str, Value]
    decimal: DecimalSign | None = None
    zones: dict[str, str] = {}
    utc_offset: str | None = None
    language: str | None = None
    status: str | None = None
    good: list[str] = []
    header: bool = True
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None

    @property
    def times(self) -> list[str]:
        """The columns that make the time."""
        return [name.strip() for name in ([self.time] if isinstance(self.time, str) else self.time)]

    @property
    def parts(self) -> list[str]:
        """The columns that names and units are made of."""
        templates = (self.device, *(text for v in self.columns.values() for text in (v.key, v.unit or "")))
        found = [part.strip() for template in templates for part in _COLUMN.findall(template)]
        return [part for part in found if part not in (FILE, TITLE) or part in self.columns]

    @property
    def statuses(self) -> list[str]:
        """The columns that say whether values are good."""
        named = (self.status, *(value.status for value in self.columns.values()))
        return list(dict.fromkeys(name for name in named if name))

    @property
    def wanted(self) -> list[str]:
        """All columns that a file must have."""
        return list(dict.fromkeys([*self.times, *self.columns, *self.parts, *self.statuses]))

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, columns: Any) -> Any:
        return _long_form(columns)

    @field_validator("zones")
    @classmethod
    def _offsets(cls, zones: dict[str, str]) -> dict[str, str]:
        for text in zones.values():
            offset_in(text)
        return zones

    @field_validator("utc_offset")
    @classmethod
    def _offset(cls, text: str | None) -> str | None:
        if text is not None:
            offset_in(text)
        return text

    def zone(self, of_map: tzinfo) -> tzinfo:
        """Of times without an offset of their own."""
        return offset_in(self.utc_offset) if self.utc_offset else of_map

    @model_validator(mode="after")
    def _complete(self) -> "Csv":
        if not self.times:
            raise ValueError("time names no column")
        if bool(self.statuses) != bool(self.good):
            raise ValueError("status (a column) and good (its words for a good value) belong together")
        return self


class TelemetryMap(_Part):
    """The whole file. ``timezone`` is that of times without an offset, ``decimal`` the sign that begins decimals in texts;
    ``sparkplug`` adds all Sparkplug B edge nodes, ``presets`` the topics of well-known devices behind one's own. Messages on topics of ``ignore`` are no readings."""

    timezone: str = "UTC"
    decimal: DecimalSign | None = None
    sparkplug: bool = False
    presets: list[str] = []
    ignore: list[str] = []
    topics: list[Topic] = []
    csv: list[Csv] = []
    plant: dict[str, Any] | None = Field(default=None, description="in the format of a plant file")

    @field_validator("csv", mode="before")
    @classmethod
    def _several(cls, csv: Any) -> Any:
        """One description of files, or a list of them, of which the first that fits a file is its own."""
        if csv is None:
            return []
        return cast(list[Any], csv) if isinstance(csv, list) else [csv]

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
    def _ignored(self) -> list[re.Pattern[str]]:
        return [_pattern(topic) for topic in self.ignore]

    def ignores(self, topic: str) -> bool:
        """Whether the map says that there are no readings on a topic."""
        return any(pattern.fullmatch(topic) for pattern in self._ignored)

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit by source address, of the mapped values that have one and have been seen."""
        return {}

    def decode(self, topic: str, payload: bytes, received_at: int, others: Decode = decode) -> Decoded:
        """Read a message of a mapped topic; all others are left to ``others``."""
        if self._ignored and self.ignores(topic):
            return Decoded()
        for spec in self.topics:
            if match := spec.pattern.fullmatch(topic):
                return _decode(self, spec, match.groupdict(), payload, received_at)
        return others(topic, payload, received_at)


def load_map(path: Path) -> TelemetryMap:
    """Read a map file. Raises ``InvalidInput`` that says where it is wrong."""
    try:
        return with_presets(TelemetryMap.model_validate(read_yaml(path, path.read_text("utf-8")) or {}))
    except OSError as error:
        raise InvalidInput(f"The map {path} cannot be read: {error.strerror}.") from error
    except (InvalidInput, UnicodeDecodeError) as error:
        raise InvalidInput(f"The map {path} is not YAML that can be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"]) or "the file"
        raise InvalidInput(f"The map {path} is wrong at {where}: {first['msg']}") from error


def with_presets(telemetry_map: TelemetryMap) -> TelemetryMap:
    """The same map with the topics of its presets written out. Raises ``InvalidInput`` for one that there is not."""
    found = [preset(name) for name in telemetry_map.presets]
    topics = [*telemetry_map.topics, *(Topic.model_validate(spec) for one in found for spec in one["topics"])]
    ignored = [*telemetry_map.ignore, *(topic for one in found for topic in one.get("ignore", ()))]
    return telemetry_map.model_copy(update={"topics": topics, "ignore": ignored}) if found else telemetry_map


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


def _decode(telemetry_map: TelemetryMap, spec: Topic, parts: dict[str, str], payload: bytes, now: int) -> Decoded:
    device = _device(spec.device, parts)
    collector = Collector(device)
    met: set[str] = set()
    try:
        for member in _members(spec, _document(spec, payload)):
            try:
                _collect(collector, telemetry_map, spec, parts, device, member, now, met)
            except InvalidInput as error:
                collector.problem(str(error))
    except InvalidInput as error:
        collector.problem(str(error))
    decoded = collector.decoded()
    if decoded.problems:
        return decoded
    unmet = tuple(path for path in spec.paths if path not in met)
    silent = 0 if decoded.readings else len(met - {spec.time})
    return replace(decoded, unmet=unmet, silent=silent) if unmet or silent else decoded


def _collect(
    collector: Collector, telemetry_map: TelemetryMap, spec: Topic, parts: dict[str, str], device: str, member: Any,
    now: int, met: set[str],
) -> None:  # fmt: skip
    ts = _met(member, spec.time, met) if spec.time else None
    at = now if ts is None else moment(ts, telemetry_map.zone, spec.time_format, near=now)
    values = list(_values(spec, parts, member, met))
    decimal = spec.decimal or telemetry_map.decimal
    collector.add_all(at, [(value.key, value.convert(raw, decimal)) for value, raw in values])
    if stated := {value.key: value.unit for value, _ in values if value.unit}:
        telemetry_map.units.update({f"{device}/{key}": unit for key, unit in stated.items()})


def _document(spec: Topic, payload: bytes) -> Any:
    if len(payload) > MAX_PAYLOAD:
        raise InvalidInput(f"The payload has {len(payload)} bytes; at most {MAX_PAYLOAD} are read.")
    if spec.format == "influx":
        return parse_lines(payload)
    try:
        return parse(payload)
    except InvalidInput:
        # A topic whose payload is the value itself may send a bare word: on, off, running.
        if spec.key is None or spec.value != "." or spec.each:
            raise
        return payload.decode("utf-8", "replace")


def _members(spec: Topic, document: Any) -> list[Any]:
    if spec.each is None:
        return _objects(spec, document)
    members = find(document, spec.each)
    if not isinstance(members, list):
        raise InvalidInput(f"There is no list at “{spec.each}” in the payload.")
    return cast(list[Any], members)


def _objects(spec: Topic, document: Any) -> list[Any]:
    """A list of objects is as many messages in one, unless the map counts its members itself."""
    if not isinstance(document, list) or any(path[:1].isdecimal() for path in spec.paths if path not in (".", "$")):
        return [document]
    members = cast(list[Any], document)
    return members if members and all(isinstance(member, dict) for member in members) else [document]


def _met(member: Any, path: str, met: set[str]) -> Any:
    found = find(member, path)
    if found is MISSING:
        return None
    met.add(path)
    return found


def _values(spec: Topic, parts: dict[str, str], member: Any, met: set[str]) -> Iterator[tuple[Value, Any]]:
    if spec.key is not None:
        fields = cast(dict[str, Any], member) if isinstance(member, dict) else {}
        key = _fill(spec.key, {name: str(field) for name, field in fields.items()} | parts)
        yield Value(key=key, scale=spec.scale, offset=spec.offset, unit=spec.unit), _met(member, spec.value, met)
    elif isinstance(spec.values, dict):
        yield from ((value, _met(member, path, met)) for path, value in spec.values.items())
    else:
        inside = find(member, spec.within) if spec.within else member
        prefix = _fill(spec.prefix, parts)
        for path, unit, raw in _everything(spec, {} if inside is MISSING else inside, met):
            yield Value(key=spec.names.get(path) or prefix + path, unit=unit or _unit_of(spec, path)), raw


def _everything(spec: Topic, member: Any, met: set[str]) -> Iterator[tuple[str, str | None, Any]]:
    """Each number, boolean and text by its path with its unit, except the time, and what names the unit of others."""
    found: list[tuple[str, Any]] = []
    left_out = set(spec.leave_out)
    before = f"{spec.within}." if spec.within else ""
    for path, raw in leaves(member):
        if raw is None:
            met.add(path)
        elif before + path != spec.time and not (left_out and left_out.intersection(path.split("."))):
            found.append((path, raw))
    stated = [(unit, path) for path, raw in found if isinstance(raw, str) and (unit := _unit_named(path, raw))]
    naming = {path for _, path in stated}
    for path, raw in found:
        if path not in naming:
            unit = next((unit for unit, name in stated if _names(name, path)), None) if _is_number(raw) else None
            yield path, unit, raw


def _unit_of(spec: Topic, path: str) -> str | None:
    """The unit that the map states for the longest end of a path."""
    if not spec.units or path in spec.units:
        return spec.units.get(path)
    steps = path.split(".")
    return next((unit for n in range(1, len(steps)) if (unit := spec.units.get(".".join(steps[n:])))), None)


def _unit_named(path: str, text: str) -> str | None:
    """``TempUnit: C`` is no value, but the unit of temperatures beside it and below."""
    return known_unit(text) if _UNIT_NAME.fullmatch(path.rpartition(".")[2]) else None


def _names(naming: str, path: str) -> bool:
    above, _, name = naming.rpartition(".")
    match = _UNIT_NAME.fullmatch(name)
    what = match[1].lower() if match else ""
    if above and not path.startswith(f"{above}."):
        return False
    own = path.rpartition(".")
    return what in own[2].lower() if what else own[0] == above


def _is_number(raw: object) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool)


def _device(template: str, parts: Mapping[str, str]) -> str:
    """A device's name holds no slash: several levels of a topic are joined by colons, as those of Sparkplug are."""
    return _fill(template, parts).replace("/", ":")


def _fill(template: str, parts: Mapping[str, str]) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] not in parts:
            raise InvalidInput(f"Neither the topic nor the payload has a part named “{match[1]}”.")
        return parts[match[1]]

    return _PART.sub(part, template)


def filled(template: str, row: Mapping[str, str]) -> str:
    """A name made of a row's columns."""
    return _COLUMN.sub(lambda match: row[match[1].strip()].strip(), template)
