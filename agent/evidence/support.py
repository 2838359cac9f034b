"""What the evidence of a question supports: values and states of assets, counts of sets, relations, texts. Pure look-ups, no language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, cached_property, lru_cache
from typing import Protocol, cast

import snowballstemmer

from agent.evidence.ledger import Fact, Ledger, names_in
from agent.vocabulary.lexicon import Key, Lexicon, quantity_key
from agent.vocabulary.tokens import key, pieces
from graph_schema.model import PLACE_KINDS, Status
from graph_schema.question import AssetQuery
from ingestion.decoding.values import switch_in
from tools.activity.run_status import RUN_STATUSES
from tools.results.proposals import Proposed
from tools.results.table import Table, TableRow
from tools.sentences.language import language
from tools.sentences.outside import reads_like_sentence

_STATUSES: Mapping[str, frozenset[Status]] = {
    "alarm": frozenset({"alarm"}), "warning": frozenset({"warning"}), "stale": frozenset({"stale"}),
    "beyond": frozenset({"alarm", "warning"}), "trouble": frozenset({"alarm", "warning"}), "attention": frozenset({"alarm", "warning"}),
}  # fmt: skip
"""What a state means of the status of assets."""
_COUNTED_AS: Mapping[str, tuple[str, ...]] = {
    "attention": ("amiss", "waiting"), "trouble": ("amiss",), "alarm": ("active",), "stale": ("silent", "silent_now"),
}  # fmt: skip
"""What results call the number of those in a state."""
_BY_CLASS = frozenset({"by_class", "classes"})
_LONGEST_WINDOW_DAYS = 400
_WHOLE = 99.95
"""Percent that round to all."""


class Stemmer(Protocol):
    """Of snowballstemmer, which has no types."""

    def stemWord(self, word: str) -> str: ...


@dataclass(frozen=True)
class Support:
    """``zone`` is the time in which moments are told, ``language`` that of the answer.

    ``hearsay`` is for a sentence that tells what somebody says (“a note says …”): what people, devices and work orders write is no finding.
    """

    ledger: Ledger
    lexicon: Lexicon
    zone: tzinfo
    now: datetime
    language: str = "en"
    hearsay: bool = False

    @cached_property
    def _texts(self) -> Sequence[Fact]:
        return [fact for fact in self.ledger.texts if self.hearsay or not _is_hearsay(fact)]

    # -- ids and names -----------------------------------------------------------------------------------------------

    @cached_property
    def ids(self) -> frozenset[str]:
        return self.subjects | self._named_ids

    @cached_property
    def _named_ids(self) -> frozenset[str]:
        """Assets that a result names without being about them: a place, what something is reached through."""
        return frozenset(id_ for name in self.told for id_ in self.lexicon.names.get(name, ()))

    @cached_property
    def told(self) -> Mapping[Key, frozenset[str]]:
        """The names in the evidence, and whose they are."""
        found: dict[Key, set[str]] = defaultdict(set)
        for fact in self.ledger.facts:
            if _is_named(fact) and not (fact.key == "group" and fact.value in self.lexicon.vocabulary.classes):
                own = fact.of if fact.key == "name" else frozenset[str]()
                for one in (str(fact.value), *(str(fact.value).split(", ") if fact.key == "still_fed_by" else ())):
                    found[key(one)].update(own)
        for name in [name for name, ids in found.items() if not ids]:
            found[name].update(self.lexicon.names.get(name, ()))
        return {name: frozenset(ids) for name, ids in found.items() if any(piece[0].isalpha() for piece in name)}

    @cached_property
    def _short(self) -> Mapping[Key, frozenset[str]]:
        """As ``told``, without names that read like sentences: nothing is meant by the last word of one."""
        long = {key(name) for name in self._sentences}
        return {name: ids for name, ids in self.told.items() if name not in long}

    @cached_property
    def inside(self) -> Mapping[str, frozenset[str]]:
        """By place, what the evidence says is in it."""
        found: dict[str, set[str]] = defaultdict(set)
        for fact in self.ledger.facts:
            if fact.key == "place" and isinstance(fact.value, str):
                for place in self.lexicon.names.get(key(fact.value), ()):
                    found[place].update(fact.of)
            if fact.table == "located_in" and fact.key == "name":
                for place in fact.of:
                    found[place].update(fact.about)
        return {place: frozenset(ids) for place, ids in found.items()}

    def facts_of(self, ids: Iterable[str]) -> list[Fact]:
        """Of assets, of their points and parts as the evidence relates them, of what is in a place."""
        wanted = set(ids)
        for id_ in list(wanted):
            wanted |= self.inside.get(id_, frozenset())
        seen: dict[str, Fact] = {}
        for id_ in wanted:
            for fact in self.ledger.by_asset.get(id_, ()):
                seen.setdefault(fact.id, fact)
        return list(seen.values())

    @cached_property
    def shares(self) -> Sequence[Fact]:
        """Percentages of a whole result, which are said beside any asset of it: “80% interval”."""
        return [fact for fact in self.ledger.facts if fact.kind == "percent" and not fact.ids]

    def called(self, said: Key, classes: Sequence[str], owners: frozenset[str]) -> frozenset[str]:
        """The assets of the evidence that are of a class, or whose name ends in these words; those of an owner where it has some."""
        found = self._of_class(tuple(classes))
        ending = frozenset(id_ for name, ids in self._short.items() if name[-len(said) :] == said for id_ in ids)
        if not found:
            found = ending
        if owners and len(found) > 1:
            return found & self.parts_of(owners)
        known = self.lexicon.things
        exact = frozenset(id_ for id_ in found if id_ in known and known[id_].class_ in classes)
        return next((some for some in (found, found & ending, exact) if len(some) == 1), found)

    def _of_class(self, classes: tuple[str, ...]) -> frozenset[str]:
        """The assets of the evidence that are of a class, looked for once a draft."""
        if classes not in self._known_of_class:
            self._known_of_class[classes] = frozenset(id_ for id_ in self.subjects if self.is_class(id_, classes))
        return self._known_of_class[classes]

    @cached_property
    def _known_of_class(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    @cached_property
    def subjects(self) -> frozenset[str]:
        return frozenset(self.ledger.by_asset)

    # -- quantities and classes --------------------------------------------------------------------------------------

    def same_quantity(self, said: Iterable[str], fact: Fact) -> bool:
        """Whether a quantity that is said is that of a fact, one of its kinds, or a shorter name of it."""
        return self.is_any(said, fact.quantity)

    def is_any(self, said: Iterable[str], own: str | None) -> bool:
        """Whether a quantity is one of those that are said."""
        return own is not None and any(self.is_quantity(one, own) for one in said)

    def is_quantity(self, said: str, own: str) -> bool:
        known = self.lexicon.vocabulary.quantities
        mine, theirs = known.get(own), known.get(said)
        if said == own or (mine and said in mine.ancestors) or (theirs and own in theirs.ancestors):
            return True
        words, of = quantity_key(said.replace("_", " ")), quantity_key(own.replace("_", " "))
        return words <= of or of <= words

    def is_class(self, id_: str, classes: Iterable[str]) -> bool:
        named = self.lexicon.things.get(id_)
        return named is not None and any(self.lexicon.is_a(named.class_, one) for one in classes)

    def same_class(self, said: Iterable[str], other: str | None) -> bool:
        return other is not None and any(self.lexicon.is_a(other, one) or self.lexicon.is_a(one, other) for one in said)

    # -- states ------------------------------------------------------------------------------------------------------

    def holds(self, state: str, id_: str) -> bool | None:
        """Whether the evidence says that an asset is in a state; None where it says nothing of it."""
        match state:
            case "running" | "stopped":
                runs = self._runs(id_)
                return None if runs is None else runs == (state == "running")
            case "sound" | "flagged":
                return self._outlook(id_, state)
            case "open" | "closed" | "occupied" | "unoccupied":
                said = {str(fact.value).casefold() for fact in self._cells(id_, "state")}
                return state in said if said else None
            case "normal":
                return self._all_normal(id_)
            case "current":
                stale = self._status_is(id_, frozenset({"stale"}))
                return None if stale is None else not stale
            case "trouble" | "attention":
                return self._troubled(id_)
            case "comfortable":
                shares = [
                    fact.number
                    for fact in self.ledger.by_asset.get(id_, ())
                    if fact.key == "within_band" and fact.table == "zones"
                ]
                return min(one or 0 for one in shares) >= _WHOLE if shares else None
            case "backed_up":
                tables = {fact.table for fact in self.ledger.by_asset.get(id_, ()) if id_ in fact.of}
                return "backed_up" in tables if tables & {"backed_up", "loses_service"} else None
            case "too_warm" | "too_cold":
                sides = {str(fact.value) for fact in self._cells(id_, "side")}
                return ("high" if state == "too_warm" else "low") in sides if sides else None
            case _:
                return self._status_is(id_, _STATUSES[state]) if state in _STATUSES else None

    def statuses(self, id_: str) -> set[str]:
        """Of the asset itself where that is told, else of its points."""
        cells = list(self._cells(id_, "status"))
        own = [fact for fact in cells if fact.of == frozenset({id_})]
        if not cells:
            cells = [
                fact for fact in self.ledger.by_asset.get(id_, ()) if fact.table == "symptom" and fact.key == "status"
            ]
        return {str(fact.value) for fact in own or cells}

    def _status_is(self, id_: str, wanted: frozenset[str]) -> bool | None:
        found = self.statuses(id_)
        if "stale" in wanted and any(fact.stale for fact in self.ledger.by_asset.get(id_, ())):
            return True
        if found:
            return bool(found & wanted)
        if (spells := self._alarms(id_)) is not None:
            return bool(spells & wanted)
        if any(self._left_out(id_, table, wanted) for table in self.ledger.tables):
            return False
        if "stale" in wanted and any(fact.read_at for fact in self.ledger.by_asset.get(id_, ())):
            return False
        return None

    def _alarms(self, id_: str) -> set[str] | None:
        """The levels of its open alarms, where alarms of it were looked for."""
        facts = [fact for fact in self.ledger.by_asset.get(id_, ()) if fact.table in ("spells", "alarms")]
        if not facts:
            return None
        cleared = {fact.row for fact in facts if fact.key == "cleared"}
        return {str(fact.value) for fact in facts if fact.key == "level" and fact.row not in cleared}

    def _left_out(self, id_: str, table: Table, wanted: frozenset[str]) -> bool:
        """Whether it would be in a whole list of those with a status, if it had it."""
        query = table.query
        if query is None or table.name != "assets" or not table.whole or not wanted <= set(query.status):
            return False
        known = self.lexicon.things.get(id_)
        return only_status(query) and known is not None and self.lexicon.is_a(known.class_, query.class_ or "Equipment")

    def _all_normal(self, id_: str) -> bool | None:
        found = self.statuses(id_)
        if found:
            return found == {"normal"}
        beyond = self._status_is(id_, frozenset({"alarm", "warning"}))
        return False if beyond else None

    def _troubled(self, id_: str) -> bool | None:
        beyond = self._status_is(id_, frozenset({"alarm", "warning"}))
        flagged = self._outlook(id_, "flagged")
        risky = any(
            fact.table in ("risks", "risk") and fact.key == "score" and (fact.number or 0) > 0
            for fact in self.ledger.by_asset.get(id_, ())
        )
        doubted = any(fact.key in ("doubts", "issues") for fact in self.ledger.by_asset.get(id_, ()))
        if beyond or flagged or risky or doubted:
            return True
        return None if beyond is None and flagged is None else False

    def _outlook(self, id_: str, state: str) -> bool | None:
        found = {str(fact.value) for fact in self._cells(id_, "outlook")}
        return state in found if found else None

    def _runs(self, id_: str) -> bool | None:
        for fact in self.ledger.by_asset.get(id_, ()):
            switched = switch_in(str(fact.value)) if fact.kind == "state" and fact.key != "status" else None
            if switched is not None:
                return switched
            if _is_switch(fact):
                return (fact.number or 0) > 0
        return None

    def point_statuses(self, ids: Iterable[str], quantities: Iterable[str] = ()) -> list[str]:
        """The statuses of the points of assets, of a quantity where one is said."""
        wanted, said = set(ids), list(quantities)
        return [
            str(fact.value)
            for fact in self.ledger.facts
            if fact.key == "status"
            and (not wanted or fact.ids & wanted)
            and (own := self.row_quantity.get(fact.row)) is not None
            and (not said or self.is_any(said, own))
        ]

    def parts_of(self, ids: Iterable[str]) -> frozenset[str]:
        """What the evidence has of the parts of assets, by a relation or by their names: “AHU-2 Filter”."""
        found: set[str] = set()
        for owner in ids:
            named = self.lexicon.things.get(owner)
            whole = key(named.name) if named else ()
            found |= {
                one
                for name, some in self.told.items()
                if whole and len(name) > len(whole) and name[: len(whole)] == whole
                for one in some
            }
            found |= {one for one in self.subjects if ("part_of", one, owner) in self.related}
        return frozenset(found)

    def _cells(self, id_: str, key_: str) -> Iterator[Fact]:
        yield from (
            fact
            for fact in self.ledger.by_asset.get(id_, ())
            if fact.kind == "state" and fact.key == key_ and id_ in fact.of
        )

    # -- sets --------------------------------------------------------------------------------------------------------

    def counts(
        self, classes: Sequence[str], states: Iterable[str], negated: bool, ids: Iterable[str] = ()
    ) -> Iterator[int]:
        """How many of a class (of all where none is said) are in a state, or there are, as far as the evidence counts them all: of what is about
        these assets where it is about some."""
        about, states = frozenset(ids), list(states)
        keys = frozenset(key for state in states for key in (state, *_COUNTED_AS.get(state, ())))
        wanted = frozenset[str]().union(*(_STATUSES.get(state, frozenset({state})) for state in states))
        for table in self.ledger.tables:
            if about and table.of and not about & set(table.of):
                continue
            if not negated:
                yield from self._counted(table, classes, wanted, keys, about)
            if table.whole:
                yield from self._listed(table, classes, wanted, negated, about)
        if wanted and not negated:
            yield from self._alarm_counts(wanted)

    def _counted(
        self, table: Table, classes: Sequence[str], wanted: frozenset[str], keys: frozenset[str], ids: frozenset[str]
    ) -> Iterator[int]:
        """The counts that a result states of a class and a state, of these assets where some are said."""
        asked = frozenset[str](table.query.status if table.query else ())
        for row in table.rows:
            named = {column.key: cell for column, cell in zip(table.columns, row.cells, strict=True)}
            group = named.get("class", named.get("group"))
            of_class = group in self.lexicon.vocabulary.classes and not row.of  # a floor may be called “Basement”
            about = group if of_class else table.query.class_ if table.query else group
            if not classes and (of_class or named.get("class")) and table.name in _BY_CLASS:
                continue  # of that class, and not of all
            if classes and isinstance(about, str) and not any(self.lexicon.is_a(about, one) for one in classes):
                continue
            if ids and not self._is_row_of(table, row, ids):
                continue
            for column, cell in zip(table.columns, row.cells, strict=True):
                fits = column.key in keys if table.query is None and keys else asked == wanted
                if column.kind == "count" and isinstance(cell, int | float) and fits:
                    yield int(cell)

    def _is_row_of(self, table: Table, row: TableRow, ids: frozenset[str]) -> bool:
        """Whether a row's counts are of these assets, or of what is in these places."""
        if ids & {*row.of, *table.of}:
            return True
        return not row.of and not table.of and self.is_asked_within(ids)

    def _listed(
        self, table: Table, classes: Sequence[str], wanted: frozenset[str], negated: bool, ids: frozenset[str]
    ) -> Iterator[int]:
        """How many rows of a whole list are of a class, and in a state; of these assets, or of what is in these places, where some are said."""
        rows = [row for row in table.rows if row.of and self._row_is(table, row, classes)]
        if ids and not ids & set(table.of) and not (table.query is not None and self.is_asked_within(ids)):
            within = ids.union(*(self.inside.get(one, frozenset()) for one in ids))
            rows = [row for row in rows if within & set(row.of)]
        assets = {row.of[0] for row in rows}
        if not wanted:
            if not classes or any(self.lexicon.kind_of(one) == "point" for one in classes):
                yield len(rows)  # of points, several to an asset
            yield len(assets)
            return
        holding = {id_ for id_ in assets if any(self.holds(state, id_) for state in wanted)}
        if not negated:
            yield sum(_row_in(table, row, wanted) for row in rows)
        yield len(assets - holding) if negated else len(holding)

    def _row_is(self, table: Table, row: TableRow, classes: Sequence[str]) -> bool:
        points = table.name == "points" and any(one in ("Point", "Sensor") for one in classes)
        return not classes or points or any(self.is_class(one, classes) for one in row.of)

    def _alarm_counts(self, wanted: frozenset[str]) -> Iterator[int]:
        for fact in self.ledger.facts:
            if fact.table == "alarms" and wanted & {"alarm", "warning"}:
                yield int(fact.number or 0)

    def none_in(self, state: str, classes: Sequence[str]) -> bool | None:
        """Whether the evidence says that no asset of a class, or none at all, is in a state; None where it does not tell."""
        wanted = _STATUSES.get(state)
        if wanted is None:
            return None
        for fact in self.ledger.facts:
            if fact.key == "total" and self._asks(fact, wanted, classes):
                return fact.number == 0
            if (
                fact.table == "alarms"
                and fact.key == "active"
                and not fact.about
                and not classes
                and state in ("alarm", "beyond")
            ):
                return fact.number == 0
        if (
            state in ("trouble", "attention")
            and not classes
            and any(table.name == "risks" for table in self.ledger.tables)
        ):
            return not any(table.rows for table in self.ledger.tables if table.name == "risks")
        return self._none_of_list(wanted, classes)

    def _asks(self, fact: Fact, wanted: frozenset[Status], classes: Sequence[str]) -> bool:
        query = fact.query
        return (
            query is not None
            and wanted <= set(query.status)
            and only_status(query)
            and self._covers(query.class_, classes)
        )

    def _covers(self, asked: str | None, classes: Sequence[str]) -> bool:
        """Whether a question about one class answers a statement about another."""
        if asked in (None, "Equipment"):
            return not any(self.lexicon.kind_of(one) == "point" for one in classes)
        return bool(classes) and any(self.lexicon.is_a(one, asked) for one in classes)

    def _none_of_list(self, wanted: frozenset[str], classes: Sequence[str]) -> bool | None:
        for table in self.ledger.tables:
            query = table.query
            if table.name != "assets" or query is None or not table.whole or query.status or not only_status(query):
                continue
            if self._covers(query.class_, classes) and all(self.statuses(row.of[0]) for row in table.rows):
                return not any(self.statuses(row.of[0]) & wanted for row in table.rows)
        return None

    # -- relations ---------------------------------------------------------------------------------------------------

    @cached_property
    def related(self) -> frozenset[tuple[str, str, str]]:
        """(relation, one, other): feeds, parts, place; in the direction of the word."""
        found: set[tuple[str, str, str]] = set()
        for table in self.ledger.tables:
            for one in table.of:
                for row in table.rows:
                    found.update((name, a, b) for other in row.of for name, a, b in _relations(table.name, one, other))
        found.update(self._steps)
        found.update(self._still_fed)
        found.update(("place", id_, place) for place, ids in self.inside.items() for id_ in ids)
        for table in self.ledger.tables:
            found.update(_asked_for(table))
        return frozenset(found)

    @cached_property
    def neighbours(self) -> frozenset[tuple[str, str, str]]:
        """As ``related``, with nothing between the two."""
        found: set[tuple[str, str, str]] = set()
        for table in self.ledger.tables:
            steps = next((i for i, column in enumerate(table.columns) if column.key == "steps"), None)
            for row in table.rows:
                if steps is not None and row.cells[steps] != 1:
                    continue
                found.update(one for id_ in table.of for other in row.of for one in _relations(table.name, id_, other))
        found.update(self._steps)
        found.update(one for table in self.ledger.tables for one in _asked_for(table))
        return frozenset(found)

    @cached_property
    def _steps(self) -> frozenset[tuple[str, str, str]]:
        """What is reached through what: “VAV-1 through AHU-1”."""
        found: set[tuple[str, str, str]] = set()
        for fact in self.ledger.facts:
            if fact.key == "through" and fact.table in ("upstream", "downstream", "loses_service", "backed_up"):
                for one in self.lexicon.names.get(key(str(fact.value)), ()):
                    found.update(
                        relation
                        for other in fact.of
                        for relation in _relations("upstream" if fact.table == "upstream" else "downstream", one, other)
                    )
        return frozenset(found)

    @cached_property
    def _still_fed(self) -> frozenset[tuple[str, str, str]]:
        """What supplies an asset when another does not."""
        return frozenset(
            relation
            for fact in self.ledger.facts
            if fact.key == "still_fed_by"
            for name in str(fact.value).split(", ")
            for one in self.lexicon.names.get(key(name), ())
            for other in fact.of
            for relation in _relations("downstream", one, other)
        )

    def is_asked_within(self, places: Iterable[str]) -> bool:
        """Whether a look-up was of what is in one of these places."""
        queries = [
            one for table in self.ledger.tables if table.query is not None for one in (table.query, *table.query.any_of)
        ]
        return any(set(query.within.ids or ()) & set(places) for query in queries if query.within is not None)

    def notes(self, sentence: str) -> bool:
        """Whether a note of a result says just this; what it quotes of others says nothing by itself."""
        said, quotes = _plain(self._masked(sentence)), _QUOTED.findall(sentence)
        return bool(said) and any(
            said in _plain(self._masked(note)) and all(quote in note for quote in quotes)
            for result in self.ledger.results
            for note in result.notes
        )

    def _masked(self, text: str) -> str:
        """Without the names that read like sentences, which whoever gave them may have meant to be told."""
        for name in self._sentences:
            text = text.replace(name, "“”")
        return text

    @cached_property
    def _sentences(self) -> Sequence[str]:
        return [one for one in names_in(self.ledger.facts) if reads_like_sentence(one)]

    def is_done(self, word: str, ids: Iterable[str]) -> bool:
        """Whether a change of one of these assets was approved and done, and has the word in its own sentence or in its outcome."""
        about, stem, said = set(ids), self.stem(word), language(self.language).proposals["done"]
        return any(
            one.state == "done"
            and (not about or bool(about & {asset.id for asset in one.assets}))
            and stem in self._stems(f"{_plain(one.what)} {one.outcome or ''} {said}")
            for one in self.ledger.proposals
        )

    def is_rejected(self, word: str, ids: Iterable[str]) -> bool:
        """Whether a change of one of these assets was rejected, and that is the word for it."""
        about, said = set(ids), language(self.language).proposals["rejected"]
        return self.stem(word) in self._stems(said) and any(
            one.state == "rejected" and (not about or bool(about & {asset.id for asset in one.assets}))
            for one in self.ledger.proposals
        )

    @property
    def is_proposed(self) -> bool:
        """Whether a change waits for approval."""
        return any(one.state == "proposed" for one in self.ledger.proposals)

    def asked_for(self, text: str) -> Sequence[tuple[int, int]]:
        """Where a text quotes word for word what somebody asks for."""
        spans = [match.span() for match in _QUOTED.finditer(text)]
        return [
            (start, end) for start, end in spans if any(text[start:end] in one.what for one in self.ledger.proposals)
        ]

    def are_places(self, ids: Iterable[str]) -> bool:
        return any(id_ in self.lexicon.things and self.lexicon.things[id_].kind in PLACE_KINDS for id_ in ids)

    def is_covered(self, id_: str) -> bool:
        """Whether a whole list would name it, if it were so."""
        return any(self._left_out(id_, table, frozenset()) for table in self.ledger.tables)

    # -- time and text -----------------------------------------------------------------------------------------------

    @cached_property
    def moments(self) -> Sequence[datetime]:
        """Every moment of the evidence, and the present."""
        times = [fact.value for fact in self.ledger.facts if isinstance(fact.value, datetime)]
        windows = [at for window in self.windows for at in window]
        return [self.now, *times, *windows]

    @cached_property
    def row_quantity(self) -> Mapping[str, str]:
        """What the numbers of a row measure."""
        return {fact.row: fact.quantity for fact in self.ledger.facts if fact.quantity is not None}

    def is_row_of(self, row: str, quantities: Iterable[str]) -> bool:
        """Whether a row measures one of some quantities, or is called after one: “Chlorine Dosing residual chlorine”."""
        own = self.row_quantity.get(row)
        if own is not None:
            return self.is_any(quantities, own)
        name = self._row_name.get(row, "")
        return any(name.endswith(one.replace("_", " ")) for one in quantities)

    @cached_property
    def _row_name(self) -> Mapping[str, str]:
        return {fact.row: str(fact.value) for fact in self.ledger.facts if fact.key == "name"}

    @cached_property
    def times(self) -> Mapping[str, Sequence[Fact]]:
        """The moments of each row."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.ledger.facts:
            if isinstance(fact.value, datetime):
                found[fact.row].append(fact)
        return found

    @cached_property
    def windows(self) -> Sequence[tuple[datetime, datetime]]:
        spans = {(table.window.start, table.window.end) for table in self.ledger.tables if table.window}
        return [*spans, *self._shown_windows]

    @cached_property
    def _shown_windows(self) -> Sequence[tuple[datetime, datetime]]:
        return [
            (one.window.start, one.window.end)
            for result in self.ledger.results
            for one in result.evidence
            if one.window
        ]

    @cached_property
    def days(self) -> frozenset[date]:
        found = {at.astimezone(self.zone).date() for at in self.moments}
        for start, end in self.windows:
            first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
            found.update(
                first + timedelta(days=day) for day in range(min((last - first).days, _LONGEST_WINDOW_DAYS) + 1)
            )
        return frozenset(found)

    def durations(self, facts: Iterable[Fact]) -> Iterator[float]:
        """Seconds that facts are old, lasted or were counted over."""
        rows: dict[str, list[datetime]] = defaultdict(list)
        for fact in facts:
            if isinstance(fact.value, datetime):
                yield abs((self.now - fact.value).total_seconds())
                rows[fact.row].append(fact.value)
            elif fact.number is not None and fact.unit in ("h", "min", "d", "s"):
                yield fact.number * {"h": 3600, "min": 60, "d": 86_400, "s": 1}[fact.unit]
        for times in rows.values():
            yield from (abs((one - other).total_seconds()) for one in times for other in times if one != other)

    @cached_property
    def library(self) -> frozenset[str]:
        """The words of what is general: definitions, failure modes, maintenance, documents."""
        return frozenset(stem for fact in self._texts if _is_general(fact) for stem in self._stems(str(fact.value)))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The words of texts, names and states of the evidence."""
        told = [
            fact
            for fact in self.ledger.facts
            if fact.kind in ("name", "state") and (self.hearsay or not reads_like_sentence(str(fact.value)))
        ]
        told += [fact for fact in self._texts if not _is_general(fact)]
        texts = [str(fact.value) for fact in told]
        texts += [_plain(entry.error) for entry in self.ledger.entries if entry.error]
        texts += [note for result in self.ledger.results if not isinstance(result, Proposed) for note in result.notes]
        return frozenset(stem for text in texts for stem in self._stems(text))

    def tells(
        self, words: Iterable[str], ids: Iterable[str] = (), quoting: str = "", *, findings: bool = False
    ) -> float:
        """The largest share of words that one row's texts hold: of these assets where any are said, with these words as they are."""
        wanted, about = {self.stem(word) for word in words}, set(ids)
        if not wanted:
            return 0.0
        said = quoting.casefold()
        return max(
            (
                len(wanted & stems) / len(wanted)
                for ids_, text, stems, is_general in self._rows
                if not (findings and is_general) and (not about or not ids_ or ids_ & about) and said in text
            ),
            default=0.0,
        )

    def finds(self, word: str, ids: Iterable[str]) -> bool:
        """Whether a finding about one of these assets has the word; what a library tells of their class is none."""
        about, stem = set(ids), self.stem(word)
        return any(
            fact.ids & about and stem in self._stems(str(fact.value)) for fact in self._texts if not _is_general(fact)
        )

    def quotes(self, said: str, *, findings: bool = False) -> bool:
        """Whether a text of the evidence, or a finding among them, holds these words as they stand."""
        return any(said.casefold() in text for _, text, _, general in self._rows if not (findings and general))

    def quotes_about(self, said: str, words: Sequence[str]) -> bool:
        """Whether the text that has most of these words holds what is said as it stands; any text where no words are given."""
        wanted = {self.stem(word) for word in words}
        shared = [(len(wanted & stems), said.casefold() in text) for _, text, stems, _ in self._rows]
        best = max((count for count, _ in shared), default=0)
        if not wanted or not best:
            return any(holds for _, holds in shared)
        return any(holds for count, holds in shared if count == best)

    def union(self, words: Iterable[str]) -> float:
        """The share of words that the texts hold together."""
        wanted = {self.stem(word) for word in words}
        return len(wanted & self._held) / len(wanted) if wanted else 0.0

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset[str]().union(*(stems for _, _, stems, _ in self._rows))

    @cached_property
    def _rows(self) -> Sequence[tuple[frozenset[str], str, frozenset[str], bool]]:
        """By row: whom its texts are about, the texts together, their stems, and whether they tell of what is general."""
        rows: dict[str, list[Fact]] = defaultdict(list)
        for fact in self._texts:
            rows[fact.row].append(fact)
        texts = [
            (some[0].ids, " ".join(str(fact.value) for fact in some).casefold(), all(map(_is_general, some)))
            for some in rows.values()
        ]
        return [(ids, text, frozenset(self._stems(text)), is_general) for ids, text, is_general in texts]

    def stem(self, word: str) -> str:
        """What is compared of a word: without the endings of the answer's language."""
        return _stem(self.language, word.lower())

    def _stems(self, text: str) -> set[str]:
        return {self.stem(piece.lower) for piece in pieces(text) if piece.kind == "word"}


_QUOTED = re.compile(r"“[^“”]*”")


def _plain(sentence: str) -> str:
    """Without what it quotes, and in one case."""
    return " ".join(_QUOTED.sub("“”", sentence).split()).casefold().rstrip(".")


def _is_named(fact: Fact) -> bool:
    """Whether it is the name of an asset; a point in a list is told by its quantity."""
    return fact.kind == "name" and fact.key not in ("class", "point")


def _is_hearsay(fact: Fact) -> bool:
    """What somebody wrote about assets: it is told as theirs, or not at all."""
    return fact.table in ("notes", "work_orders")


def _is_general(fact: Fact) -> bool:
    return fact.kind == "text" and (
        fact.table in ("failure_modes", "maintenance", "passages") or fact.key in ("definition", "advice")
    )


def _is_switch(fact: Fact) -> bool:
    """Whether a number says on or off."""
    if (
        fact.kind != "number"
        or fact.key != "value"
        or fact.quantity is None
        or fact.aggregate not in (None, "latest", "at")
    ):
        return False
    return fact.unit is None and fact.quantity.endswith(RUN_STATUSES)


def only_status(query: AssetQuery) -> bool:
    """Whether nothing but class and status narrows it."""
    plain = AssetQuery.model_validate({"class": query.class_, "status": query.status})
    return query == plain


def _row_in(table: Table, row: TableRow, wanted: frozenset[str]) -> bool:
    """Whether a row itself has one of these statuses."""
    cells = dict(zip((column.key for column in table.columns), row.cells, strict=True))
    return cells.get("status") in wanted or ("stale" in wanted and row.stale)


_STEMMERS = {"en": "english", "de": "german", "es": "spanish"}


@cache
def _stemmer(language: str) -> Stemmer:
    return cast(Stemmer, snowballstemmer.stemmer(_STEMMERS.get(language, "english")))


@lru_cache(maxsize=65_536)
def _stem(language: str, word: str) -> str:
    return _stemmer(language).stemWord(word)


def _asked_for(table: Table) -> Iterator[tuple[str, str, str]]:
    """What the query of a list says of everything in it: “fed by AHU-1”, “on Floor 2”."""
    query = table.query
    if query is None or table.name not in ("assets", "related"):
        return
    for other in (query.has_part.ids or ()) if query.has_part is not None else ():
        yield from (("place", other, one) for row in table.rows for one in row.of)
    for relation, back, of in (
        ("fed_by", "feeds", query.fed_by),
        ("feeds", "fed_by", query.feeds),
        ("part_of", "parts", query.part_of),
        ("place", "contains", query.within),
    ):
        for other in (of.ids or ()) if of is not None else ():
            for row in table.rows:
                yield from ((relation, one, other) for one in row.of)
                yield from ((back, other, one) for one in row.of)


def _relations(table: str, one: str, other: str) -> Iterator[tuple[str, str, str]]:
    match table:
        case "feeds" | "downstream" | "loses_service" | "backed_up":
            yield from (("feeds", one, other), ("fed_by", other, one), ("loses", one, other))
        case "fed_by" | "upstream":
            yield from (("fed_by", one, other), ("feeds", other, one))
        case "parts":
            yield from (("parts", one, other), ("part_of", other, one))
        case "part_of":
            yield from (("part_of", one, other), ("parts", other, one))
        case "located_in":
            yield from (("place", one, other), ("parts", other, one))
        case _:
            return
