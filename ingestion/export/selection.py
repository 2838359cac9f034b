"""Which series are exported: by points, assets and classes as people name them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from graph_schema.errors import NotFound


@dataclass(frozen=True, slots=True)
class Selection:
    """Of several kinds, a series has to be of each; of several of one kind, of one of them. Nothing is everything."""

    points: Sequence[str] = ()
    assets: Sequence[str] = ()
    classes: Sequence[str] = ()

    @property
    def is_all(self) -> bool:
        return not (self.points or self.assets or self.classes)


Row = Mapping[str, Any]


def selected(rows: Sequence[Row], selection: Selection, below: Callable[[str], frozenset[str]]) -> list[str]:
    """The sources. ``below`` gives a class with those below it, and nothing for one that there is not.

    Raises ``NotFound`` for a name that nothing has.
    """
    found = list(rows)
    if selection.points:
        found = _named(found, selection.points, ("point", "name", "source"), "point")
    if selection.assets:
        found = _named(found, selection.assets, ("asset", "asset_name"), "asset with readings")
    if selection.classes:
        found = _of_classes(found, selection.classes, below)
    return sorted({row["source"] for row in found})


def _named(rows: Sequence[Row], names: Sequence[str], columns: Sequence[str], what: str) -> list[Row]:
    found: list[Row] = []
    for name in names:
        its = [row for row in rows if name.casefold() in {str(row[column] or "").casefold() for column in columns}]
        if not its:
            raise NotFound(f"There is no {what} called “{name}” among these.{_meant(name, rows, columns)}")
        found += its
    return found


def _of_classes(rows: Sequence[Row], classes: Sequence[str], below: Callable[[str], frozenset[str]]) -> list[Row]:
    wanted: set[str] = set()
    for name in classes:
        if not (its := below(name)):
            raise NotFound(f"There is no class “{name}” of Brick.")
        wanted |= its
    found = [row for row in rows if wanted & {row["class"], row["asset_class"]}]
    if not found:
        raise NotFound(f"None of these points or their assets is of the class {' or '.join(classes)}.")
    return found


def _meant(name: str, rows: Sequence[Row], columns: Sequence[str]) -> str:
    known = {str(row[column]).casefold(): str(row[column]) for row in rows for column in columns if row[column]}
    near = get_close_matches(name.casefold(), known, 1)
    return f" There is “{known[near[0]]}”." if near else ""
