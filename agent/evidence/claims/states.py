"""“in alarm”, “running”, “everything is normal”: a state is that of whom it is said, and of all only where all were looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.evidence.claims.sentence import BREAKS, NEAR, Sentence
from agent.evidence.marks import Mark

_QUOTING = 15
"""Characters before a word that stand with it in a text."""


_STATUS = frozenset({"status"})
_OF_POINTS: Mapping[str, frozenset[str]] = {
    "normal": frozenset({"normal"}), "alarm": frozenset({"alarm"}), "warning": frozenset({"warning"}), "stale": frozenset({"stale"}),
}  # fmt: skip


@dataclass(slots=True)
class States:
    """Judges one sentence."""

    said: Sentence

    def judge(self) -> None:
        for index, mark in enumerate(self.said.marks):
            if self.said.is_state(index) and not self._state_holds(index, mark):
                self.said.refuse(mark)

    def _state_holds(self, index: int, mark: Mark) -> bool:
        state = str(mark.detail("state"))
        negated = self.said.is_negated(index)
        supposed = any(mark.means("if") for mark in self._before(index))
        if state == "beyond" and not supposed and (passed := self.passes(index, self.said.ids(index))) is not None:
            return passed is not negated  # a finding of the same words may tell of the other side
        if self.said.is_finding() or self.said.support.quotes(
            self.said.text[max(0, mark.start - _QUOTING) : mark.end], findings=True
        ):
            return True
        if self.said.has("unable") and not self.said.group(index):
            return True
        if self._in_texts(mark, self.said.ids(index)):
            return True
        ids = self.said.group(index)
        if self.said.has("orders") and state in ("open", "closed"):
            return self._no_orders() is (negated or self.said.has("none"))
        if (
            state in ("alarm", "warning")
            and (negated or self.said.has("none"))
            and self._no_alarms(ids or self.said.context.assets)
        ):
            return True
        if state in ("running", "stopped", "comfortable") and self._is_share(index):
            return not negated
        if mark.means("deed") and any(one.means("possible") for one in self._before(index)):
            return not negated  # “you can shut it”
        if supposed:
            return not negated  # “if you shut it”: nothing is said to be so
        if (judged := self._of_points(state, index, negated, ids or self.said.context.assets)) is not None:
            return judged
        if self._is_counted(index):
            return self._are_so(state, index, negated)  # its number is checked
        if (
            not ids
            and not self.said.has("pronoun")
            and (self.said.has("none") or self.said.has("all") or self._is_none_of(index))
        ):
            return self._group_holds(state, index, negated)
        ids = ids or self.said.context.assets
        if ids and self.said.has("none") and not self.said.group(index):  # “none of them”
            return all(self.said.support.holds(state, id_) is False for id_ in self.said.context.listed or ids)
        if not ids:
            return self._exists(state, index, negated)
        found = [self.said.support.holds(state, id_) for id_ in ids]
        known = [one for one in found if one is not None]
        if self.said.has("only") and known and all(known):
            if state in ("running", "stopped"):
                return not negated and self._only(state, ids)
            return state in ("alarm", "warning", "stale", "beyond") and len(ids) in self.said.support.counts(
                (), [state], False
            )
        if self.said.has("all") and len(known) < len(found):
            return False
        return bool(known) and all(one is not negated for one in known)

    def _are_so(self, state: str, index: int, negated: bool) -> bool:
        """“2 pumps are stale: P-1 and P-2”: those that are named are."""
        named = [mark.ids for mark in self.said.marks[index + 1 :] if mark.sort == "asset" and mark.ids]
        known = [[self.said.support.holds(state, id_) for id_ in ids] for ids in named]
        return not any(
            all(one is negated for one in some if one is not None) and any(one is not None for one in some)
            for some in known
        )

    def _of_points(self, state: str, index: int, negated: bool, ids: frozenset[str]) -> bool | None:
        """“The bearing temperature is normal”, “all readings are normal”: by the statuses of these points; None where it is not said of points."""
        if state not in _OF_POINTS:
            return None
        apart = self.said.has("except")
        quantity = None if apart else self._quantity_before(index)
        each = (self.said.has("all") or self.said.has("none")) and self.said.has("points")
        if quantity is None and not each:
            return None
        found = self.said.support.point_statuses(ids, quantity or ())
        if not found:
            return None
        if quantity is None and self.said.has("none"):
            return not any(one in _OF_POINTS[state] for one in found)
        if quantity is None and (apart or self.said.has("more")):  # “all other readings”
            found = [one for one in found if one not in ("alarm", "warning")]
        return all((one in _OF_POINTS[state]) is not negated for one in found)

    def _quantity_before(self, index: int) -> frozenset[str] | None:
        """The quantity that a state is said of, with no asset between them."""
        for at in range(index - 1, -1, -1):
            mark = self.said.marks[at]
            if mark.quantities and mark.quantities != _STATUS and not self.said.is_vague(at):
                return mark.quantities
            if self.said.is_asset(at) or mark.means("pronoun") or mark.text in BREAKS - {":", "(", ")"}:
                return None
        return None

    def passes(self, index: int, ids: frozenset[str]) -> bool | None:
        """“above its limit”: whether a value is on the side that is said; None where no side is, or where a number tells."""
        way = next((float(str(one)) for one in [self.said.marks[index].detail("comparative")] if one is not None), 0.0)
        way = way or self._way(self.said.marks[index].text)
        if not way:
            return None
        numbers = [mark for mark in self.said.marks[index + 1 : index + 4] if mark.sort == "number"]
        quantities = self._quantity_before(index)
        anybody = not ids and quantities is not None
        facts = self.said.support.ledger.facts if anybody else self.said.support.facts_of(ids)
        rows: dict[str, dict[str, float]] = {}
        for fact in facts:
            if fact.number is None or fact.key not in ("value", "low", "high", "limit"):
                continue
            if quantities is None or self.said.support.is_row_of(fact.row, quantities):
                rows.setdefault(fact.row, {})[fact.key] = fact.number
        judged = [_beyond(row, way, bool(numbers)) for row in rows.values() if "value" in row and len(row) > 1]
        return any(judged) if judged else None

    def _way(self, text: str) -> float:
        words = self.said.words
        for word in text.lower().split():
            for meaning in words.at([word], 0)[1]:
                if meaning.sort == "comparative":
                    return float(str(meaning.detail))
        return 0.0

    def _is_share(self, index: int) -> bool:
        """“in operation for 64.6 % of the time”, “on for 7 hours”: how long it was so, which its number says."""
        clause = self.said.clause(index)
        if any(mark.means("since") or mark.means("been") for mark in clause):
            return False  # “has been on for 7 hours”: it is on now
        return any(
            fact.kind in ("percent", "hours") and any(one is self.said.marks[at] for one in clause)
            for at, facts in self.said.stated.items()
            for fact in facts
        )

    def _before(self, index: int) -> Sequence[Mark]:
        start = next((i for i in range(index - 1, -1, -1) if self.said.marks[i].text in BREAKS | {","}), -1)
        return self.said.marks[start + 1 : index]

    def _only(self, state: str, ids: frozenset[str]) -> bool:
        """Whether the evidence tells of no other asset that it is so."""
        support = self.said.support
        others = [id_ for id_ in support.subjects - ids if id_ in support.lexicon.things]
        return not any(support.holds(state, id_) for id_ in others if not support.is_class(id_, ("Point",)))

    def _no_orders(self) -> bool:
        counts = [
            fact.number
            for fact in self.said.support.ledger.facts
            if fact.key.startswith("orders_") or (fact.table == "work_orders" and fact.kind == "count")
        ]
        return bool(counts) and not any(counts)

    def _no_alarms(self, ids: frozenset[str]) -> bool:
        """“No alarms”: a look-up of alarms found none, of these assets where some are said."""
        counts = [
            fact.number
            for fact in self.said.support.ledger.facts
            if fact.table == "alarms" and fact.kind == "count" and (not ids or not fact.ids or ids & fact.ids)
        ]
        return bool(counts) and not any(counts)

    def _is_none_of(self, index: int) -> bool:
        return self.said.is_negated(index) and not self.said.group(index)

    def _is_counted(self, index: int) -> bool:
        """“3 alarms”, “2 of the pumps are in alarm”: the number says how many."""
        for mark in reversed(self.said.marks[max(0, index - NEAR) : index]):
            if mark.text in BREAKS:
                return False
            if mark.amounts and mark.unit in (None, ""):
                between = range(max(0, index - NEAR), index)
                return not any(self.said.marks[i].sort == "asset" and not self.said.is_owner(i) for i in between)
        return False

    def _group_holds(self, state: str, index: int, negated: bool) -> bool:
        """“No pump is in alarm”, “everything is normal”."""
        classes = next((mark.classes for mark in reversed(self.said.marks[:index]) if mark.classes), ()) or next(
            (mark.classes for mark in self.said.marks if mark.classes), ()
        )
        if state in ("normal", "sound", "current"):
            against = {"normal": ("alarm", "warning"), "current": ("stale",), "sound": ("flagged",)}[state]
            if negated:
                return False
            return all(self._none_in(one, classes) for one in against)
        none = self._none_in(state, classes)
        if negated or self.said.has("none"):
            return none is True
        return False

    def _none_in(self, state: str, classes: Sequence[str]) -> bool:
        if state == "flagged":
            return any(
                fact.table == "outlook" and fact.key == "flagged" and fact.number == 0
                for fact in self.said.support.ledger.facts
            )
        return self.said.support.none_in(state, classes) is True

    def _exists(self, state: str, index: int, negated: bool) -> bool:
        """“There are alarms”, “pumps are running”: some are, as the evidence counts."""
        classes = next((mark.classes for mark in self.said.marks if mark.classes), ())
        return not negated and any(count > 0 for count in self.said.support.counts(classes, [state], False))

    def _in_texts(self, mark: Mark, ids: frozenset[str]) -> bool:
        """A word of a finding, said of whom the finding is."""
        if mark.detail("state") not in ("trouble", "damage", "worsening", "flagged", "beyond", "attention"):
            return False
        word = mark.text.split()[-1]
        general = self.said.has("possible") and self.said.support.stem(word) in self.said.support.library
        return general or (bool(ids) and self.said.support.finds(word, ids))


def _beyond(row: Mapping[str, float], way: float, numbered: bool) -> bool:
    """Whether a value is above its upper (1) or below its lower limit (-1); below the upper one where the limit's number is said."""
    value, upper, lower = row["value"], row.get("high", row.get("limit")), row.get("low", row.get("limit"))
    if way > 0:
        return (upper is not None and value > upper) or (numbered and lower is not None and value > lower)
    return (lower is not None and value < lower) or (numbered and upper is not None and value < upper)
