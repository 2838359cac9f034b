"""Things that a model describes without naming them (``[] a brick:AHU``), given addresses that are the same at every import."""

import hashlib
from collections import Counter

from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.terms import is_bookkeeping, statements

_DEPTH = 3  # how far a description reaches through further nameless nodes


def name_blank_nodes(graph: Graph, home: str) -> None:
    """Replace each nameless thing by an address made from what is said of it and from what refers to it.

    ``home`` tells those of one model from those of another. Equal descriptions get a number; they cannot be told apart anyhow. Blank nodes that hold a value, a restriction or a
    reference stay.
    """
    nameless = sorted(_nameless_things(graph), key=lambda node: _description(graph, node))
    whose = hashlib.sha256(home.encode()).hexdigest()[:8]
    met: Counter[str] = Counter()
    for node, digest in [(node, _digest(graph, node)) for node in nameless]:
        met[digest] += 1
        own = hashlib.sha256(f"{digest} {met[digest]}".encode()).hexdigest()[:32]
        _rename(graph, node, URIRef(f"urn:nameless:{whose}#{own}"))


def _nameless_things(graph: Graph) -> set[BNode]:
    typed = {
        node
        for node, type_ in graph.subject_objects(RDF.type)
        if isinstance(node, BNode) and isinstance(type_, URIRef) and not is_bookkeeping(type_)
    }
    points = {end for kind, _, end in statements(graph) if kind == "HAS_POINT" and isinstance(end, BNode)}
    return typed | points


def _digest(graph: Graph, node: BNode) -> str:
    return hashlib.sha256(_description(graph, node).encode()).hexdigest()


def _description(graph: Graph, node: Node, depth: int = _DEPTH) -> str:
    if not isinstance(node, BNode):
        return f"{type(node).__name__} {node}"
    if depth == 0:
        return "[]"
    told = [f"{predicate} {_description(graph, o, depth - 1)}" for predicate, o in graph.predicate_objects(node)]
    if depth == _DEPTH:
        told += [f"{s} {predicate} *" for s, predicate in graph.subject_predicates(node) if isinstance(s, URIRef)]
    return f"[{' ; '.join(sorted(told))}]"


def _rename(graph: Graph, old: BNode, new: URIRef) -> None:
    for subject, predicate, object_ in [*graph.triples((old, None, None)), *graph.triples((None, None, old))]:
        graph.remove((subject, predicate, object_))
        graph.add((new if subject == old else subject, predicate, new if object_ == old else object_))
