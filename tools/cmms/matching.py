"""Which asset of a maintenance system is which of ours: by a table, by id, by name or by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from graph_schema.errors import AmbiguousName, InvalidInput, NotFound
from graph_schema.importers.tables import read_rows
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.orders.work_orders import Names
from ingestion.reading import Clock
from tools.cmms.port import Cmms, VendorAsset

COLUMNS = ("asset", "vendor_asset")
_CYPHER = statements("tools.cmms", "assets.cypher")
_KEPT = timedelta(minutes=15)

How = Literal["table", "id", "name", "number"]


@dataclass(frozen=True, slots=True)
class Called:
    """An asset of ours."""

    id: str
    name: str | None
    aliases: Sequence[str]


@dataclass(frozen=True, slots=True)
class Match:
    """``asset`` is ours, ``theirs`` the vendor's, and ``how`` it was found."""

    asset: str
    theirs: VendorAsset
    how: How


@dataclass(frozen=True, slots=True)
class Matches:
    """``unmatched`` are the vendor's with the reason, half a sentence; ``ours_unmatched`` are ids of ours that it does not have."""

    matches: Sequence[Match]
    unmatched: Sequence[tuple[VendorAsset, str]]
    ours_unmatched: Sequence[str]

    def asset_of(self, vendor_id: str | None) -> str | None:
        """Our id for the vendor's."""
        return next((one.asset for one in self.matches if one.theirs.id == vendor_id), None)

    def vendor_id_of(self, asset: str) -> str | None:
        return next((one.theirs.id for one in self.matches if one.asset == asset), None)


def matched(ours: Sequence[Called], theirs: Sequence[VendorAsset], table: Mapping[str, str]) -> Matches:
    """``table`` gives our id for the vendor's id, number or name, and goes before everything else.

    Where several of the vendor's match one of ours, none does, unless the table says which.
    """
    names = Names([(one.id, one.name, one.aliases) for one in ours])
    found, why = list[Match](), dict[str, str]()
    for one in theirs:
        match = _match(one, names, table)
        if isinstance(match, Match):
            found.append(match)
        else:
            why[one.id] = match
    by_ours = defaultdict[str, list[Match]](list)
    for match in found:
        by_ours[match.asset].append(match)
    kept = list[Match]()
    for asset, several in by_ours.items():
        told = [one for one in several if one.how == "table"] or several
        if len(told) == 1:
            kept += told
        why |= {one.theirs.id: f"{len(several)} of them match {asset}" for one in several if one not in kept}
    held = {one.asset for one in kept}
    unmatched = [(one, why[one.id]) for one in theirs if one.id in why]
    return Matches(kept, unmatched, [one.id for one in ours if one.id not in held])


def _match(one: VendorAsset, names: Names, table: Mapping[str, str]) -> Match | str:
    told = next((table[key] for key in (one.id, one.code, one.name) if key and key in table), None)
    if told is not None:
        return Match(told, one, "table")
    tries: tuple[tuple[How, str | None], ...] = (("id", one.id), ("number", one.code), ("name", one.name))
    for how, word in tries:
        if not word:
            continue
        try:
            return Match(names.id_of(word), one, how)
        except AmbiguousName as error:
            return f"“{word}” could be {' or '.join(error.candidates[:3])}"
        except NotFound:
            continue
    return "no asset has its id, number or name"


def read_table(path: Path, ours: Sequence[Called]) -> Mapping[str, str]:
    """Our ids by the vendor's ids, numbers or names, from a CSV with the columns asset and vendor_asset. Raises ``InvalidInput``."""
    names, table = Names([(one.id, one.name, one.aliases) for one in ours]), dict[str, str]()
    for line, cells in read_rows(path):
        if missing := [name for name in COLUMNS if name not in cells]:
            raise InvalidInput(
                f"{path}, line {line}: the column {missing[0]} is empty or missing. The columns are {', '.join(COLUMNS)}."
            )
        try:
            asset = names.id_of(str(cells["asset"]))
        except (NotFound, AmbiguousName) as error:
            raise InvalidInput(f"{path}, line {line}: {error}") from error
        if table.setdefault(str(cells["vendor_asset"]), asset) != asset:
            raise InvalidInput(
                f"{path}, line {line}: {cells['vendor_asset']} stands there twice, for {table[str(cells['vendor_asset'])]} and for {asset}."
            )
    return table


class AssetBook:
    """What matches, read anew every quarter of an hour."""

    def __init__(self, graph: GraphStore, table: Path | None, clock: Clock) -> None:
        self._graph, self._table, self._clock = graph, table, clock
        self._known: tuple[datetime, Matches] | None = None

    async def matches(self, cmms: Cmms, *, anew: bool = False) -> Matches:
        """Raises ``InvalidInput`` for a mistake in the table."""
        now = self._clock()
        if self._known is None or anew or now - self._known[0] > _KEPT:
            ours = await self.ours()
            table: Mapping[str, str] = read_table(self._table, ours) if self._table else dict[str, str]()
            self._known = now, matched(ours, await cmms.assets(), table)
        return self._known[1]

    async def ours(self) -> Sequence[Called]:
        return [
            Called(row["id"], row["name"], row["aliases"] or ()) for row in await self._graph.read(_CYPHER["called"])
        ]
