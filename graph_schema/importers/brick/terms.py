"""The terms of Brick models of all ages, and how to read statements made with them.

Predicates count by their local names without case, so that every version's namespace, BrickFrame's, RealEstateCore's and the
Building Topology Ontology's lead to the same thing.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from rdflib import Graph, Literal
from rdflib.term import Node

from graph_schema.importers.brick.schemas import foreign_predicate, schema_of
from graph_schema.importers.names import plain_text
from graph_schema.model import RelationKind

# The relation and whether the subject is its end.
RELATIONS: Mapping[str, tuple[RelationKind, bool]] = {
    "feeds": ("FEEDS", False), "feedsair": ("FEEDS", False), "serves": ("FEEDS", False), "supplies": ("FEEDS", False),
    "isfedby": ("FEEDS", True), "isservedby": ("FEEDS", True), "issuppliedby": ("FEEDS", True),
    "meters": ("FEEDS", False), "ismeteredby": ("FEEDS", True), "hassubmeter": ("FEEDS", False), "issubmeterof": ("FEEDS", True),
    "haspart": ("HAS_PART", False), "includes": ("HAS_PART", False), "hassubasset": ("HAS_PART", False),
    "hassubelement": ("HAS_PART", False), "ispartof": ("HAS_PART", True), "isincludedin": ("HAS_PART", True),
    "haslocation": ("LOCATED_IN", False), "locatedin": ("LOCATED_IN", False), "islocatedin": ("LOCATED_IN", False),
    "islocationof": ("LOCATED_IN", True), "contains": ("LOCATED_IN", True), "containselement": ("LOCATED_IN", True),
    "containsasset": ("LOCATED_IN", True), "containszone": ("LOCATED_IN", True), "haselement": ("LOCATED_IN", True),
    "hasspace": ("LOCATED_IN", True), "hasstorey": ("LOCATED_IN", True), "hasbuilding": ("LOCATED_IN", True),
    "haspoint": ("HAS_POINT", False), "ispointof": ("HAS_POINT", True),
    "hosts": ("HAS_POINT", False), "ishostedby": ("HAS_POINT", True),
}  # fmt: skip
NAMES = ("label", "preflabel", "name", "displayname", "title", "hasname", "object-name", "objectname")
OTHER_NAMES = ("altlabel", "alias", "alternatename")
DESCRIPTIONS = ("definition", "comment", "description")
SOURCES = ("hastimeseriesid", "timeseriesid", "timeseries_id", "stream_id", "streamid", "timeseries", "uuid")
REFERENCES = ("hasexternalreference", "timeseries", "hastimeseriesreference")
LEVELS = ("levelnumber", "haslevelnumber", "floornumber")
UNITS = ("hasunit", "unit")
UNDERSTOOD = frozenset(
    (*RELATIONS, *NAMES, *OTHER_NAMES, *DESCRIPTIONS, *SOURCES, *REFERENCES, *LEVELS, *UNITS, "hastag", "type", "value")
)

_REFERENCE_NAMESPACE = "https://brickschema.org/schema/Brick/ref#"
_BOOKKEEPING = frozenset({"database", "timeseriesreference", "externalreference", "bacnetreference", "ifcreference"})


def local_name(node: Node) -> str:
    """What follows the last # or / of an address."""
    return re.split(r"[#/]", str(node).rstrip("#/"))[-1]


def namespace(node: Node) -> str:
    """What stands before the local name."""
    return str(node)[: len(str(node)) - len(local_name(node))]


def is_bookkeeping(type_: Node) -> bool:
    """Whether a type says nothing about the building: words of general use, references into other systems."""
    schema = schema_of(type_)
    general = schema is not None and schema.standing == "terms"
    return general or str(type_).startswith(_REFERENCE_NAMESPACE) or local_name(type_).lower() in _BOOKKEEPING


def statements(graph: Graph) -> Iterator[tuple[RelationKind, Node, Node]]:
    """Every statement that is a relation, turned forward, in a fixed order."""
    for predicate in sorted(set(graph.predicates()), key=str):
        relation = RELATIONS.get(local_name(predicate).lower())
        if relation and not foreign_predicate(predicate):
            kind, turned = relation
            for subject, object_ in sorted(graph.subject_objects(predicate), key=str):
                yield (kind, object_, subject) if turned else (kind, subject, object_)


def literals(graph: Graph, node: Node) -> dict[str, list[str]]:
    """The node's literal values by the local name of their predicate, English ones first."""
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for predicate, value in graph.predicate_objects(node):
        if isinstance(value, Literal) and (text := plain_text(str(value))):
            found[local_name(predicate).lower()].append((not (value.language or "en").startswith("en"), text))
    return {key: [text for _, text in sorted(values)] for key, values in found.items()}
