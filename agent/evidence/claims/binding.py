"""Which cells of the evidence a number or a moment of a sentence may be: by what else its clause says, “the lowest”, “its limit”, “less”, “since”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.evidence.claims.sentence import Sentence
from agent.evidence.ledger import Fact
from agent.evidence.marks import Mark

_BOUNDS = frozenset({"low", "high", "limit", "threshold", "set_point"})
_CHANGES = frozenset({"difference", "percent", "change", "cost_difference"})
_ENDS = {"lowest": -1.0, "highest": 1.0, "min": -1.0, "max": 1.0, "peak": 1.0}
_SINCE = ("since", "from", "raised")


def end_of(fact: Fact) -> float:
    """-1 for what is the lowest, 1 for what is the highest, 0 for what is neither."""
    return _ENDS.get(fact.key.removesuffix("_at"), 0.0) or _ENDS.get(fact.aggregate or "", 0.0)


@dataclass(slots=True)
class Binding:
    """Of one sentence."""

    said: Sentence

    def fitting(self, index: int, facts: Iterable[Fact]) -> list[Fact]:
        """Those of the facts that a number may be, as its clause is worded."""
        clause = self.said.clause(index)
        direction = self._end(clause)
        at = next((i for i, mark in enumerate(clause) if mark is self.said.marks[index]), 0)
        bounded = any(mark.means("bound") or mark.means("comparative") for mark in clause[: at + 2])
        return [
            fact
            for fact in facts
            if not (direction and end_of(fact) * direction < 0)
            and fact.key != "known_h"
            and (bounded or fact.key not in _BOUNDS)
            and (fact.key not in _CHANGES or self._is_change(index, fact, clause))
            and self.is_at(index, fact)
        ]

    def _end(self, clause: Sequence[Mark]) -> float:
        ends = {float(str(mark.detail("superlative"))) for mark in clause if mark.means("superlative")} - {0.0}
        return ends.pop() if len(ends) == 1 else 0.0

    def _is_change(self, index: int, fact: Fact, clause: Sequence[Mark]) -> bool:
        """“-11.4”, “11.4 less”, “a difference of 11.4”: in the direction that is said."""
        said = [mark for mark in clause if mark.means("comparative") or mark.means("trend")]
        ways = {self.way(mark) for mark in said} - {0.0}
        minus = any(amount.value < 0 for amount in self.said.marks[index].amounts)
        if minus or not ways:
            return minus or any(mark.means("difference") for mark in clause)
        return len(ways) > 1 or (fact.number or 0) * ways.pop() > 0

    @staticmethod
    def way(mark: Mark) -> float:
        detail = mark.detail("comparative") if mark.means("comparative") else mark.detail("trend")
        return float(str(detail or 0))

    def is_at(self, index: int, fact: Fact) -> bool:
        """Whether the moment that stands with a number is one of the number's row: “74.6 °F by 14:00”."""
        mark = self.said.moment_beside(index)
        if mark is None and (said := self._day(index)) is not None:
            begins = [one.value for one in self.said.support.times.get(fact.row, ()) if one.key == "from"]
            zone, today = self.said.support.zone, self.said.support.now.astimezone(self.said.support.zone).date()
            return all((at.astimezone(zone).date() - today).days == said for at in begins if isinstance(at, datetime))
        if mark is None or mark.moment is None or mark.text.casefold() in self.said.asked.text:
            return True
        times = self.said.support.times.get(fact.row, ())
        own = [one for one in times if one.key == f"{fact.key}_at"] or [
            one for one in times if not one.key.endswith("_at")
        ]
        if not own:
            return True
        zone = self.said.support.zone
        moments = [one.value for one in own if isinstance(one.value, datetime)]
        if mark.moment.hour is None:
            return any(mark.moment.is_day(at.astimezone(zone).date()) for at in moments)
        ends = [at for window in self.said.support.windows for at in window]
        return mark.moment.is_one_of([*moments, *ends], (), zone)

    def _day(self, index: int) -> int | None:
        """“today”, “yesterday”, where the clause of a number says one of them."""
        days = {int(float(str(mark.detail("day")))) for mark in self.said.clause(index) if mark.means("day")}
        return days.pop() if len(days) == 1 else None

    def moments(self, index: int, facts: Iterable[Fact]) -> list[datetime]:
        """The times that a moment may be, as its clause is worded."""
        clause = self.said.clause(index)
        direction = self._end(clause)
        since = any(mark.means("since") for mark in self.said.marks[max(0, index - 3) : index])
        times = [fact for fact in facts if isinstance(fact.value, datetime)]
        if since:
            times = [fact for fact in times if fact.key.endswith(_SINCE)]
        return [
            fact.value
            for fact in times
            if isinstance(fact.value, datetime) and not (direction and end_of(fact) * direction < 0)
        ]
