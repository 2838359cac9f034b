"""Events, names of codes and failure modes from tables; a row that cannot be used is told and costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import yaml

from graph_schema.errors import InvalidInput, PlantroomError
from graph_schema.importers.tables import read_rows
from graph_schema.ontology.ontology import Ontology
from ingestion.orders.order_file import Reading, Rejected, Unusable, moment_of, storable
from ingestion.records.event import CodeName, PlantEvent, StatedMode

EVENT_COLUMNS = ("asset", "group", "code", "at", "ended_at", "text")
CODE_COLUMNS = ("code", "name", "category")
MODE_COLUMNS = ("class", "mode", "mechanism", "cause")
_MOST_TEXT, _MOST_CODE, _MOST_GROUP = 4_000, 200, 40
_ORDERS = "order"
_T = TypeVar("_T")
_Row = Mapping[str, str]


@dataclass(slots=True)
class RecordTable(Generic[_T]):
    """What a file held."""

    records: list[_T] = field(default_factory=list[_T])
    rejected: list[Rejected] = field(default_factory=list[Rejected])


def read_events(path: Path, how: Reading) -> RecordTable[PlantEvent]:
    """Raises ``InvalidInput`` where it is no such table."""
    return _read(path, how, EVENT_COLUMNS, lambda row, columns: _event(row, columns, how))


def read_codes(path: Path, how: Reading) -> RecordTable[CodeName]:
    """Codes as work orders have them, in capitals; raises ``InvalidInput`` where it is no such table."""
    return _read(path, how, CODE_COLUMNS, _code)


def read_modes(path: Path, how: Reading, ontology: Ontology) -> RecordTable[StatedMode]:
    """From a table, or from YAML with a list of modes under each class. Raises ``InvalidInput`` where it is neither."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return _listed(path, ontology)
    return _read(path, how, MODE_COLUMNS, lambda row, columns: _mode(row, columns, ontology))


def _read(path: Path, how: Reading, names: Sequence[str], record_of: Callable[[_Row, _Row], _T]) -> RecordTable[_T]:
    columns, table = how.named(names), RecordTable[_T]()
    for line, cells in read_rows(path):
        try:
            row = how.row(cells, columns)
            if row is not None:
                table.records.append(record_of(row, columns))
        except PlantroomError as error:
            table.rejected.append(Rejected(line, str(error)))
    if not table.records:
        why = f": {table.rejected[0].why}" if table.rejected else ""
        raise InvalidInput(f"No row of {path} can be used{why}. The columns are {', '.join(names)}.")
    return table


def _event(row: _Row, columns: _Row, how: Reading) -> PlantEvent:
    at = moment_of(_needed(row, columns, "at"), columns["at"], how)
    ended = moment_of(row.get("ended_at"), columns["ended_at"], how)
    group = " ".join(_needed(row, columns, "group").casefold().replace("_", " ").split())[:_MOST_GROUP]
    if group == _ORDERS:
        raise Unusable("it is of the group order, and work orders are imported as such")
    if at is None or (ended is not None and ended < at):
        raise Unusable("it ended before it began")
    return PlantEvent(
        asset=how.names.id_of(_needed(row, columns, "asset")),
        group=group,
        code=storable(_needed(row, columns, "code"))[:_MOST_CODE],
        at=at,
        ended_at=ended,
        text=storable(row["text"])[:_MOST_TEXT] if "text" in row else None,
    )


def _code(row: _Row, columns: _Row) -> CodeName:
    code = storable(_needed(row, columns, "code")).upper()[:_MOST_CODE]
    return CodeName(code, _needed(row, columns, "name")[:_MOST_TEXT], row.get("category"))


def _mode(row: _Row, columns: _Row, ontology: Ontology) -> StatedMode:
    class_ = _class(_needed(row, columns, "class"), ontology)
    return StatedMode(class_, _needed(row, columns, "mode"), row.get("mechanism", ""), row.get("cause", ""))


def _listed(path: Path, ontology: Ontology) -> RecordTable[StatedMode]:
    table = RecordTable[StatedMode]()
    for line, (name, modes) in enumerate(_sections(path), start=1):
        try:
            class_ = _class(name, ontology)
        except PlantroomError as error:
            table.rejected.append(Rejected(line, str(error)))
            continue
        table.records += [StatedMode(class_, mode) for mode in modes]
    return table


def _sections(path: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as YAML: {error}") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{path.name} must hold a list of failure modes under the name of each class.")
    for name, modes in cast(dict[Any, Any], content).items():
        if not isinstance(modes, list):
            raise InvalidInput(f"{path.name}: {name} must hold a list of failure modes.")
        yield str(name), [storable(" ".join(str(mode).split())) for mode in cast(list[Any], modes)]


def _class(name: str, ontology: Ontology) -> str:
    found = ontology.canonical(name)
    if found is None:
        raise Unusable(f"there is no class “{name[:60]}”")
    return found


def _needed(row: _Row, columns: _Row, name: str) -> str:
    if name not in row:
        raise Unusable(f"the column {columns[name]} is empty or missing")
    return row[name]
