"""What lies in a folder: models of the building, order books, readings, maps and plans, each told by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from graph_schema.errors import InvalidInput, PlantroomError
from graph_schema.importers import read_plant
from graph_schema.importers.haystack.model import read_table
from graph_schema.importers.models import MODEL_SUFFIXES
from graph_schema.importers.yaml_text import read_yaml
from graph_schema.model import PLACE_KINDS, Plant
from graph_schema.ontology.ontology import Ontology
from ingestion.decoding.telemetry_map import TelemetryMap, load_map
from ingestion.orders.export_words import columns_in
from ingestion.orders.order_file import COLUMNS, MORE
from ingestion.orders.order_rows import order_rows
from ingestion.sources.replay.preview import Preview, preview
from ingestion.tables.suggest import suggest_map

Sort = Literal["model", "plans", "orders", "order map", "readings", "map"]
ORDER: Sequence[Sort] = ("model", "plans", "orders", "readings")
"""In which they are brought in: orders and readings belong to equipment."""
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")
_PLANT_TABLES = ("places.csv", "points.csv")
_MOST_FILES = 300


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is understood; ``says`` is a sentence about it, ``unsure`` what a person should look at."""

    path: Path
    sort: Sort
    says: str
    unsure: Sequence[str] = ()


@dataclass(slots=True)
class Survey:
    """``zone`` is the site's where a model states it; ``telemetry`` the map that lies there, with its file."""

    folder: Path
    found: list[Found] = field(default_factory=list[Found])
    refused: list[tuple[Path, str]] = field(default_factory=list[tuple[Path, str]])
    zone: str | None = None
    telemetry: tuple[Path, TelemetryMap] | None = None

    def of(self, sort: Sort) -> list[Found]:
        return [one for one in self.found if one.sort == sort]

    @property
    def lacks_zone(self) -> bool:
        """Whether times are to be read and nothing says where the clock is."""
        return self.zone is None and bool(self.of("orders") or self.of("readings"))


def survey(folder: Path, ontology: Ontology) -> Survey:
    """Raises ``InvalidInput`` for what is no folder, and for one that holds nothing."""
    files = list(_files(folder))
    if not files:
        raise InvalidInput(
            f"{folder} holds no files that can be read: models (.ttl, .zinc, .trio, .json, .yaml), tables (.csv, .xlsx) or maps (.yaml)."
        )
    seen = Survey(folder)
    for path in files:  # maps first: they say how tables are read
        if path.suffix.lower() in (".yaml", ".yml"):
            _note(seen, path, lambda one: _yaml(one, seen, ontology))
    for path in files:
        if path.suffix.lower() in MODEL_SUFFIXES:
            _note(seen, path, lambda one: _model(one, seen, ontology))
        elif path.suffix.lower() in _TABLES:
            _note(seen, path, lambda one: _table(one, seen, ontology))
    return seen


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder.")
    known = (*MODEL_SUFFIXES, *_TABLES, ".yaml", ".yml")
    visible = (
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    found = [path for path in visible if path.is_file() and path.suffix.lower() in known]
    if len(found) > _MOST_FILES:
        raise InvalidInput(f"{folder} holds {len(found):,} files; begin with a folder of at most {_MOST_FILES}.")
    beside = {path.parent for path in found if path.name.lower() == "assets.csv"}
    yield from (path for path in found if path.name.lower() not in _PLANT_TABLES or path.parent not in beside)


def _note(seen: Survey, path: Path, look: Callable[[Path], Found | None]) -> None:
    try:
        if found := look(path):
            seen.found.append(found)
        else:
            seen.refused.append((path, "Nothing in it is known; it is left alone."))
    except PlantroomError as error:
        seen.refused.append((path, str(error)))


def _model(path: Path, seen: Survey, ontology: Ontology) -> Found:
    return _of_model(path, read_plant(path, ontology), seen)


def _of_model(path: Path, plant: Plant, seen: Survey) -> Found:
    zones = [str(one.properties["timezone"]) for one in plant.entities if "timezone" in one.properties]
    seen.zone = seen.zone or next(iter(zones), None)
    return Found(path, "model", _of_plant(plant))


def _of_plant(plant: Plant) -> str:
    kinds = [one.kind for one in plant.entities]
    counts = (
        f"{kinds.count('Asset'):,} pieces of equipment",
        f"{kinds.count('Point'):,} points",
        f"{sum(one in PLACE_KINDS for one in kinds):,} places",
    )
    left = sum(one.level == "skipped" for one in plant.findings)
    more = f"; {left:,} kinds of things are left out, which the import tells" if left else ""
    return f"a model of {plant.name} with {', '.join(counts[:2])} and {counts[2]}{more}"


def _yaml(path: Path, seen: Survey, ontology: Ontology) -> Found | None:
    try:
        content = read_yaml(path, path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as text: {error}") from error
    keys = set(map(str, cast(Mapping[object, object], content))) if isinstance(content, Mapping) else set[str]()
    if keys & {"site", "places", "assets"}:
        return _model(path, seen, ontology)
    if keys & {"csv", "topics", "presets", "sparkplug"}:
        seen.telemetry = seen.telemetry or (path, load_map(path))
        return Found(path, "map", "a map of files or topics")
    if "kind" in keys and cast(Mapping[str, object], content)["kind"] == "work_orders":
        return Found(path, "order map", "a map of an order book")
    if keys & {"plans", "parts"}:
        return Found(path, "plans", "maintenance plans and spare parts")
    read_plant(path, ontology)  # says what it is
    return None


def _table(path: Path, seen: Survey, ontology: Ontology) -> Found:
    if path.suffix.lower() == ".csv" and (plant := read_table(path, ontology)):
        return _of_model(path, plant, seen)
    header = _header(path)
    if {"class", "point_of"} & header and {"id", "name", "point_of"} & header:
        return _model(path, seen, ontology)
    if _is_order_book(header):
        rows = len(order_rows(path))
        return Found(path, "orders", f"an order book of {rows:,} rows")
    return _readings(path, seen)


def _header(path: Path) -> set[str]:
    try:
        return {name for _, cells in order_rows(path)[:200] for name in cells}
    except InvalidInput:  # titles above the header, cells beyond it: no table of ours, and readings may be so
        return set()


def _is_order_book(header: set[str]) -> bool:
    found = columns_in(header, (*COLUMNS, *MORE), ())
    times = {"opened_at", "closed_at", "failed_at"} & found.keys()
    return "asset" in found and bool(times) and len({"kind", "planned", "status", "code", "number"} & found.keys()) >= 2


def _readings(path: Path, seen: Survey) -> Found:
    if seen.telemetry and (known := _by_map(path, seen.telemetry[1])):
        return Found(path, "readings", f"readings: {_of_readings(known)}, by {seen.telemetry[0].name}")
    suggestion = suggest_map([path], seen.zone)
    return Found(path, "readings", f"readings: {_of_readings(preview(path, suggestion.map))}", suggestion.unsure)


def _by_map(path: Path, known: TelemetryMap) -> Preview | None:
    try:
        return preview(path, known) if known.csv else None
    except InvalidInput:
        return None


def reads(path: Path, known: TelemetryMap) -> bool:
    """Whether a map says how the file is read."""
    return _by_map(path, known) is not None


def _of_readings(seen: Preview) -> str:
    bad = f", {len(seen.bad):,} rows that cannot be read" if seen.bad else ""
    return f"{seen.rows:,} rows with {seen.values:,} values{bad}"
