"""A map for what a broker passes on: presets where they fit, what devices announce of themselves, and a line for the rest. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from graph_schema.errors import InvalidInput
from ingestion.decoding.discovery import announced, lines_of
from ingestion.decoding.messages import RECEIPTS, SPARKPLUG, TELEMETRY
from ingestion.decoding.presets import preset_names
from ingestion.decoding.telemetry_map import TelemetryMap, with_presets
from ingestion.pipeline.topic_report import Heard, line_of, proposed
from ingestion.reading import Reading


@dataclass(frozen=True, slots=True)
class TopicMap:
    """``text`` is the map as YAML, ``readings`` what it reads of the messages, ``unread`` topics that hold no values."""

    text: str
    readings: Sequence[Reading]
    unread: Sequence[str]


def suggest_topics(heard: Sequence[Heard], now: int) -> TopicMap:
    """Raises ``InvalidInput`` where nothing has been heard that a map would be for."""
    wanted = [one for one in heard if not one.topic.startswith((TELEMETRY, RECEIPTS))]
    if not wanted:
        raise InvalidInput(
            "Nothing was heard that needs a map. Listen for longer with --for, or see whether devices publish."
        )
    spec: dict[str, Any] = {"presets": _presets(wanted, now)}
    spec["sparkplug"] = any(one.topic.startswith(SPARKPLUG) for one in wanted)
    topics = [*_announced(wanted, _map(spec), now)]
    has_configs = any(announced(one.topic, one.payload) for one in wanted)
    spec["ignore"] = ["homeassistant/{rest...}/config"] if has_configs else []
    for one in wanted:
        known = _map(spec | {"topics": topics})
        is_known = known.ignores(one.topic) or any(each.pattern.fullmatch(one.topic) for each in known.topics)
        if not is_known and (found := proposed(one.topic, one.payload, known.topics)):
            topics.append(yaml.safe_load(found)[0])
    spec["topics"] = topics
    return _judged(spec, wanted, now)


def _map(spec: Mapping[str, Any]) -> TelemetryMap:
    return with_presets(TelemetryMap.model_validate(spec))


def _judged(spec: Mapping[str, Any], heard: Sequence[Heard], now: int) -> TopicMap:
    telemetry_map = _map(spec)
    readings: list[Reading] = []
    unread: list[str] = []
    for one in heard:
        found = telemetry_map.decode(one.topic, one.payload, now).readings
        readings += found
        if not found and not telemetry_map.ignores(one.topic) and not one.topic.startswith(SPARKPLUG):
            unread.append(one.topic)
    return TopicMap(_written(spec, unread), readings, unread)


def _written(spec: Mapping[str, Any], unread: Sequence[str]) -> str:
    lines = [
        "# Proposed from what the broker passes on. A line reads every topic of its pattern; name the keys that your points have."
    ]
    lines += [f"presets: [{', '.join(spec['presets'])}]"] if spec["presets"] else []
    lines += ["sparkplug: true"] if spec["sparkplug"] else []
    lines += ["topics:", *(f"  {line_of(topic)}" for topic in spec["topics"])] if spec["topics"] else []
    lines += [f"ignore: {json.dumps(spec['ignore'])}"] if spec["ignore"] else []
    lines += [f"# not read: {topic}" for topic in unread]
    return "\n".join(lines) + "\n"


# Presets


def _presets(heard: Sequence[Heard], now: int) -> list[str]:
    """Those that read something, the one that reads most first, each for what those before it leave."""
    chosen: list[str] = []
    left = list(heard)
    while left:
        counts = {name: _fit(name, left, now) for name in preset_names() if name not in chosen}
        best = max(counts, key=lambda name: counts[name], default=None)
        if best is None or not counts[best]:
            break
        chosen.append(best)
        known = _map({"presets": [best]})
        left = [one for one in left if not _is_read(known, one, now) and not known.ignores(one.topic)]
    return chosen


def _fit(name: str, heard: Sequence[Heard], now: int) -> int:
    """How many topics it reads, if one of them has a pattern of its own: a lone ``{device}/online`` proves nothing."""
    known = _map({"presets": [name]})
    read = [one for one in heard if _is_read(known, one, now)]
    patterns = {spec.topic for spec in known.topics for one in read if spec.pattern.fullmatch(one.topic)}
    return len(read) if any(_is_telling(pattern) for pattern in patterns) else 0


def _is_telling(pattern: str) -> bool:
    fixed = [level for level in pattern.split("/") if "{" not in level]
    return len(fixed) >= 2 or not pattern.startswith("{")


def _is_read(telemetry_map: TelemetryMap, one: Heard, now: int) -> bool:
    return any(spec.pattern.fullmatch(one.topic) for spec in telemetry_map.topics) and bool(
        telemetry_map.decode(one.topic, one.payload, now).readings
    )


def _announced(heard: Sequence[Heard], known: TelemetryMap, now: int) -> Iterator[dict[str, Any]]:
    """A line for each topic that devices announce and no preset reads, with keys and units as they say."""
    read = {one.topic for one in heard if _is_read(known, one, now)}
    configs = [config for one in heard for config in announced(one.topic, one.payload)]
    yield from lines_of([config for config in configs if config.topic not in read])
