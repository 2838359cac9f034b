"""Brick 1.5 as package ``brickschema`` ships it, boiled down to what an ontology of classes needs.

Parsing the Turtle takes a second or more, so the extract is plain data that ``graph_schema.ontology.ontology`` keeps as JSON.
RealEstateCore's places, which Brick 1.4 adopted under the prefix ``rec``, become classes spelt Brick's way
(``ConferenceRoom`` is ``Conference_Room``).
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import as_file, files
from typing import TypedDict

from rdflib import RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

BRICK = Namespace("https://brickschema.org/schema/Brick#")
REC = Namespace("https://w3id.org/rec#")
_SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")

_VERSION = "1.5"
_EXTRACT = 1  # counts up when the form of the extract changes


class RawClass(TypedDict):
    label: str
    definition: str
    parents: list[str]


class BrickExtract(TypedDict):
    """``same`` pairs an alias with the name it stands for; ``replaced`` leads from a deprecated class to its successor."""

    classes: dict[str, RawClass]
    same: list[tuple[str, str]]
    replaced: dict[str, str]


def brick_version() -> str:
    """What a kept extract depends on."""
    return f"{_VERSION}-{version('brickschema')}-{_EXTRACT}"


def extract_brick() -> BrickExtract:
    graph = _parse()
    classes: dict[str, RawClass] = {}
    for node in _class_nodes(graph):
        parents = [name for parent in graph.objects(node, RDFS.subClassOf) if (name := _name(parent))]
        classes[_name(node) or ""] = RawClass(
            label=str(graph.value(node, RDFS.label) or "").strip(),
            definition=" ".join(str(graph.value(node, _SKOS.definition) or "").split()),
            parents=sorted(parents),
        )
    return BrickExtract(classes=classes, same=sorted(_aliases(graph)), replaced=dict(sorted(_replacements(graph))))


def _parse() -> Graph:
    resource = files("brickschema").joinpath(f"ontologies/{_VERSION}/Brick.ttl")
    with as_file(resource) as path:
        return Graph().parse(path, format="turtle")


def _class_nodes(graph: Graph) -> list[Node]:
    nodes = {node for node in graph.subjects(RDFS.subClassOf, None) if _name(node)}
    return sorted(nodes, key=str, reverse=True)  # RealEstateCore's first, so that Brick's own entry of a name wins


def _aliases(graph: Graph) -> Iterator[tuple[str, str]]:
    for alias, name in graph.subject_objects(BRICK.aliasOf):
        if (left := _name(alias)) and (right := _name(name)):
            yield left, right


def _replacements(graph: Graph) -> Iterator[tuple[str, str]]:
    """Within Brick alone: a place that gave way to RealEstateCore's keeps its Brick name here."""
    for old, new in graph.subject_objects(BRICK.isReplacedBy):
        left, right = _name(old), _name(new)
        if left and right and left != right and str(new).startswith(str(BRICK)):
            yield left, right


def _name(node: Node) -> str | None:
    if not isinstance(node, URIRef):
        return None
    text = str(node)
    if text.startswith(str(BRICK)):
        return text.removeprefix(str(BRICK))
    return snake_words(text.removeprefix(str(REC))) if text.startswith(str(REC)) else None


def snake_words(name: str) -> str:
    """``HVACZone`` is ``HVAC_Zone``; names with underscores stay as they are."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
