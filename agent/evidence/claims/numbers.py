"""“2 pumps”, “14.2 °C”, “for 3 hours”: each number is a count or a value of the asset that it is said of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.evidence.amounts import SECONDS, Amount, is_value
from agent.evidence.claims.binding import Binding
from agent.evidence.claims.sentence import AND, BREAKS, NEAR, Sentence, is_neutral
from agent.evidence.ledger import Fact
from agent.evidence.marks import Mark
from graph_schema.units import convert_difference

_BY_KIND = frozenset({"by_class", "groups", "classes"})
"""Tables whose counts are of the class or group of their row."""
_BOTH = 2
_OF = frozenset({"of", "von", "der", "de", "des"})
_DEGREES = frozenset({"°C", "°F", "K"})
"""What “half a degree” may be said in."""


@dataclass(slots=True)
class Numbers:
    """Judges one sentence."""

    said: Sentence

    def judge(self) -> None:
        for index, mark in enumerate(self.said.marks):
            counted = mark.sort == "word" and mark.amounts and self._counts_something(index)
            if (mark.sort == "number" or counted) and not (self.holds(index, mark) or self.said.is_quoted(mark)):
                self.said.refuse(mark)

    def is_found(self, mark: Mark) -> bool:
        """Whether any result has the number, whatever it is of and whichever its sign, or it is the day of a moment: what the product puts together
        prints its results."""
        support = self.said.support
        values = [(fact.number, fact.unit) for fact in support.ledger.facts if fact.number is not None]
        days = [(float(day.day), None) for day in support.days]
        return self._is_between_the_two(mark) or any(
            is_value(amount, mark.unit, value, unit) or (amount.is_of(value) and mark.unit in (None, ""))
            for amount in mark.amounts
            for signed, unit in (*values, *days)
            for value in (signed, abs(signed))
        )

    def _is_between_the_two(self, mark: Mark) -> bool:
        """“The difference is 6.6 °C”, where two values were read and no more."""
        values = [one for one in self.said.support.ledger.facts if one.kind == "number" and one.key == "value"]
        if len(values) != _BOTH or not self.said.has("difference"):
            return False
        return any(_differ(amount, mark.unit, *values) for amount in mark.amounts)

    def is_left(self, index: int, mark: Mark) -> bool:
        """“and 14 more” below a list that was cut: fewer than what was counted or found."""
        if not any(one.means("more") for one in self.said.marks[index + 1 : index + 2]):
            return False
        facts = self.said.support.ledger.facts
        counts = [fact.number or 0 for fact in facts if fact.kind == "count"]
        found = len({id_ for fact in facts for id_ in fact.about})
        return any(amount.value < max(counts, default=found) or amount.value < found for amount in mark.amounts)

    def is_scale(self, index: int, mark: Mark) -> bool:
        """The hundred of “23 of 100”, as scores are told."""
        before = self.said.marks[max(0, index - 2) : index]
        of = [one.sort for one in before] == ["number", "word"] and before[1].text.lower() in _OF
        return of and all(amount.value == 100 for amount in mark.amounts)

    def heads_a_list(self, index: int, mark: Mark) -> bool:
        """“2 sensors: supply air flow, zone air temperature”."""
        listed = [one for one in self.said.marks[index + 2 :] if one.quantities or one.ids]
        return any(amount.value == len(listed) for amount in mark.amounts)

    def _counts_something(self, index: int) -> bool:
        """Whether a number in words counts: “three pumps”, “two of them”; “one” is as often a pronoun."""
        if any(mark.means("not") or mark.means("unable") for mark in self.said.marks[index : index + 1]):
            return False
        value = self.said.marks[index].amounts[0].value
        if self.said.marks[index].means("average"):
            return False
        follows = self.said.marks[index + 1 : index + 4]
        noun = any(mark.sort == "class" or mark.text.lower() in ("of", "von", "de", "der") for mark in follows[:2])
        if value == 1 and self.said.marks[index].means("neutral"):
            return any(one.sort == "class" for one in follows[:1])  # else an article, or a pronoun
        return noun if value == 1 else bool(follows)

    def holds(self, index: int, mark: Mark) -> bool:
        if any(self._is_asked(amount, mark.unit) for amount in mark.amounts):
            return True
        if mark.unit in SECONDS and any(self._lasted(index, amount, mark.unit) for amount in mark.amounts):
            facts = self.said.support.facts_of(self.said.ids(index))
            self.said.stated.setdefault(index, [fact for fact in facts if fact.kind == "hours"][:1])
            return True
        if mark.unit in (None, "") and any(self._is_count(index, amount) for amount in mark.amounts):
            return True
        return not self._is_of_a_noun(index, mark) and self._is_measured(index, mark)

    def _is_of_a_noun(self, index: int, mark: Mark) -> bool:
        """“24 zones”, “3 alarms”: a number of these, and no value."""
        if mark.unit not in (None, "") or index + 1 >= len(self.said.marks):
            return False
        noun = self.said.marks[index + 1]
        return bool(noun.classes and not noun.quantities) or noun.detail("state") in ("alarm", "warning")

    def _is_asked(self, amount: Amount, unit: str | None) -> bool:
        return any(
            one.value == amount.value and (unit in (other, None) or (other == "°" and unit in _DEGREES))
            for one, other in self.said.asked.amounts
        )

    def _lasted(self, index: int, amount: Amount, unit: str) -> bool:
        ids = self.said.ids(index)
        facts = self.said.support.facts_of(ids) if ids else self.said.support.ledger.facts
        states = [
            i
            for i in range(len(self.said.marks))
            if self.said.is_state(i) and self.said.marks[i].detail("state") != "stale"
        ]
        if states and not any(one.means("ago") for one in self.said.marks[max(0, index - 3) : index + 3]):
            facts = [fact for fact in facts if fact.key != "at"]  # how long it is so, not how old its reading is
        own = [fact for fact in facts if fact.kind == "hours" and fact.key != "known_h"]
        beside = self.said.clause(index)
        going = any(one.means("since") or one.means("ago") or one.means("been") for one in beside) or (
            bool(states) and not own
        )
        if own and not going:
            facts = own  # how long it ran, and not since when
        size = SECONDS[unit]
        spans = [*self.said.support.durations(facts)]
        past = any(one.means("past") for one in self.said.marks[max(0, index - 2) : index])
        if not own or going or past:
            spans += [(end - start).total_seconds() for start, end in self.said.support.windows]
        allowed = 0.6 * 10.0**-amount.decimals * size
        return any(abs(amount.value * size - seconds) <= allowed for seconds in spans)

    def _is_count(self, index: int, amount: Amount) -> bool:
        if amount.value < 0 or not float(amount.value).is_integer():
            return False
        if any(mark.means("more") for mark in self.said.marks[index + 1 : index + 2]):
            return self._is_rest(index, amount) or int(amount.value) in self.said.support.counts((), (), False)
        nouns = [
            one
            for one in self.said.marks[index + 1 : index + 5]
            if one.classes and not one.ids and not (is_neutral(one) and one.quantities)
        ]
        classes = nouns[0].classes if nouns else ()
        if any(mark.detail("relation") == "loses" for mark in self.said.clause(index)):
            return any(
                fact.table == "isolation" and fact.key == "total" and fact.number == amount.value
                for fact in self.said.support.ledger.facts
            )
        states, negated = self._states_of_count(index)
        ids = self._counted_of(index)
        if not (classes or states or self.said.group(index) or self.said.is_only_count()):
            classes = self.said.context.classes
        listing = any(self.said.support.lexicon.kind_of(one) == "point" for one in classes) and self.heads_a_list(
            index, self.said.marks[index]
        )
        if self.said.has("orders") and any(one.key.startswith("orders_") for one in self.said.support.ledger.facts):
            return self._is_own_count(index, amount)
        counted = int(amount.value) in self.said.support.counts(classes, states, negated, ids)
        return counted or listing or self._is_own_count(index, amount)

    def _counted_of(self, index: int) -> frozenset[str]:
        """“6 VAVs on Floor 2”, “Floor 2 has 6 VAVs”: the place or the asset that a count is of, in its own clause."""
        if (paired := self.said.paired(index)) is not None:
            return paired
        clause = self.said.clause(index)
        mark = self.said.marks[index]
        at = next(i for i, one in enumerate(clause) if one is mark)
        upto = next((i for i in range(at, len(clause)) if clause[i].text in AND), len(clause))
        after = next((one.ids for one in clause[at:upto] if one.ids and self.said.support.are_places(one.ids)), None)
        before = next((one.ids for one in reversed(clause[:at]) if one.ids), None)
        if after and any(one.means("inside") for one in clause[at + 1 : at + 4]):
            return after
        return before or after or self.said.group(index)

    def _is_rest(self, index: int, amount: Amount) -> bool:
        """“71 VAVs: …, and 59 more”: what is left of the number before."""
        for at, mark in self.said.all("number"):
            listed = sum(one.sort == "asset" for one in self.said.marks[at + 1 : index])
            if at < index and any(one.value == amount.value + listed for one in mark.amounts):
                return True
        return self._is_own_count(index, amount)

    def _is_own_count(self, index: int, amount: Amount) -> bool:
        """A count that an asset has of its own: its dependents, its alarms."""
        ids = self._counted_of(index) or self.said.context.assets
        return any(
            fact.kind == "count"
            and fact.table not in _BY_KIND
            and self._is_of_orders(fact)
            and fact.number == amount.value
            and (not ids or ids & (fact.of or fact.about))
            for fact in self.said.support.facts_of(ids)
        )

    def _is_of_orders(self, fact: Fact) -> bool:
        """“3 work orders were closed” is a count of orders, and of closed ones where the evidence counts these apart."""
        if not self.said.has("orders") or fact.table == "work_orders":
            return True
        ended = {"open": "opened", "closed": "closed"}
        states = {ended[str(mark.detail("state"))] for mark in self.said.marks if mark.detail("state") in ended}
        own = fact.key.startswith("orders_")
        return own and (not states or fact.key.removeprefix("orders_") in states)

    def _states_of_count(self, index: int) -> tuple[list[str], bool]:
        """“3 pumps are not in alarm”: the states said of what is counted."""
        if any(one.text.lower().split()[-1] in _OF for one in self.said.marks[max(0, index - 2) : index]):
            return [], False  # “2 of the 3 pumps”: all that there are
        end = next(
            (i for i in range(index + 1, len(self.said.marks)) if self.said.marks[i].text in BREAKS),
            len(self.said.marks),
        )
        states = [str(self.said.marks[i].detail("state")) for i in range(index, end) if self.said.is_state(i)]
        return states, bool(states) and any(mark.means("not") for mark in self.said.marks[index:end])

    def _is_measured(self, index: int, mark: Mark) -> bool:
        pool = self._pool(index)
        if self._turn(index) is not None:
            return (
                self._limits(index, mark, pool)
                or self._is_difference(index, mark)
                or self._is_changed_by(index, mark, pool)
            )
        found = Binding(self.said).fitting(
            index, [fact for fact in pool if any(self._is_value(amount, mark.unit, fact) for amount in mark.amounts)]
        )
        if found and self._is_bound(index, mark, found) and self._is_of_each(index, mark):
            self.said.used.extend(found)
            self.said.stated[index] = found
            return not any(one.means("not") for one in self.said.marks[max(0, index - 2) : index])
        return (
            self._is_difference(index, mark)
            or self._is_apart(index, mark, pool)
            or self._is_extreme_of_all(index, mark)
            or self.said.is_quoted(mark)
        )

    def _is_changed_by(self, index: int, mark: Mark, pool: Sequence[Fact]) -> bool:
        """“more than half, 4.24 mm/s”: a difference that was computed."""
        found = [fact for fact in pool if any(self._is_value(amount, mark.unit, fact) for amount in mark.amounts)]
        return any(fact.key in ("difference", "percent") for fact in Binding(self.said).fitting(index, found))

    def _is_apart(self, index: int, mark: Mark, pool: Sequence[Fact]) -> bool:
        """“0.4 °C below its set point”: between two values of one asset."""
        if not any(one.means("comparative") for one in self.said.marks[index + 1 : index + 2]):
            return False
        values = [fact for fact in pool if fact.kind == "number" and fact.unit]
        return any(
            _differ(amount, mark.unit, one, other)
            for i, one in enumerate(values)
            for other in values[i + 1 :]
            if one.unit == other.unit
            for amount in mark.amounts
        )

    def _turn(self, index: int) -> Mark | None:
        """“above”, “at least”: what makes a limit of the number after it."""
        before = self.said.marks[max(0, index - 2) : index]
        return next((one for one in reversed(before) if one.means("comparative") and not one.means("difference")), None)

    def _is_of_each(self, index: int, mark: Mark) -> bool:
        """“AHU-1 and AHU-2 are at 14 °C”: one number after several assets is each one's."""
        before = next(
            (
                i
                for i in range(index - 1, -1, -1)
                if self.said.is_asset(i) and not self.said.is_whereabouts(i) and not self.said.is_aside(i, index)
            ),
            None,
        )
        after = next(
            (
                i
                for i in range(index + 1, len(self.said.marks))
                if self.said.is_asset(i) or self.said.marks[i].text in BREAKS
            ),
            len(self.said.marks),
        )
        if before is None or sum(one.sort == "number" for one in self.said.marks[before:after]) > 1:
            return True
        return all(
            any(
                self._is_value(amount, mark.unit, fact)
                for fact in self.said.support.facts_of(ids)
                for amount in mark.amounts
            )
            for ids in self.said.listed(before)
        )

    def _pool(self, index: int) -> Sequence[Fact]:
        ids = self.said.group(index)
        if not ids:
            own = self.said.context.assets
            own = own | self.said.support.parts_of(own) if any(mark.quantities for mark in self.said.marks) else own
            return self.said.support.facts_of(own) if own else self.said.support.ledger.facts
        parts = (
            self.said.support.parts_of(ids) if any(mark.quantities for mark in self.said.marks) else frozenset[str]()
        )
        return [*self.said.support.facts_of(ids | parts), *self.said.support.shares]

    def _is_value(self, amount: Amount, unit: str | None, fact: Fact) -> bool:
        if fact.number is None or fact.kind not in ("number", "percent", "hours"):
            return False
        if fact.kind != "number" and unit is None:
            return False
        falls = (
            fact.aggregate == "change" or fact.key in ("difference", "percent", "cost_difference")
        ) and amount.value >= 0
        return is_value(amount, unit, fact.number, fact.unit) or (
            falls and is_value(amount, unit, abs(fact.number), fact.unit)
        )

    def _is_bound(self, index: int, mark: Mark, found: Sequence[Fact]) -> bool:
        """Never by the number alone: the quantity has to be the fact's where one is said; else the asset or the unit has to tell."""
        quantities = self.said.quantities(index)
        if quantities:
            return any(
                fact.quantity is None or self.said.support.same_quantity(quantities, fact) for fact in found
            ) and self._fits_mark(mark, found, quantities)
        return bool(self.said.ids(index)) or mark.unit is not None or self.said.is_only_count()

    def _fits_mark(self, mark: Mark, found: Sequence[Fact], quantities: frozenset[str]) -> bool:
        own = [fact for fact in found if self.said.support.same_quantity(quantities, fact)]
        return bool(own) or any(
            fact.quantity is None and (mark.unit is not None or fact.key != "value") for fact in found
        )

    def _limits(self, index: int, mark: Mark, pool: Sequence[Fact]) -> bool:
        """“above 18 °C”: a limit that every value it is said of keeps; or a number of the calls, which was asked for."""
        turn = self._turn(index)
        assert turn
        limits = [fact for fact in pool if fact.key in ("low", "high", "limit", "threshold")]
        own = [fact for fact in limits if any(self._is_value(amount, mark.unit, fact) for amount in mark.amounts)]
        if own:
            return any(self._is_passed(index, fact, turn) for fact in own)
        if any(amount.value in self.said.asked.thresholds for amount in mark.amounts):
            return True
        direction = turn.detail("comparative")
        quantities = self.said.quantities(index)
        values = [
            fact
            for fact in pool
            if fact.kind == "number"
            and fact.key == "value"
            and (not quantities or self.said.support.same_quantity(quantities, fact))
        ]
        negated = any(one.means("not") for one in self.said.marks[max(0, index - NEAR) : index])
        return (
            bool(values)
            and direction in (1.0, -1.0)
            and all(_beyond(fact, mark, float(direction)) is not negated for fact in values)
        )

    def _is_passed(self, index: int, limit: Fact, turn: Mark) -> bool:
        """“at 77 °C, below its limit of 80 °C”: the value of the limit's row is on the side that is said."""
        of_row = [one for one in self.said.support.ledger.facts if one.row == limit.row]
        direction = Binding.way(turn)
        said = {fact.id for facts in self.said.stated.values() for fact in facts}
        ends = [one.number for one in of_row if one.key in ("highest", "lowest", "worst") and one.id in said]
        values = ends or [one.number for one in of_row if one.key == "value"]
        if not values or values[0] is None or limit.number is None or not direction:
            return True
        return ((values[0] - limit.number) * direction > 0) is not self.said.is_negated(index)

    def _is_difference(self, index: int, mark: Mark) -> bool:
        """“4.7 °C warmer than AHU-1”: between two values of the assets that are named."""
        if not self.said.has("difference"):
            return False
        ids = [one.ids for one in self.said.marks if one.sort == "asset" and one.ids]
        quantities = self.said.quantities(index)
        if len(ids) < 2:
            return False
        first, second = (
            [
                fact
                for fact in self.said.support.facts_of(some)
                if fact.kind == "number"
                and fact.key == "value"
                and (not quantities or self.said.support.same_quantity(quantities, fact))
            ]
            for some in ids[:2]
        )
        return any(
            _differ(amount, mark.unit, one, other)
            for one in first
            for other in second
            if one.quantity == other.quantity
            for amount in mark.amounts
        )

    def _is_extreme_of_all(self, index: int, mark: Mark) -> bool:
        """“between 13 and 19 °C”: where the values of a list begin and end."""
        if self.said.group(index):
            return False
        ranged = any(mark is not one and one.sort == "number" for one in self.said.marks)
        for values in self.said.columns(self.said.quantities(index)) if ranged else ():
            ends = (min(values, key=lambda fact: fact.number or 0), max(values, key=lambda fact: fact.number or 0))
            if any(self._is_value(amount, mark.unit, fact) for fact in ends for amount in mark.amounts):
                return True
        return False


def _beyond(fact: Fact, mark: Mark, direction: float) -> bool:
    """Whether a value is above (1) or below (-1) a number."""
    from_unit = fact.unit
    for amount in mark.amounts:
        if fact.number is None or (mark.unit not in (None, "", "°", from_unit)):
            return False
        return (fact.number - amount.value) * direction >= 0
    return False


def _differ(amount: Amount, unit: str | None, one: Fact, other: Fact) -> bool:
    if one.number is None or other.number is None:
        return False
    apart = abs(one.number - other.number)
    if unit in (None, "", "°", one.unit) or one.unit is None:
        return amount.is_of(apart)
    turned = convert_difference(apart, one.unit, unit)
    return turned is not None and amount.is_of(turned)
