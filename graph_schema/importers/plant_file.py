"""Plant descriptions that people write: one YAML file, or one or several CSV tables from a spreadsheet.

``docs/engineers/importing.md`` describes the format. A mistake is reported with its file, entry and field, all of them at
once, and nothing is read from such a file.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from graph_schema.errors import InvalidInput
from graph_schema.importers.findings import Account
from graph_schema.importers.names import floor_level, readable
from graph_schema.importers.other_models import refuse_yaml
from graph_schema.importers.plant_entries import Description, Entry, FedBy, Feed, PointEntry, Section
from graph_schema.importers.plant_tables import read_tables
from graph_schema.importers.relations import Relations
from graph_schema.importers.yaml_text import read_yaml
from graph_schema.model import PLACE_KINDS, Entity, Kind, Plant, Property, RelationKind
from graph_schema.ontology.ontology import Ontology

_PLAIN = (
    "description", "x", "y", "z", "w", "d", "h", "level", "criticality", "rated_power_kw", "support", "installed",
    "latitude", "longitude", "timezone",
)  # fmt: skip
_NOT_HERE = ("plans", "parts")
"""Maintenance plans and spare parts, which a plant's file may hold as well."""


def read_plant_file(path: Path, ontology: Ontology) -> Plant:
    """Read a YAML description, a CSV table, or a folder with ``assets.csv``, ``places.csv`` and ``points.csv``.

    Raises ``InvalidInput`` that lists every mistake by file, entry and field.
    """
    if path.is_dir() or path.suffix.lower() == ".csv":
        return _finish(read_tables(path, ontology), ontology, path.stem)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as text: {error}") from error
    if refusal := refuse_yaml(path, text):
        raise refusal
    return _read_sections(read_yaml(path, text), path, ontology)


def read_plant_document(document: Mapping[str, Any], source: Path, ontology: Ontology) -> Plant:
    """A plant from a description that is parsed already, such as the ``plant`` section of a telemetry map.

    ``source`` is the file it stands in: messages name it, and a plant without a site is called after it.
    """
    return _read_sections(document, source, ontology)


def _read_sections(document: object, source: Path, ontology: Ontology) -> Plant:
    where = source.name
    description = Description(where)
    if not isinstance(document, Mapping):
        raise InvalidInput(f"{where} must hold the sections site, places and assets.")
    sections = cast(Mapping[str, Any], document)
    if sections.keys().isdisjoint(("site", "places", "assets")):
        raise InvalidInput(
            f"{where} has none of the sections site, places and assets; it is no description of a plant."
        )
    for key in sections.keys() - {"site", "places", "assets", *_NOT_HERE}:
        description.problems.append(f"{where}: there is no section “{key}”; the sections are site, places and assets")
    site: object = sections.get("site")
    if isinstance(site, Mapping):
        description.read(f"{where}, site", "site", {"class": "Site", **cast(Mapping[str, Any], site)})
    elif site is not None:
        description.problems.append(f"{where}, site: this must be a set of fields such as id and name")
    for section in ("places", "assets"):
        rows: object = sections.get(section) or list[object]()
        if not isinstance(rows, list):
            description.problems.append(f"{where}, {section}: this must be a list of entries")
            continue
        for number, row in enumerate(cast(list[Any], rows), 1):
            _read_row(description, section, number, row)
    return _finish(description, ontology, source.stem)


def _read_row(description: Description, section: Section, number: int, row: object) -> None:
    if not isinstance(row, dict):
        description.problems.append(f"{description.where}, {section}, entry {number}: this must be a set of fields")
        return
    values = cast(dict[str, Any], row)
    entry = f"entry “{str(values['id'])[:40]}”" if values.get("id") else f"entry {number}"
    description.read(f"{description.where}, {section}, {entry}", section, values)


def _finish(description: Description, ontology: Ontology, name: str) -> Plant:
    if not description.entries and not description.problems:
        raise InvalidInput(f"{description.where} describes no site, place or asset.")
    account = Account()
    entities = _entities(description, ontology, account)
    description.fail_if_wrong()
    relations = Relations(entities, account)
    _relate(description, entities, relations)
    description.fail_if_wrong()
    sites = [entity.name for entity in entities.values() if entity.kind == "Site"]
    return Plant(sites[0] if sites else name, tuple(entities.values()), relations.finish(), account.findings())


def _entities(description: Description, ontology: Ontology, account: Account) -> dict[str, Entity]:
    entities: dict[str, Entity] = {}
    sources: dict[str, str] = {}
    for where, section, entry in description.entries:
        for entity in _entities_of(where, section, entry, description, ontology, account):
            if entity.id in entities:
                description.problems.append(f"{where}, field id: “{entity.id}” is taken by another entry")
            source = entity.properties.get("source")
            if source and sources.setdefault(str(source), entity.id) != entity.id:
                problem = f"the source {source} is that of “{sources[str(source)]}” as well"
                description.problems.append(f"{where}, field points: {problem}")
            entities.setdefault(entity.id, entity)
    return entities


def _entities_of(
    where: str, section: Section, entry: Entry, description: Description, ontology: Ontology, account: Account
) -> Iterator[Entity]:
    named = _class(where, section, entry, description, ontology, account)
    if named is None:
        return
    class_, kind = named
    properties: dict[str, Property] = {"aliases": entry.aliases} if entry.aliases else {}
    properties.update({key: value for key in _PLAIN if (value := getattr(entry, key)) is not None})
    if kind == "Floor" and entry.level is None and (level := floor_level(entry.name or "")) is not None:
        properties["level"] = level
    owner = Entity(entry.id, kind, entry.name or entry.id, class_, properties)
    yield owner
    for key, told in entry.points.items():
        point = _point(owner, key, told or PointEntry(), ontology, account)
        description.points.append((owner.id, point.id))
        yield point


def _class(
    where: str, section: Section, entry: Entry, description: Description, ontology: Ontology, account: Account
) -> tuple[str, Kind] | None:
    if entry.class_ is None:
        description.problems.append(f"{where}, field class: it is needed")
        return None
    class_ = ontology.canonical(entry.class_)
    if class_ is None and (class_ := ontology.nearest(entry.class_)):
        account.guessed(
            entry.id, f"Neither Brick nor the twin library has a class {entry.class_}; {class_} is the closest."
        )
    kind = ontology.kind_of(class_) if class_ else None
    if class_ is None or kind is None:
        close = get_close_matches(entry.class_.replace(" ", "_"), ontology.classes, 3, 0.7)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        description.problems.append(f"{where}, field class: “{entry.class_}” is no known class{hint}")
        return None
    wanted = "equipment" if section == "assets" else "a place"
    if kind == "Point" or (kind in PLACE_KINDS) == (section == "assets"):
        description.problems.append(f"{where}, field class: {entry.class_} is not {wanted}")
        return None
    return class_, kind


def _point(owner: Entity, key: str, point: PointEntry, ontology: Ontology, account: Account) -> Entity:
    class_ = ontology.point_class(key)
    quantity = ontology.quantity(class_) if class_ else key.lower()
    label = ontology.classes[class_].label.removesuffix(" Sensor") if class_ else readable(key)
    if class_ is None:
        class_ = ontology.nearest(f"{key}_Sensor")
        class_ = class_ if class_ and ontology.kind_of(class_) == "Point" else None
        kept = f"it counts as a {class_.replace('_', ' ')}" if class_ else "it keeps that name and has no class"
        account.guessed(f"{owner.name}, {key}", f"There is no quantity {key}; {kept}.")
    properties: dict[str, Property] = {"quantity": quantity}
    properties |= point.model_dump(exclude_none=True, exclude={"id", "name"})
    id_ = point.id or f"{owner.id}/{quantity}"
    return Entity(id_, "Point", point.name or f"{owner.name} {label}", class_, properties)


def _relate(description: Description, entities: Mapping[str, Entity], relations: Relations) -> None:
    named = _by_name(entities)
    for where, section, entry in description.entries:
        for key, kind, start, end, properties in _statements(entry, section):
            other = end if start == entry.id else start
            found = other if other in entities else named.get(other.casefold())
            if found is None:
                description.problems.append(f"{where}, field {key}: there is nothing with the id or name “{other}”")
            else:
                relations.add(kind, *((start, found) if start == entry.id else (found, end)), **properties)
    for owner, point in description.points:
        relations.add("HAS_POINT", owner, point)


def _by_name(entities: Mapping[str, Entity]) -> dict[str, str]:
    """Ids by the names that only one thing has, points aside."""
    ids: dict[str, list[str]] = {}
    for entity in entities.values():
        if entity.kind != "Point":
            ids.setdefault(entity.name.casefold(), []).append(entity.id)
    return {name: found[0] for name, found in ids.items() if len(found) == 1}


def _statements(entry: Entry, section: Section) -> Iterator[tuple[str, RelationKind, str, str, Mapping[str, Property]]]:
    """The field, and the relation it states."""
    if entry.in_:
        if section == "assets":
            yield "in", "LOCATED_IN", entry.id, entry.in_, {}
        else:
            yield "in", "HAS_PART", entry.in_, entry.id, {}
    if entry.part_of:
        yield "part_of", "HAS_PART", entry.part_of, entry.id, {}
    for part in entry.parts:
        yield "parts", "HAS_PART", entry.id, part, {}
    for feed in entry.feeds:
        to = feed.to if isinstance(feed, Feed) else feed
        medium = feed.medium if isinstance(feed, Feed) else None
        yield "feeds", "FEEDS", entry.id, to, {"medium": medium} if medium else {}
    for source in entry.fed_by:
        from_ = source.from_ if isinstance(source, FedBy) else source
        medium = source.medium if isinstance(source, FedBy) else None
        yield "fed_by", "FEEDS", from_, entry.id, {"medium": medium} if medium else {}
