"""A map for what a broker passes on: presets where they fit, what devices announce of themselves, and a line for the rest. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import yaml

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import RECEIPTS, SPARKPLUG, TELEMETRY, parse
from ingestion.decoding.presets import preset_names
from ingestion.decoding.telemetry_map import TelemetryMap, with_presets
from ingestion.decoding.values import known_unit
from ingestion.pipeline.topic_report import Heard, line_of, proposed
from ingestion.reading import Reading

_CONFIG = re.compile(r"[^/]+(?:/[^/]+)+/config")
_PATH = re.compile(r"\{\{\s*value_json((?:\.\w+|\[['\"]?[^\]'\"]+['\"]?\])+)(?:\s*\|[^}]*)?\s*\}\}")
_STEP = re.compile(r"\.(\w+)|\[['\"]?([^\]'\"]+)['\"]?\]")
_SHORT = {"stat_t": "state_topic", "val_tpl": "value_template", "unit_of_meas": "unit_of_measurement", "uniq_id": "unique_id", "obj_id": "object_id", "dev": "device", "ids": "identifiers"}  # fmt: skip


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
    has_configs = any(_CONFIG.fullmatch(one.topic) and _config(one) for one in wanted)
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


# What devices announce, as Home Assistant discovers them


def _announced(heard: Sequence[Heard], known: TelemetryMap, now: int) -> Iterator[dict[str, Any]]:
    """A line for each topic that configurations name and no preset reads, with keys and units as they say."""
    read = {one.topic for one in heard if _is_read(known, one, now)}
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for one in heard:
        config = _config(one) if _CONFIG.fullmatch(one.topic) else None
        if config and config["state_topic"] not in read:
            by_topic.setdefault(config["state_topic"], []).append(config)
    for topic, configs in by_topic.items():
        yield from _of_configs(topic, configs)


def _config(one: Heard) -> dict[str, Any] | None:
    try:
        document = parse(one.payload)
    except InvalidInput:
        return None
    if not isinstance(document, dict):
        return None
    config = {_SHORT.get(name, name): value for name, value in cast(dict[str, Any], document).items()}
    base, topic = config.get("~"), config.get("state_topic")
    if not isinstance(topic, str):
        return None
    if isinstance(base, str):
        topic = base + topic[1:] if topic.startswith("~") else topic[:-1] + base if topic.endswith("~") else topic
    node = one.topic.split("/")
    return config | {
        "state_topic": topic,
        "node": node[-2],
        "key": str(config.get("object_id") or config.get("name") or node[-2]),
    }


def _of_configs(topic: str, configs: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    device = _device_name(configs[0], topic)
    values = {path: _value(config) for config in configs if (path := _path(config))}
    if values:
        yield {"topic": topic, "device": device, "values": values}
    elif config := next(iter(configs), None):
        unit = known_unit(str(config.get("unit_of_measurement") or ""))
        yield {"topic": topic, "device": device, "key": config["key"].replace(" ", "_")} | (
            {"unit": unit} if unit else {}
        )


def _path(config: Mapping[str, Any]) -> str | None:
    found = _PATH.fullmatch(str(config.get("value_template") or "").strip())
    return ".".join(step[1] or step[2] for step in _STEP.finditer(found[1])) if found else None


def _value(config: Mapping[str, Any]) -> dict[str, Any]:
    unit = known_unit(str(config.get("unit_of_measurement") or ""))
    return {"key": config["key"].replace(" ", "_")} | ({"unit": unit} if unit else {})


def _device_name(config: Mapping[str, Any], topic: str) -> str:
    described = config.get("device")
    name = cast(dict[str, Any], described).get("name") if isinstance(described, dict) else None
    return re.sub(r"[/{}]+", "-", str(name)) if name else topic.split("/")[-2] if "/" in topic else topic
