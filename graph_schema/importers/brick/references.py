"""What other systems know a point by: ids of time series, BACnet objects, MQTT topics, in the ways in which models have told them."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from rdflib import Graph, Literal
from rdflib.term import Node

from graph_schema.importers.brick.terms import REFERENCES, SOURCES, literals, local_name

_OBJECTS = ("object-identifier", "objectidentifier")
_DEVICES = ("objectof", "isobjectof", "hasbacnetdevice")
_INSTANCES = ("device-instance", "deviceinstance", "instance-number", "instancenumber", *_OBJECTS)
_TOPICS = ("topic", "mqtttopic", "hastopic", "hasmqtttopic")
_ABBREVIATED = {
    "ai": "analog-input", "ao": "analog-output", "av": "analog-value", "bi": "binary-input", "bo": "binary-output", "bv": "binary-value",
    "mi": "multi-state-input", "mo": "multi-state-output", "mv": "multi-state-value", "msi": "multi-state-input",
    "mso": "multi-state-output", "msv": "multi-state-value",
}  # fmt: skip
_OBJECT = re.compile(r"\(?\s*([A-Za-z][A-Za-z-]*?)\s*[,:.\s-]\s*(\d+)\s*\)?|([A-Za-z]+)(\d+)")
_URI = re.compile(r"bacnet://([^/]+)/([^/]+)(?:/.*)?", re.IGNORECASE)


def time_series(graph: Graph, node: Node) -> list[str]:
    """The ids of its time series, those that stand at the point itself first."""
    return list(dict.fromkeys(id_ for told in _told(graph, node) for key in SOURCES for id_ in told.get(key, [])))


def addresses(graph: Graph, node: Node) -> list[str]:
    """Everything that it can be reached under, the ids of time series first."""
    found = [*time_series(graph, node), *_bacnet(graph, node), *_topics(graph, node)]
    return list(dict.fromkeys(found))


def _topics(graph: Graph, node: Node) -> list[str]:
    return [topic for told in _told(graph, node) for key in _TOPICS for topic in told.get(key, [])]


def _references(graph: Graph, node: Node) -> list[Node]:
    """The point, and what refers to it in other systems."""
    found = [
        reference
        for predicate, reference in sorted(graph.predicate_objects(node), key=str)
        if local_name(predicate).lower() in REFERENCES and not isinstance(reference, Literal)
    ]
    return [node, *found]


def _told(graph: Graph, node: Node) -> list[dict[str, list[str]]]:
    return [literals(graph, one) for one in _references(graph, node)]


def _bacnet(graph: Graph, node: Node) -> Iterator[str]:
    """``<device instance>/<object type>,<instance>``; without a device the object alone."""
    for reference in _references(graph, node):
        told = literals(graph, reference)
        for uri in told.get("bacneturi", []):
            if found := _URI.fullmatch(unquote(uri)):
                device = re.sub(r"\D", "", found[1])
                yield f"{device}/{bacnet_object(found[2])}" if device else bacnet_object(found[2])
        for text in (text for key in _OBJECTS for text in told.get(key, [])):
            device = next(filter(None, (_device(graph, one) for one in _devices(graph, reference))), None)
            yield f"{device}/{bacnet_object(text)}" if device else bacnet_object(text)


def _devices(graph: Graph, reference: Node) -> Iterator[Node]:
    for predicate, device in sorted(graph.predicate_objects(reference), key=str):
        if local_name(predicate).lower() in _DEVICES and not isinstance(device, Literal):
            yield device


def _device(graph: Graph, device: Node) -> str:
    """Its instance number, else its name."""
    told: Mapping[str, list[str]] = literals(graph, device)
    texts = [text for key in _INSTANCES for text in told.get(key, [])]
    numbers = [number for text in texts if (number := re.sub(r"\D", "", text))]
    names = [name for key in ("object-name", "objectname", "label") for name in told.get(key, [])]
    return next(iter((*numbers, *names)), local_name(device)).replace("/", "-")


def bacnet_object(text: str) -> str:
    """``analogValue:7`` and ``AV7`` are ``analog-value,7``; what is no object is left as it is."""
    found = _OBJECT.fullmatch(text.strip())
    if found is None:
        return text
    type_, instance = (found[1], found[2]) if found[1] else (found[3], found[4])
    kebab = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type_).lower().strip("-")
    return f"{_ABBREVIATED.get(kebab, kebab).replace('multistate', 'multi-state')},{instance}"
