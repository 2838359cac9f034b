"""The vocabularies that RDF models are written in: whose classes are Brick's, which go with Brick, and which are another language.

A subject in a vocabulary's own namespace is a term, never a part of the plant. A class of a foreign vocabulary is never read by its
local name: a ``Damper`` of ASHRAE 223P stands between connection points and says nothing of what Brick's relations would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, URIRef
from rdflib.term import Node

Standing = Literal["read", "beside Brick", "foreign", "terms"]
"""``read``: its classes and predicates are. ``beside Brick``: so are its places, which Brick takes from it, and all of it in a model
that uses Brick's classes. ``foreign``: nothing is. ``terms``: words of general use that say nothing of a plant."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One vocabulary, by the beginnings of its addresses (a regular expression)."""

    name: str
    standing: Standing
    addresses: str


_VERSION = r"(?:\d+(?:\.\d+)*/)?"
SCHEMAS = (
    Schema("Brick", "read", rf"https?://(?:www\.)?brickschema\.org/(?:schema|extension)/{_VERSION}Brick\w*(?:/ref)?[#/]"),
    Schema("Brick", "read", r"https?://buildsys\.org/ontologies/Brick\w*[#/]"),
    Schema("Project Haystack", "read", r"https?://(?:www\.)?project-haystack\.org/(?:def|download|tag)/"),
    Schema("RealEstateCore", "beside Brick", r"https?://w3id\.org/rec[#/]|dtmi:org:w3id:rec:"),
    Schema("Building Topology Ontology", "beside Brick", r"https?://w3id\.org/bot[#/]"),
    Schema("SOSA/SSN", "beside Brick", r"https?://www\.w3\.org/ns/(?:sosa|ssn)/"),
    Schema("ASHRAE 223P", "foreign", r"https?://data\.ashrae\.org/standard223(?!/(?:[\d.]+/)?data/)|http://qudt\.org/223p"),
    Schema("SAREF", "foreign", r"https?://(?:saref\.etsi\.org|(?:www\.)?w3id\.org/(?:saref|def/saref\w*))[#/]"),
    Schema("Google Digital Buildings", "foreign", r"https?://(?:www\.)?google\.com/digitalbuildings/"),
    Schema(
        "ifcOWL", "foreign",
        r"https?://(?:standards\.buildingsmart\.org/IFC/|(?:www\.)?buildingsmart-tech\.org/|ifcowl\.openbimstandards\.org/)",
    ),
    Schema("Building Product Ontology", "foreign", r"https?://(?:www\.)?w3id\.org/bpo[#/]"),
    Schema("Flow Systems Ontology", "foreign", r"https?://(?:www\.)?w3id\.org/fso[#/]"),
    Schema("DogOnt", "foreign", r"https?://elite\.polito\.it/ontologies/dogont"),
    Schema("NGSI-LD and FIWARE", "foreign", r"https?://(?:uri\.etsi\.org/ngsi-ld|uri\.fiware\.org|smartdatamodels\.org)/"),
    Schema("Plantroom", "terms", r"urn:plantroom:(?:schema#|model)"),
    Schema("BACnet", "terms", r"https?://data\.ashrae\.org/bacnet/"),
    Schema("QUDT", "terms", r"https?://(?:www\.)?(?:qudt\.org|linkedmodel\.org)/"),
    Schema("W3C", "terms", r"https?://www\.w3\.org/"),
    Schema("Dublin Core", "terms", r"https?://purl\.org/dc/"),
    Schema("VCard, FOAF, Schema.org", "terms", r"https?://(?:xmlns\.com/foaf|schema\.org|creativecommons\.org/ns)"),
)  # fmt: skip
_KNOWN = [(re.compile(schema.addresses), schema) for schema in SCHEMAS]
_CLASSES_OF_TERMS = (
    OWL.Class, OWL.Ontology, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Restriction,
    RDFS.Class, RDFS.Datatype, RDF.Property, SH.NodeShape, SH.PropertyShape,
)  # fmt: skip


def schema_of(node: Node) -> Schema | None:
    """The vocabulary that an address belongs to; None for one of the model's own."""
    if not isinstance(node, URIRef):
        return None
    return next((schema for pattern, schema in _KNOWN if pattern.match(node)), None)


class Vocabulary:
    """Which words of one model are whose."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._own_classes = set(_own_classes(graph))
        self._schemas: dict[Node, Schema | None] = {}

    def is_term(self, node: Node) -> bool:
        """Whether an address is a word of some vocabulary, the model's own classes among them, and no part of a plant."""
        return schema_of(node) is not None or node in self._own_classes

    def schema(self, type_: Node) -> Schema | None:
        """The vocabulary that a class belongs to, for one of the model's own that of what it is a kind of."""
        if type_ not in self._schemas:
            self._schemas[type_] = next((found for node in self._above(type_) if (found := schema_of(node))), None)
        return self._schemas[type_]

    def speaks(self, type_: Node) -> bool:
        """Whether a class is one that is read: Brick's, the model's own, or one that goes with Brick."""
        schema = self.schema(type_)
        return schema is None or schema.standing in ("read", "beside Brick")

    def _above(self, type_: Node) -> Iterator[Node]:
        """The class itself, then what the model says it is a kind of, the nearest first."""
        seen, rank = {type_}, [type_]
        while rank:
            yield from (node for node in rank if not isinstance(node, BNode))
            rank = sorted({a for node in rank for a in self._graph.objects(node, RDFS.subClassOf)} - seen, key=str)
            seen.update(rank)


def _own_classes(graph: Graph) -> Iterator[Node]:
    """What the model itself makes a class or a property of."""
    yield from graph.subjects(RDFS.subClassOf)
    for kind in _CLASSES_OF_TERMS:
        yield from graph.subjects(RDF.type, kind)
    yield from set(graph.objects(None, RDF.type))


def foreign_predicate(predicate: Node) -> bool:
    """Whether a relation's word is of a vocabulary that is not read."""
    schema = schema_of(predicate)
    return schema is not None and schema.standing == "foreign"
