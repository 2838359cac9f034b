"""Plant descriptions as tables: one with everything, or places, assets and points apart."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from graph_schema.errors import InvalidInput
from graph_schema.importers.plant_entries import Description, PointEntry, Section, parse_points
from graph_schema.importers.tables import BEYOND, read_rows
from graph_schema.model import PLACE_KINDS
from graph_schema.ontology.ontology import Ontology

_COLUMNS = frozenset({"id", "name", "class", "point_of"})


def read_tables(path: Path, ontology: Ontology) -> Description:
    """One table with everything, or assets.csv with places.csv and points.csv beside it."""
    folder = path if path.is_dir() else path.parent
    table = folder / "assets.csv" if path.is_dir() else path
    if not table.exists():
        raise InvalidInput(f"{folder} has no assets.csv.")
    beside = [folder / name for name in ("places.csv", "points.csv") if table.name == "assets.csv"]
    description = Description(table.name)
    rows = [
        (f"{file.name}, line {line}", row)
        for file in (*beside, table)
        if file.exists()
        for line, row in read_rows(file)
    ]
    _check_columns(rows, description)
    rows = [(where, row if _is_point(row, ontology) else _with_id(row)) for where, row in rows]
    points = _read_points(rows, ontology, description)
    for where, row in rows:
        if not _is_point(row, ontology):
            own = points.pop(str(row.get("id", "")), {}) or points.pop(str(row.get("name", "")), {})
            description.read(where, _section(row, ontology), _with_points(where, row, own, description))
    for owner, (where, _) in ((owner, next(iter(own.values()))) for owner, own in points.items()):
        description.problems.append(f"{where}, field point_of: there is nothing with the id or name “{owner}”")
    return description


def _check_columns(rows: Sequence[tuple[str, Mapping[str, Any]]], description: Description) -> None:
    """What makes every row wrong is said once."""
    if rows and not any(_COLUMNS & row.keys() for _, row in rows):
        raise InvalidInput(
            f"{description.where} has no column id, name, class or point_of; its first line must name the columns."
        )
    for where, row in rows:
        if BEYOND in row:
            problem = "it has more cells than there are columns; a text with a separator in it needs quotation marks"
            raise InvalidInput(f"{where}: {problem}.")


def _is_point(row: Mapping[str, Any], ontology: Ontology) -> bool:
    """Whether a row describes a point: it names what that belongs to, a quantity, or a class of points."""
    class_ = row.get("class")
    return "point_of" in row or "quantity" in row or bool(class_ and ontology.kind_of(str(class_)) == "Point")


def _section(row: Mapping[str, Any], ontology: Ontology) -> Section:
    class_ = str(row.get("class", ""))
    kind = ontology.kind_of(class_) or ontology.kind_of(ontology.nearest(class_) or "")
    return "places" if kind in PLACE_KINDS else "assets"


def _with_id(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without an id gets its name's letters and digits as one."""
    if "id" in row or "name" not in row:
        return dict(row)
    return {"id": re.sub(r"[^a-z0-9]+", "-", str(row["name"]).lower()).strip("-"), **row}


_PointRows = dict[str, dict[str, tuple[str, dict[str, Any]]]]
"""By owner and quantity: where the row stands and what it tells."""


def _read_points(
    rows: Sequence[tuple[str, Mapping[str, Any]]], ontology: Ontology, description: Description
) -> _PointRows:
    found: _PointRows = {}
    for where, row in rows:
        if not _is_point(row, ontology):
            continue
        told = dict(row)
        owner = told.pop("point_of", None) or told.pop("asset", None)
        quantity, class_ = told.pop("quantity", None), told.pop("class", None)
        quantity = quantity or (ontology.quantity(str(class_)) if class_ else None)
        if not owner or not quantity:
            description.problems.append(f"{where}: a point needs the fields point_of and quantity (or class)")
        elif quantity in found.setdefault(owner, {}):
            description.problems.append(f"{where}: {owner} has the quantity {quantity} twice")
        else:
            if description.check(where, PointEntry, told):
                found[owner][quantity] = (where, told)
    return found


def _with_points(
    where: str, row: dict[str, Any], own: Mapping[str, tuple[str, dict[str, Any]]], description: Description
) -> dict[str, Any]:
    """The row with the points of its own cell and those that have rows of their own."""
    if not own:
        return row
    try:
        cell = cast(dict[str, Any], parse_points(row.get("points", "")))
    except ValueError as error:
        description.problems.append(f"{where}, field points: {error}")
        cell = {}
    for quantity, (line, _) in own.items():
        if quantity in cell:
            description.problems.append(f"{line}: {row['id']} has the quantity {quantity} twice")
    return row | {"points": cell | {quantity: told for quantity, (_, told) in own.items()}}
