"""“warmer than”, “the highest”, “rising”: both values, the end of a list, the ends of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.evidence.claims.binding import end_of
from agent.evidence.claims.sentence import Sentence, is_neutral
from agent.evidence.claims.states import States
from agent.evidence.ledger import Fact

_THAN = (["than"], ["als"], ["que"])
_TRENDS: Mapping[str, float] = {"rising": 1.0, "falling": -1.0, "steady": 0.0}


@dataclass(slots=True)
class Comparisons:
    """Judges one sentence."""

    said: Sentence

    def judge(self) -> None:
        for index, mark in self.said.all("superlative"):
            direction = float(str(mark.detail("superlative")))
            against = self._is_against(index)  # “más bajo que”
            holds = self._is_compared(index, direction) if against else self._is_extreme(index, direction)
            holds = holds or self.said.is_finding()
            if direction and not is_neutral(mark) and holds is self.said.is_negated(index):
                self.said.refuse(mark)
        for index, mark in self.said.all("comparative"):
            direction = float(str(mark.detail("comparative")))
            numbers = any(one.sort == "number" for one in self.said.marks[index + 1 : index + 4])
            direction = -direction if self.said.is_negated(index) else direction
            judged = not is_neutral(mark) or self._is_against(index)
            judged = (
                judged and not mark.means("superlative") and not mark.means("state")
            )  # “above its limit” is a state
            judged = judged and not self._is_stated(index, direction)
            if direction and not numbers and judged and not self._is_compared(index, direction):
                self.said.refuse(mark)
        for index, mark in self.said.all("comparative"):
            bounds = [
                one for one in self.said.marks[index + 1 : index + 5] if one.means("bound") or one.sort == "number"
            ]
            if (
                bounds
                and bounds[0].sort != "number"
                and not any(one.sort == "number" for one in bounds)
                and States(self.said).passes(index, self.said.ids(index)) is False
            ):
                self.said.refuse(mark)
        for index, mark in self.said.all("trend"):
            if not self._moves(index, float(str(mark.detail("trend")))):
                self.said.refuse(mark)

    def _is_extreme(self, index: int, direction: float) -> bool:
        """An aggregate that says so, or the end of a list that nothing was left out of."""
        wanted = "max" if direction > 0 else "min"
        ids, quantities = self.said.ids(index), self.said.quantities(index)
        stated = [fact for at, facts in self.said.stated.items() if self._beside(index, at) for fact in facts]
        if any(end_of(fact) == direction for fact in stated):
            return True
        for values in self.said.columns(quantities):
            best = (max if direction > 0 else min)(fact.number or 0 for fact in values)
            ends = {fact.id for fact in values if fact.number == best}
            if any(fact.id in ends for fact in stated):
                return True
            if not stated and any(fact.of & ids for fact in values if fact.id in ends):
                return True
        ends = [fact for fact in self.said.support.ledger.facts if fact.aggregate == wanted]
        return not stated and len({fact.row for fact in ends}) == 1 and any(not ids or fact.ids & ids for fact in ends)

    def _is_stated(self, index: int, direction: float) -> bool:
        """By numbers that hold: “warmer: 81 °F, compared with 69 °F”, “4.2 mm/s more”."""
        facts = [some[0] for some in self.said.stated.values() if some]
        if any(fact.key in ("difference", "percent") and (fact.number or 0) * direction > 0 for fact in facts):
            return True
        values = [fact for at, some in sorted(self.said.stated.items()) if at > index for fact in some[:1]]
        if len(values) < 2 or values[0].unit != values[1].unit:
            return False
        return ((values[0].number or 0) - (values[1].number or 0)) * direction > 0

    def _is_against(self, index: int) -> bool:
        """“more … than Pump 1”."""
        follows = self.said.marks[index : index + 6]
        at = next((i for i, mark in enumerate(follows) if mark.text.lower().split()[-1:] in _THAN), None)
        return at is not None and any(mark.ids for mark in follows[at:])

    def _beside(self, index: int, at: int) -> bool:
        """Whether a number stands in the clause of a word."""
        return any(one is self.said.marks[at] for one in self.said.clause(index))

    def _is_compared(self, index: int, direction: float) -> bool:
        """“AHU-2 is warmer than AHU-1”."""
        before = [self.said.marks[i] for i in range(index) if self.said.is_asset(i)]
        after = [self.said.marks[i] for i in range(index, len(self.said.marks)) if self.said.is_asset(i)]
        if not before and not self.said.context.assets:
            return False
        own = (
            self.said.run(max(i for i in range(index) if self.said.is_asset(i)), -1)
            if before
            else self.said.context.assets
        )
        quantities = self.said.quantities(index)
        if not after and (apart := self._between_quantities(index, own)) is not None:
            return apart * direction > 0
        if not after:
            return self._is_beyond_all(own, direction, quantities)
        preferred = "highest" if direction > 0 else "lowest"
        for one in sorted(self.said.values(own, quantities), key=lambda fact: fact.key != preferred):
            for other in self.said.values(after[0].ids, quantities):
                if (
                    (one.key, one.quantity) == (other.key, other.quantity)
                    and one.number is not None
                    and other.number is not None
                ):
                    return (one.number - other.number) * direction > 0
        return False

    def _between_quantities(self, index: int, ids: frozenset[str]) -> float | None:
        """“The mixed air is cooler than the outside air”: between two quantities of one asset."""
        one = next((mark.quantities for mark in reversed(self.said.marks[:index]) if mark.quantities), None)
        other = next((mark.quantities for mark in self.said.marks[index:] if mark.quantities), None)
        mine = self.said.values(ids, one) if one else []
        theirs = self.said.values(ids, other) if other else []
        if not mine or not theirs or mine[0].quantity == theirs[0].quantity or mine[0].unit != theirs[0].unit:
            return None
        return (mine[0].number or 0) - (theirs[0].number or 0)

    def _is_beyond_all(self, ids: frozenset[str], direction: float, quantities: frozenset[str]) -> bool:
        """“AHU-1 is higher.”: than the others of the sentence before."""
        against = (self.said.context.listed | self.said.asked.ids) - ids
        mine, others = self.said.values(ids, quantities), self.said.values(against, quantities)
        if mine and not others:
            others = [
                fact
                for fact in self.said.values(self.said.support.ids - ids, quantities)
                if (fact.key, fact.quantity) == (mine[0].key, mine[0].quantity)
            ]
        return bool(mine and others) and all(
            ((one.number or 0) - (other.number or 0)) * direction > 0 for one in mine[:1] for other in others
        )

    def _moves(self, index: int, direction: float) -> bool:
        """By the numbers that it goes from and to, by a change that was computed, or by the ends of a list over time."""
        if (way := self._way(index)) is not None:
            return way == direction
        ids, quantities = self.said.ids(index), self.said.quantities(index)
        facts = self.said.support.facts_of(ids) if ids else list(self.said.support.ledger.facts)
        trends = [fact for fact in facts if fact.key == "trend" and self._is_of(fact, quantities)]
        if trends:
            return any(_trend(str(fact.value)) == direction for fact in trends)
        changes = [fact.number for fact in facts if fact.aggregate == "change" and fact.number is not None]
        if changes:
            return all(_sign(change) == direction for change in changes)
        timed = {fact.row for fact in facts if fact.key in ("from", "at") and fact.table in ("values", "forecasts")}
        series = [
            fact
            for fact in facts
            if fact.row in timed
            and fact.key in ("value", "expected")
            and fact.number is not None
            and (not quantities or self.said.support.same_quantity(quantities, fact))
        ]
        return len(series) > 1 and _sign((series[-1].number or 0) - (series[0].number or 0)) == direction

    def _way(self, index: int) -> float | None:
        """“rose from 66.9 °F to 74.6 °F”: between two values that hold."""
        after = [
            some[0] for at, some in sorted(self.said.stated.items()) if at > index and self._beside(index, at) and some
        ]
        before = [some[0] for at, some in sorted(self.said.stated.items()) if at < index and some]
        ends = after[:2] if len(after) > 1 else [*before[-1:], *after[:1]] if after else []
        if len(ends) < 2 or ends[0].key != "value" or ends[1].key != "value" or ends[0].quantity != ends[1].quantity:
            return None
        return _sign((ends[1].number or 0) - (ends[0].number or 0))

    def _is_of(self, fact: Fact, quantities: frozenset[str]) -> bool:
        own = self.said.support.row_quantity.get(fact.row)
        return not quantities or own is None or self.said.support.is_any(quantities, own)


def _sign(value: float) -> float:
    return 1.0 if value > 0 else -1.0 if value < 0 else 0.0


def _trend(text: str) -> float | None:
    return _TRENDS.get(text)
