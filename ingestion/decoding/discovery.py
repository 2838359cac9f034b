"""What devices announce of themselves, as Home Assistant discovers them: topics, keys, units and templates of their values. Pure.

A configuration is one entity (``homeassistant/sensor/x/config``), or a device with its entities as ``components``
(``homeassistant/device/x/config``). Names may be abbreviated.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import parse
from ingestion.decoding.values import known_unit

_TOPIC = re.compile(r"[^/]+(?:/[^/]+)+/config")
_TEMPLATE = re.compile(
    r"\{\{\s*\(?\s*value_json(?P<path>(?:\.\w+|\[['\"]?[^\]'\"]+['\"]?\])+)\s*(?:\|\s*(?:float|int)(?:\([^)]*\))?\s*)?"
    r"(?:(?P<sign>[*/+-])\s*(?P<number>\d+(?:\.\d+)?)\s*)?\)?\s*(?:\|[^}]*)?\}\}"
)
_STEP = re.compile(r"\.(\w+)|\[['\"]?([^\]'\"]+)['\"]?\]")
_SHORT = {
    "stat_t": "state_topic", "val_tpl": "value_template", "unit_of_meas": "unit_of_measurement", "uniq_id": "unique_id", "obj_id": "object_id",
    "dev": "device", "ids": "identifiers", "cmps": "components", "p": "platform",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Announced:
    """One value: where it is published, under which path (None: the payload is the value), and what it is called."""

    topic: str
    device: str
    key: str
    path: str | None = None
    unit: str | None = None
    scale: float = 1.0
    offset: float = 0.0

    def value(self) -> dict[str, Any]:
        """As a map writes it."""
        more = {"unit": self.unit, "scale": self.scale if self.scale != 1.0 else None, "offset": self.offset or None}
        return {"key": self.key, **{name: one for name, one in more.items() if one is not None}}


def announced(topic: str, payload: bytes) -> list[Announced]:
    """The values that a configuration announces; none where it is something else, or of no value."""
    config = _document(payload) if _TOPIC.fullmatch(topic) else {}
    node = topic.split("/")[-2] if config else ""
    components = config.get("components")
    if not isinstance(components, dict):
        return list(_entity(config, config, node))
    named = cast(dict[str, Any], components)
    return [
        one
        for name, part in named.items()
        if isinstance(part, dict)
        for one in _entity(_long(cast(dict[str, Any], part)), config, name)
    ]


def lines_of(values: Sequence[Announced]) -> Iterator[dict[str, Any]]:
    """Topics of a map that read them: one for each topic that devices publish on."""
    by_topic: dict[str, list[Announced]] = {}
    for one in values:
        by_topic.setdefault(one.topic, []).append(one)
    for topic, together in by_topic.items():
        first = together[0]
        if paths := {one.path: one.value() for one in together if one.path}:
            yield {"topic": topic, "device": first.device, "values": paths}
        else:
            yield {"topic": topic, "device": first.device, **first.value()}


def _document(payload: bytes) -> dict[str, Any]:
    try:
        document = parse(payload)
    except InvalidInput:
        return {}
    return _long(cast(dict[str, Any], document)) if isinstance(document, dict) else {}


def _long(config: Mapping[str, Any]) -> dict[str, Any]:
    return {_SHORT.get(name, name): value for name, value in config.items()}


def _entity(config: Mapping[str, Any], around: Mapping[str, Any], node: str) -> Iterator[Announced]:
    """What a component does not say is said by the device around it; one that takes nothing of a shared topic has no value there."""
    shared = around.get("state_topic") if config.get("value_template") else None
    topic = config.get("state_topic") or shared
    base = config.get("~") or around.get("~")
    if not isinstance(topic, str):
        return
    if isinstance(base, str):
        topic = base + topic[1:] if topic.startswith("~") else topic[:-1] + base if topic.endswith("~") else topic
    key = str(config.get("object_id") or config.get("name") or node).replace(" ", "_")
    unit = known_unit(str(config.get("unit_of_measurement") or ""))
    path, scale, offset = _template(str(config.get("value_template") or ""))
    yield Announced(topic, _device(config.get("device") or around.get("device"), topic), key, path, unit, scale, offset)


def _template(text: str) -> tuple[str | None, float, float]:
    """Path, scale and offset of a template that takes one member of the payload, and at most multiplies, divides, adds or subtracts."""
    found = _TEMPLATE.fullmatch(text.strip())
    if found is None:
        return None, 1.0, 0.0
    path = ".".join(step[1] or step[2] for step in _STEP.finditer(found["path"]))
    number = float(found["number"] or 1)
    match found["sign"]:
        case "*":
            return path, number, 0.0
        case "/" if number:
            return path, 1 / number, 0.0
        case "+":
            return path, 1.0, number
        case "-":
            return path, 1.0, -number
        case _:
            return path, 1.0, 0.0


def _device(described: object, topic: str) -> str:
    name = cast(dict[str, Any], described).get("name") if isinstance(described, dict) else None
    return re.sub(r"[/{}]+", "-", str(name)) if name else topic.split("/")[-2] if "/" in topic else topic
