"""What arrives, what is read, what is not and why, with a line for the map where something is missing. Pure."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from graph_schema.errors import InvalidInput
from ingestion.decoding.discovery import Announced, announced, lines_of
from ingestion.decoding.messages import RECEIPTS, SPARKPLUG, TELEMETRY, moment, parse
from ingestion.decoding.paths import MISSING, find, leaves
from ingestion.decoding.telemetry_map import TelemetryMap, Topic
from ingestion.pipeline.topic_use import TopicUse, digest

State = Literal["read", "in part", "nothing", "not read", "no message"]
"""How the messages of a pattern fare, from all that is needed down to a pattern that no message fits."""

_MAX_NAMED = 8
_EXAMPLE = 160
_TIME_NAMES = frozenset(("t", "ts", "time", "timestamp", "datetime", "date_time", "at", "received_at", "time_stamp"))
_GENERAL = frozenset(
    ("state", "status", "sensor", "telemetry", "data", "up", "uplink", "values", "value", "info", "event", "events", "json", "rx", "measurements", "payload")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """A topic that is published, and its newest message."""

    topic: str
    payload: bytes
    messages: int = 1


@dataclass(frozen=True, slots=True)
class TopicLine:
    """Counted ``since`` (ISO 8601). ``advice`` is a line for the map. ``unused`` are members of the example that the map leaves out."""

    pattern: str
    state: State
    messages: int = 0
    readings: int = 0
    why: str | None = None
    example: str | None = None
    advice: str | None = None
    unused: Sequence[str] = ()
    since: str | None = None


def topic_report(
    telemetry_map: TelemetryMap | None, uses: Iterable[TopicUse], heard: Iterable[Heard] = ()
) -> list[TopicLine]:
    """A line for each pattern of the map, for each other topic that arrives, and for each that is only heard or announced."""
    heard = list(heard)
    unread = [one for one in _announced(heard) if _is_for(telemetry_map, one.topic)]
    specs = telemetry_map.topics if telemetry_map else []
    sparkplug = telemetry_map is not None and telemetry_map.sparkplug
    own = {spec.topic for spec in specs}
    known = {use.pattern: use for use in uses if use.pattern in own or not _is_ignored(telemetry_map, use.topic)}
    heard = [
        one for one in heard if not _is_ignored(telemetry_map, one.topic) and not announced(one.topic, one.payload)
    ]
    lines = [_of_spec(spec, known.get(spec.topic)) for spec in specs]
    others = [use for pattern, use in known.items() if pattern not in own and _fitting(specs, use.topic) is None]
    lines += [_of_other(use) for use in others if _is_read(use.pattern, sparkplug)]
    strangers = {
        use.topic: Heard(use.topic, use.payload, use.messages) for use in others if not _is_read(use.topic, sparkplug)
    }
    strangers |= {
        one.topic: one for one in heard if not _is_read(one.topic, sparkplug) and _fitting(specs, one.topic) is None
    }
    told = _announcements(unread, strangers)
    return lines + told + _strangers(specs, list(strangers.values()))


def _announced(heard: Iterable[Heard]) -> list[Announced]:
    return [value for one in heard for value in announced(one.topic, one.payload)]


def _is_for(telemetry_map: TelemetryMap | None, topic: str) -> bool:
    """Whether a map lacks a topic that it does not ignore."""
    return telemetry_map is None or (not telemetry_map.ignores(topic) and _fitting(telemetry_map.topics, topic) is None)


def _announcements(values: Sequence[Announced], strangers: dict[str, Heard]) -> list[TopicLine]:
    """What devices announce of topics that nothing reads; these are strangers no longer."""
    found: list[TopicLine] = []
    for line in lines_of(values):
        one = strangers.pop(line["topic"], None)
        names = _named(
            [
                f"{value.key} ({value.unit})" if value.unit else value.key
                for value in values
                if value.topic == line["topic"]
            ]
        )
        found.append(
            TopicLine(
                line["topic"], "not read", one.messages if one else 0, why=f"{line['device']} announces {names}; no topic of the map fits.",
                example=f"{one.topic} {_shown(one.payload)}" if one else None, advice=line_of(line),
            )
        )  # fmt: skip
    return found


def _is_ignored(telemetry_map: TelemetryMap | None, topic: str) -> bool:
    return telemetry_map is not None and telemetry_map.ignores(topic)


def _is_read(topic: str, sparkplug: bool) -> bool:
    return topic.startswith((TELEMETRY, RECEIPTS)) or (sparkplug and topic.startswith(SPARKPLUG))


def _fitting(specs: Sequence[Topic], topic: str) -> Topic | None:
    return next((spec for spec in specs if spec.pattern.fullmatch(topic)), None)


def _of_spec(spec: Topic, use: TopicUse | None) -> TopicLine:
    if use is None or use.spec != digest(spec):
        return TopicLine(spec.topic, "no message", why="No message has come that it fits.")
    never = [path for path in spec.paths if use.missed.get(path, 0) >= use.messages and not _is_spare(spec, path)]
    idle = use.idle_payload if use.idle and use.idle_payload is not None else None
    example = (use.idle_topic or use.topic, idle) if idle is not None else (use.topic, use.payload)
    members = _members(spec, example[1])
    unused, since = _unused(spec, use.payload), use.first_at.isoformat(timespec="seconds")
    shown = f"{example[0]} {_shown(example[1])}"
    if idle is None and not never:
        return TopicLine(spec.topic, "read", use.messages, use.readings, unused=unused, since=since)
    state: State = "nothing" if use.idle >= use.messages else "in part"
    why = _why(spec, use, never, members)
    return TopicLine(
        spec.topic,
        state,
        use.messages,
        use.readings,
        why,
        shown,
        _corrected(spec, never or spec.paths, members),
        unused,
        since,
    )


def _is_spare(spec: Topic, path: str) -> bool:
    """A time that a map with everything looks for: without it, it is that of reception."""
    return spec.values == "all" and path == spec.time


def _why(spec: Topic, use: TopicUse, never: Sequence[str], members: Sequence[str]) -> str:
    has = f" It has {_named(members)}." if members else ""
    if never:
        is_are = "is" if len(never) == 1 else "are"
        told = f"{_named(never)} {is_are} in none of its messages.{has}"
        return f"Nothing is taken from {use.idle:,} of {use.messages:,} messages: {told}" if use.idle else told
    return f"Nothing is taken from {use.idle:,} of {use.messages:,} messages: {_named(spec.paths) or 'no value'} is not in them.{has}"


def _of_other(use: TopicUse) -> TopicLine:
    return TopicLine(use.pattern, "read", use.messages, use.readings, since=use.first_at.isoformat(timespec="seconds"))


def _strangers(specs: Sequence[Topic], heard: Sequence[Heard]) -> list[TopicLine]:
    """Topics that nothing fits, those together that one line of a map would read."""
    by_line: dict[str, list[Heard]] = {}
    for one in sorted(heard, key=lambda one: one.topic):
        by_line.setdefault(proposed(one.topic, one.payload, specs) or "", []).append(one)
    lines: list[TopicLine] = []
    for advice, alike in by_line.items():
        first = alike[0]
        more = f" (and {len(alike) - 1:,} more topics)" if len(alike) > 1 else ""
        why = (
            "No topic of the map fits."
            if advice
            else "No topic of the map fits, and its payload is neither JSON nor a value."
        )
        lines.append(
            TopicLine(
                f"{first.topic}{more}", "not read", sum(one.messages for one in alike), why=why,
                example=f"{first.topic} {_shown(first.payload)}", advice=advice or None,
            )
        )  # fmt: skip
    return lines


# What a map could say


def proposed(topic: str, payload: bytes, specs: Sequence[Topic] = ()) -> str | None:
    """A line of a map that reads such a message; None for a payload that holds no values."""
    document = _document(payload)
    levels = topic.split("/")
    if not isinstance(document, dict | list):
        return _of_value(levels, document)
    if not _first_object(document):
        return None
    fields = _first_object(document)
    time = next((path for path, raw in leaves(fields) if _is_time(path, raw)), None)
    extra = {"time": time} if time else {}
    for spec in specs:
        if deeper := _deeper(spec.topic, topic):
            return line_of({"topic": deeper, "device": spec.device} | extra | {"values": "all"})
    place = _device_level(levels)
    pattern = "/".join([*levels[:place], "{device}", *levels[place + 1 :]])
    return line_of({"topic": pattern, "device": "{device}"} | extra | {"values": "all"})


def _of_value(levels: Sequence[str], document: Any) -> str | None:
    if document is None or (isinstance(document, str) and not document.isprintable()):
        return None
    if len(levels) < 2:
        return line_of({"topic": levels[0], "device": levels[0], "key": "value"})
    return line_of({"topic": "/".join([*levels[:-2], "{device}", "{key}"]), "device": "{device}", "key": "{key}"})


def _deeper(pattern: str, topic: str) -> str | None:
    """A pattern that ends in one level for a name, spread over several."""
    above, _, last = pattern.rpartition("/")
    name = re.fullmatch(r"\{(\w+)\}", last)
    if name is None or not above or "{" in above:
        return None
    return f"{above}/{{{name[1]}...}}" if topic.startswith(f"{above}/") else None


def _device_level(levels: Sequence[str]) -> int:
    """The last level that is a name and not a general word."""
    named = [place for place, level in enumerate(levels) if level.lower() not in _GENERAL]
    return named[-1] if named else len(levels) - 1


def _is_time(path: str, raw: Any) -> bool:
    if path.rpartition(".")[2].lower() not in _TIME_NAMES:
        return False
    try:
        moment(raw)
    except InvalidInput:
        return False
    return True


def _corrected(spec: Topic, never: Sequence[str], members: Sequence[str]) -> str | None:
    """The same line with paths that are there, where one is close to what the map looks for."""
    if not isinstance(spec.values, dict):
        return None
    by_name = {member.lower(): member for member in members}
    wanted: dict[str, str] = {}
    for path, value in spec.values.items():
        close = difflib.get_close_matches(path.lower(), by_name, 1, 0.6) or [
            m for m in by_name if m.rpartition(".")[2] == path.lower()
        ]
        wanted[by_name[close[0]] if path in never and close else path] = value.key
    if list(wanted) == list(spec.values):
        return None
    time = {"time": spec.time} if spec.time else {}
    return line_of({"topic": spec.topic, "device": spec.device} | time | {"values": wanted})


def line_of(spec: Mapping[str, Any]) -> str:
    """In YAML's short form, as people write it."""
    return f"- {{{', '.join(f'{name}: {_scalar(value)}' for name, value in spec.items())}}}"


def _scalar(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, Any], value).items()
        return f"{{{', '.join(f'{_scalar(name)}: {_scalar(inner)}' for name, inner in pairs)}}}"
    return (
        value
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w.]*", value) and value not in ("true", "false", "null")
        else json.dumps(value, ensure_ascii=False)
    )


# What a payload holds


def _document(payload: bytes) -> Any:
    try:
        return parse(payload)
    except InvalidInput:
        try:
            return payload.decode()
        except UnicodeDecodeError:
            return None


def _first_object(document: Any) -> dict[str, Any]:
    members = cast(list[Any], document) if isinstance(document, list) else [document]
    return next((cast(dict[str, Any], one) for one in members if isinstance(one, dict)), dict[str, Any]())


def _members(spec: Topic, payload: bytes) -> list[str]:
    document = _document(payload)
    if spec.each:
        document = find(document, spec.each)
    return [path for path, _ in leaves(_first_object(None if document is MISSING else document))]


def _unused(spec: Topic, payload: bytes) -> list[str]:
    """Members that a map with paths leaves out; one that takes everything leaves nothing."""
    if not isinstance(spec.values, dict):
        return []
    used = set(spec.paths)
    fields = _first_object(_document(payload))
    return [path for path, raw in leaves(fields) if path not in used and raw is not None]


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MAX_NAMED} more" if len(paths) > _MAX_NAMED else ""
    return ", ".join(paths[:_MAX_NAMED]) + more


def _shown(payload: bytes) -> str:
    text = payload.decode("utf-8", "backslashreplace")
    return text if len(text) <= _EXAMPLE else f"{text[:_EXAMPLE]}…"
