"""Plant descriptions that people write: one YAML file, or CSV tables from a spreadsheet.

``docs/engineers/importing.md`` describes the format. A mistake is reported with its file, entry and field, all of them at
once, and nothing is read from such a file.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graph_schema.errors import InvalidInput
from graph_schema.importers.findings import Account
from graph_schema.importers.naming import readable
from graph_schema.importers.relations import Relations
from graph_schema.model import PLACE_KINDS, Entity, Kind, Plant, Property, RelationKind
from graph_schema.ontology import Ontology

_PROBLEMS_SHOWN = 20
_PLAIN = ("description", "x", "y", "z", "w", "d", "h", "level", "criticality", "latitude", "longitude", "timezone")


def _words(value: object) -> object:
    """A list, or what a cell holds: entries separated by semicolons."""
    return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value


def _text(value: object) -> object:
    """YAML reads an unquoted 101 as a number; as an id or a name it is text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
_Texts = Annotated[list[_Text], BeforeValidator(_words)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Feed(_Strict):
    to: _Text
    medium: str | None = None


class _Point(_Strict):
    id: _Text | None = None
    name: _Text | None = None
    unit: str | None = None
    source: str | None = None
    low: float | None = None
    high: float | None = None
    stale_after_s: float | None = Field(default=None, gt=0)
    description: str | None = None


class _Entry(_Strict):
    id: _Text
    class_: _Text | None = Field(default=None, alias="class")
    name: _Text | None = None
    aliases: _Texts = []
    description: str | None = None
    in_: _Text | None = Field(default=None, alias="in")
    part_of: _Text | None = None
    parts: _Texts = []
    feeds: Annotated[list[_Text | _Feed], BeforeValidator(_words)] = []
    level: int | None = None
    criticality: int | None = Field(default=None, ge=1, le=5)
    latitude: float | None = None
    longitude: float | None = None
    timezone: str | None = None
    x: float | None = None
    y: float | None = None
    z: float | None = None
    w: float | None = Field(default=None, ge=0)
    d: float | None = Field(default=None, ge=0)
    h: float | None = Field(default=None, ge=0)
    points: dict[str, _Point | None] = {}


_Section = Literal["site", "places", "assets"]


@dataclass(slots=True)
class _Description:
    """Entries with where they stand, and the problems found so far."""

    where: str
    entries: list[tuple[str, _Section, _Entry]] = field(default_factory=list[tuple[str, _Section, _Entry]])
    points: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    problems: list[str] = field(default_factory=list[str])

    def read(self, where: str, section: _Section, data: Mapping[str, Any]) -> None:
        try:
            self.entries.append((where, section, _Entry.model_validate(data)))
        except ValidationError as error:
            self.problems += [f"{where}, {_field(e['loc'])}: {_sentence(e)}" for e in error.errors()]

    def fail_if_wrong(self) -> None:
        if self.problems:
            more = len(self.problems) - _PROBLEMS_SHOWN
            shown = [*self.problems[:_PROBLEMS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
            raise InvalidInput("\n".join(shown))


def read_plant_file(path: Path, ontology: Ontology) -> Plant:
    """Read a YAML description, or ``assets.csv`` with ``places.csv`` and ``points.csv`` beside it (or their folder).

    Raises ``InvalidInput`` that lists every mistake by file, entry and field.
    """
    if path.is_dir() or path.suffix.lower() == ".csv":
        return _finish(_read_tables(path), ontology, path.stem)
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as text: {error}") from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path} is not well-formed YAML: {error}") from error
    return _read_sections(data, path, ontology)


def read_plant_document(document: Mapping[str, Any], source: Path, ontology: Ontology) -> Plant:
    """A plant from a description that is parsed already, such as the ``plant`` section of a telemetry map.

    ``source`` is the file it stands in: messages name it, and a plant without a site is called after it.
    """
    return _read_sections(document, source, ontology)


def _read_sections(document: object, source: Path, ontology: Ontology) -> Plant:
    where = source.name
    description = _Description(where)
    if not isinstance(document, Mapping):
        raise InvalidInput(f"{where} must hold the sections site, places and assets.")
    sections = cast(Mapping[str, Any], document)
    for key in sections.keys() - {"site", "places", "assets"}:
        description.problems.append(f"{where}: there is no section “{key}”; the sections are site, places and assets")
    if sections.get("site"):
        description.read(f"{where}, site", "site", {"class": "Site", **sections["site"]})
    for section in ("places", "assets"):
        rows: object = sections.get(section) or list[object]()
        if not isinstance(rows, list):
            description.problems.append(f"{where}, {section}: this must be a list of entries")
            continue
        for number, row in enumerate(cast(list[Any], rows), 1):
            _read_row(description, section, number, row)
    return _finish(description, ontology, source.stem)


def _read_row(description: _Description, section: _Section, number: int, row: object) -> None:
    if not isinstance(row, dict):
        description.problems.append(f"{description.where}, {section}, entry {number}: this must be a set of fields")
        return
    values = cast(dict[str, Any], row)
    entry = f"entry “{values['id']}”" if values.get("id") else f"entry {number}"
    description.read(f"{description.where}, {section}, {entry}", section, values)


def _read_tables(path: Path) -> _Description:
    folder = path if path.is_dir() else path.parent
    assets = folder / "assets.csv" if path.is_dir() else path
    if not assets.exists():
        raise InvalidInput(f"{folder} has no assets.csv.")
    description = _Description(str(assets.name))
    points = dict(_read_points(folder / "points.csv", description))
    for table, section in ((folder / "places.csv", "places"), (assets, "assets")):
        for line, row in _rows(table):
            own = points.pop(str(row.get("id", "")), {})
            description.read(
                f"{table.name}, line {line}", cast(_Section, section), row | ({"points": own} if own else {})
            )
    for asset in points:
        description.problems.append(f"points.csv, field asset: there is no asset “{asset}”")
    return description


def _read_points(path: Path, description: _Description) -> Iterator[tuple[str, dict[str, Any]]]:
    found: dict[str, dict[str, Any]] = {}
    for line, row in _rows(path):
        asset, quantity = row.pop("asset", None), row.pop("quantity", None)
        if not asset or not quantity:
            description.problems.append(f"{path.name}, line {line}: the fields asset and quantity are needed")
        elif quantity in found.setdefault(asset, {}):
            description.problems.append(f"{path.name}, line {line}: {asset} has the quantity {quantity} twice")
        else:
            found[asset][quantity] = row
    yield from found.items()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows without their empty cells, by line number."""
    if not path.exists():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="(cells beyond the last column)")
            for row in reader:
                cells = {key.strip(): value for key, value in row.items() if value not in (None, "")}
                if cells:
                    yield reader.line_num, cells
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path} cannot be read as a CSV table in UTF-8: {error}") from error


def _field(location: tuple[int | str, ...]) -> str:
    parts = [
        str(part)
        for part in location
        if part not in ("_Feed", "constrained-str", "function-before[_text(), constrained-str]")
    ]
    return f"field {'.'.join(parts)}" if parts else "the entry"


def _sentence(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such field"
    return str(error["msg"])


def _finish(description: _Description, ontology: Ontology, name: str) -> Plant:
    account = Account()
    entities = _entities(description, ontology, account)
    description.fail_if_wrong()
    relations = Relations(entities, account)
    _relate(description, entities, relations)
    description.fail_if_wrong()
    sites = [entity.name for entity in entities.values() if entity.kind == "Site"]
    return Plant(sites[0] if sites else name, tuple(entities.values()), relations.finish(), account.findings())


def _entities(description: _Description, ontology: Ontology, account: Account) -> dict[str, Entity]:
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
    where: str, section: _Section, entry: _Entry, description: _Description, ontology: Ontology, account: Account
) -> Iterator[Entity]:
    named = _class(where, section, entry, description, ontology, account)
    if named is None:
        return
    class_, kind = named
    properties: dict[str, Property] = {"aliases": entry.aliases} if entry.aliases else {}
    properties.update({key: value for key in _PLAIN if (value := getattr(entry, key)) is not None})
    owner = Entity(entry.id, kind, entry.name or entry.id, class_, properties)
    yield owner
    for key, told in entry.points.items():
        point = _point(owner, key, told or _Point(), ontology, account)
        description.points.append((owner.id, point.id))
        yield point


def _class(
    where: str, section: _Section, entry: _Entry, description: _Description, ontology: Ontology, account: Account
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
        description.problems.append(f"{where}, field class: “{entry.class_}” is no known class")
        return None
    wanted = "equipment" if section == "assets" else "a place"
    if kind == "Point" or (kind in PLACE_KINDS) == (section == "assets"):
        description.problems.append(f"{where}, field class: {entry.class_} is not {wanted}")
        return None
    return class_, kind


def _point(owner: Entity, key: str, point: _Point, ontology: Ontology, account: Account) -> Entity:
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


def _relate(description: _Description, entities: Mapping[str, Entity], relations: Relations) -> None:
    for where, section, entry in description.entries:
        for key, kind, start, end, properties in _statements(entry, section):
            other = end if start == entry.id else start
            if other in entities:
                relations.add(kind, start, end, **properties)
            else:
                description.problems.append(f"{where}, field {key}: there is nothing with the id “{other}”")
    for owner, point in description.points:
        relations.add("HAS_POINT", owner, point)


def _statements(
    entry: _Entry, section: _Section
) -> Iterator[tuple[str, RelationKind, str, str, Mapping[str, Property]]]:
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
        to = feed.to if isinstance(feed, _Feed) else feed
        medium = feed.medium if isinstance(feed, _Feed) else None
        yield "feeds", "FEEDS", entry.id, to, {"medium": medium} if medium else {}
