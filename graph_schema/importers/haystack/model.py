"""A Haystack site as a Brick model: records become entities of Brick's classes, refs its relations.

Names, ids and findings are then those of any Brick model. What Brick has no word for stays with the entity, as tags.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import available_timezones

from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef

from graph_schema.errors import InvalidInput
from graph_schema.importers.brick.references import bacnet_object
from graph_schema.importers.brick.translated import Translated, plant_of
from graph_schema.importers.findings import Account
from graph_schema.importers.haystack import json_grid
from graph_schema.importers.haystack.classes import Sort, class_of, sort_of, unknown_tags
from graph_schema.importers.haystack.csv_grid import read_csv
from graph_schema.importers.haystack.flows import Flow, flow_of
from graph_schema.importers.haystack.names import called
from graph_schema.importers.haystack.trio import read_trio
from graph_schema.importers.haystack.turtle import is_haystack
from graph_schema.importers.haystack.turtle import records as turtle_records
from graph_schema.importers.haystack.values import Mark, Quantity, Record, Ref, markers, refs, text, written
from graph_schema.importers.haystack.zinc import read_zinc
from graph_schema.importers.rdf import HAYSTACK_IDS
from graph_schema.importers.units import unit_symbol
from graph_schema.model import Plant, Property
from graph_schema.ontology.ontology import Ontology

__all__ = ["is_haystack", "read_grid", "read_json", "read_table", "read_turtle"]

BRICK = Namespace("https://brickschema.org/schema/Brick#")
_STRUCTURE = frozenset({"siteRef", "equipRef", "spaceRef", "floorRef", "bldgRef", "roomRef", "zoneRef", "id"})
_SPOKEN = frozenset({
    *_STRUCTURE, "dis", "navName", "disMacro", "unit", "kind", "tz", "area", "floorNum", "geoCoord", "minVal", "maxVal", "doc", "hisStatus", "curStatus",
    "mod", "curVal", "curErr", "hisErr", "writeVal", "writeLevel", "actions", "bacnetCur", "bacnetDeviceId", "hisSize", "hisStart", "hisEnd", "hisStartVal", "hisEndVal",
    "connErr", "connStatus", "icon", "rules",
})  # fmt: skip
"""Tags that are understood, or that say how a connection fares and nothing of the plant."""
_MOST_TAGS = 60
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class _Thing:
    """A record that is a part of the plant."""

    iri: str
    record: Record
    sort: Sort
    class_: str


def read_grid(path: Path, ontology: Ontology) -> Plant:
    """Read a site in Zinc or Trio. Raises ``InvalidInput`` with the line that cannot be read."""
    name, read = ("Trio", read_trio) if path.suffix.lower() == ".trio" else ("Zinc", read_zinc)
    try:
        records = read(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as {name} in UTF-8: {error}") from error
    except InvalidInput as error:
        raise InvalidInput(f"{path} is no {name}: {error}.") from error
    return _plant(path, _addressed(records), ontology)


def read_table(path: Path, ontology: Ontology) -> Plant | None:
    """The site of a grid in CSV; None where it is another table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            records = read_csv(lines)
    except (OSError, UnicodeDecodeError, csv.Error):  # as another table, it is told what is wrong with it
        return None
    return None if records is None else _plant(path, _addressed(records), ontology)


def read_json(path: Path, document: object, ontology: Ontology) -> Plant | None:
    """The site of a JSON document of Haystack's, in either of its forms; None where it is another document."""
    records = json_grid.records(document)
    return None if records is None else _plant(path, _addressed(records), ontology)


def read_turtle(path: Path, graph: Graph, ontology: Ontology) -> Plant:
    return _plant(path, turtle_records(graph), ontology)


def _addressed(records: Sequence[Record]) -> list[tuple[str, Record]]:
    """Records by the address that their id makes; one without an id, which nothing can refer to, is left out."""
    return [(f"{HAYSTACK_IDS}{id_.id}", _absolute(one)) for one in records if isinstance(id_ := one.get("id"), Ref)]


def _absolute(record: Record) -> Record:
    return {
        name: Ref(f"{HAYSTACK_IDS}{value.id}", value.dis) if isinstance(value, Ref) else value
        for name, value in record.items()
    }


def _of_their_sites(records: Sequence[tuple[str, Record]]) -> dict[str, Record]:
    """Ids such as ``ahu-1`` are those of one site: its id is a part of their address, so that another site's are others."""
    sites = [iri for iri, record in records if "site" in markers(record)]
    only = sites[0] if len(sites) == 1 else None
    scoped = {iri: _within(iri, record, only) for iri, record in records if iri.startswith(HAYSTACK_IDS)}
    return {
        scoped.get(iri, iri): {
            name: replace(value, id=scoped.get(value.id, value.id)) if isinstance(value, Ref) else value
            for name, value in record.items()
        }
        for iri, record in records
    }


def _within(iri: str, record: Record, only: str | None) -> str:
    stated = record.get("siteRef")
    site = iri if "site" in markers(record) else stated.id if isinstance(stated, Ref) else only
    return f"urn:haystack:{_local(site)}#{_local(iri)}" if site else iri


def _local(iri: str) -> str:
    return iri.rstrip("#/").replace("#", "/").split("/")[-1]


def _plant(path: Path, records: Sequence[tuple[str, Record]], ontology: Ontology) -> Plant:
    account = Account()
    by_iri = _of_their_sites(records)
    things = [thing for iri, record in by_iri.items() if (thing := _thing(iri, record, ontology, account))]
    if not things:
        raise InvalidInput(f"{path} holds no site, equipment, space or point of Project Haystack.")
    known = {thing.iri: thing for thing in things}
    brick = Graph()
    for thing in things:
        _describe(brick, thing, by_iri)
    flows = [flow for thing in things for flow in _relate(brick, thing, known, account)]
    _tell_tags(things, account, ontology)
    extras = {thing.iri: _extras(thing) for thing in things}
    addresses = {thing.iri: _addresses(thing, by_iri) for thing in things if thing.sort == "point"}
    media = {(flow.start, flow.end): flow.medium for flow in flows if flow.medium}
    return plant_of(path, Translated(brick, account, extras, addresses, media), ontology)


def _thing(iri: str, record: Record, ontology: Ontology, account: Account) -> _Thing | None:
    tags = markers(record)
    sort = sort_of(tags, ontology)
    if sort is None:
        if tags or len(record) > 1:
            kind = ", ".join(sorted(tags)[:3]) or "no tags"
            account.skipped(
                _shown(iri, record), f"A record with {kind} is no site, space, equipment or point; it is left out."
            )
        return None
    class_ = class_of(sort, tags, text(record, "kind"), text(record, "unit"), ontology)
    return _Thing(iri, record, sort, class_)


def _shown(iri: str, record: Record) -> str:
    return text(record, "dis") or _local(iri)


def _describe(brick: Graph, thing: _Thing, records: Mapping[str, Record]) -> None:
    node, record = URIRef(thing.iri), thing.record
    brick.add((node, RDF.type, BRICK[thing.class_]))
    name, others = called(record, records)
    if name:
        brick.add((node, RDFS.label, Literal(name)))
    for other in others:
        brick.add((node, BRICK.alias, Literal(other)))
    if about := text(record, "doc"):
        brick.add((node, RDFS.comment, Literal(about)))
    if thing.sort == "point" and (unit := text(record, "unit")):
        brick.add((node, BRICK.hasUnit, Literal(unit_symbol(unit))))
    if isinstance(level := record.get("floorNum"), Quantity):
        brick.add((node, BRICK.levelNumber, Literal(f"{level.number:g}")))


def _relate(brick: Graph, thing: _Thing, known: Mapping[str, _Thing], account: Account) -> Iterable[Flow]:
    for name, ref in refs(thing.record):
        other = known.get(ref.id)
        if name in _STRUCTURE:
            if other is None:
                account.skipped(
                    _shown(thing.iri, thing.record), f"Its {name} leads to a record that is not in the file."
                )
        elif flow := flow_of(name, thing.iri, thing.sort, ref.id if other and other.sort != "point" else None):
            brick.add((URIRef(flow.start), BRICK.feeds, URIRef(flow.end)))
            yield flow
    if inside := _around(thing, known):
        predicate, where = inside
        brick.add((URIRef(thing.iri), BRICK[predicate], URIRef(where)))
    place = _place(thing, known) if thing.sort == "equip" and _first(thing, known, "equipRef") else None
    if place and known[place].sort == "space":
        brick.add((URIRef(thing.iri), BRICK.hasLocation, URIRef(place)))


def _around(thing: _Thing, known: Mapping[str, _Thing]) -> tuple[str, str] | None:
    """The relation to what the record is of, and that."""
    equip, place = _first(thing, known, "equipRef"), _place(thing, known)
    match thing.sort:
        case "point":
            return ("isPointOf", owner) if (owner := equip or place) else None
        case "equip":
            if equip:
                return "isPartOf", equip
            return ("hasLocation", place) if place else None
        case "space":
            return ("isPartOf", place) if place else None
        case "site":
            return None


def _place(thing: _Thing, known: Mapping[str, _Thing]) -> str | None:
    """The smallest place that the record is said to be in."""
    return _first(thing, known, "spaceRef", "roomRef", "zoneRef", "floorRef", "bldgRef", "siteRef")


def _first(thing: _Thing, known: Mapping[str, _Thing], *names: str) -> str | None:
    ids = [ref.id for name in names if isinstance(ref := thing.record.get(name), Ref)]
    return next((id_ for id_ in ids if id_ in known and id_ != thing.iri), None)


def _extras(thing: _Thing) -> dict[str, Property]:
    """What is kept with the entity: its tags, the limits of a point's instrument, where a site lies."""
    record = thing.record
    unread = [f"{name}={written(value)}"[:_LONGEST] for name, value in record.items() if _is_unread(name, value)]
    found: dict[str, Property] = {}
    if tags := [*sorted(markers(record)), *sorted(unread)][:_MOST_TAGS]:
        found["tags"] = tags
    if thing.sort == "point":
        for name, ours in (("minVal", "range_low"), ("maxVal", "range_high")):
            if isinstance(bound := record.get(name), Quantity):
                found[ours] = bound.number
    if thing.sort == "site":
        found.update(_situation(record))
    if thing.sort in ("site", "space") and isinstance(area := record.get("area"), Quantity):
        factor = {"m²": 1.0, "ft²": 0.09290304}.get(unit_symbol(area.unit or "m²"))
        found.update({"area": round(area.number * factor, 3)} if factor else {})
    return found


def _is_unread(name: str, value: object) -> bool:
    return name not in _SPOKEN and not isinstance(value, Mark | Ref)


def _situation(record: Record) -> dict[str, Property]:
    found: dict[str, Property] = {}
    where = (text(record, "geoCoord") or "").removeprefix("C(").removesuffix(")").split(",")
    try:
        found["latitude"], found["longitude"] = float(where[0]), float(where[1])
    except (ValueError, IndexError):
        found = {}
    if zone := _zone(text(record, "tz")):
        found["timezone"] = zone
    return found


def _zone(city: str | None) -> str | None:
    """Haystack names a zone by its city: ``New_York``."""
    if city is None:
        return None
    found = sorted(zone for zone in available_timezones() if zone == city or zone.rsplit("/", 1)[-1] == city)
    areas = ("Europe", "America", "Asia", "Australia", "Africa", "Pacific", "Atlantic")
    return next((zone for zone in found if zone == city or zone.startswith(areas)), None)


def _addresses(thing: _Thing, records: Mapping[str, Record]) -> tuple[str, ...]:
    """A history of Haystack's is by the point's id; a BACnet object by the device behind its connector."""
    own = _local(thing.iri)
    object_ = text(thing.record, "bacnetCur")
    conn = thing.record.get("bacnetConnRef")
    device = records.get(conn.id, {}).get("bacnetDeviceId") if isinstance(conn, Ref) else None
    if object_ and isinstance(device, Quantity):
        return own, f"{device.number:g}/{bacnet_object(object_)}"
    return (own,)


def _tell_tags(things: Sequence[_Thing], account: Account, ontology: Ontology) -> None:
    """Tags that say something that the graph has no place for are kept with their entity, and told."""
    marked = Counter(tag for thing in things for tag in markers(thing.record))
    values = Counter({tag: marked[tag] for tag in unknown_tags(marked, ontology)})
    loose: Counter[str] = Counter()
    for thing in things:
        values.update(name for name, value in thing.record.items() if _is_unread(name, value))
        loose.update(
            name
            for name, ref in refs(thing.record)
            if name not in _STRUCTURE and not flow_of(name, thing.iri, thing.sort, ref.id)
        )
    for name, count in sorted(values.items()):
        account.skipped(
            f"{count} × {name}",
            "Nobody here knows such a tag; it is kept with the entity and says nothing of its class.",
        )
    for name, count in sorted(loose.items()):
        account.skipped(f"{count} × {name}", "The graph has no relation for such a reference; it is left out.")
