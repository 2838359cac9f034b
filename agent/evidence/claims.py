"""One sentence of an answer, judged: what in it the evidence does not support.

A sentence claims by its marks. A number has to be a value of the asset it is said of; a state has to be that asset's; a deed has to have
been done through the product, which nothing here has; advice and causes have to stand in a text of the evidence; and a word that is in
no list and in no text is a claim that nobody can check.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.evidence.amounts import SECONDS, Amount, is_value
from agent.evidence.ledger import Fact
from agent.evidence.marks import Mark
from agent.evidence.support import Support
from agent.evidence.words import Words
from agent.vocabulary.tokens import key
from graph_schema.units import convert_difference

_NEAR = 6
"""Marks between a pronoun and its verb, a negation and its state."""
_BREAKS = frozenset(";.:!?()")
_AND = frozenset({",", "/", "&"})
_IN_TEXT = 0.6
_REPEATED = 0.8
_QUOTING = 15
"""Characters before a word that stand with it in a text."""
_QUOTED = re.compile(r"[“\"„]([^”\"“„]{1,80})[”\"“]")
_OF = frozenset({"of", "von", "der", "de", "des"})
_IS = frozenset({"is", "are", "was", "ist", "sind", "war", "es", "son"})
"""Share of the words of advice or of a cause that one text has to hold."""
_CONJUNCTIONS = frozenset({"but", "however", "aber", "jedoch", "pero", "while", "whereas", "während", "mientras", "although", "obwohl", "aunque"})  # fmt: skip
JOINING = frozenset({"and", "or", "und", "oder", "sowie", "y", "e", "o", "as", "well"})


@dataclass(slots=True)
class Context:
    """What the sentences before were about, for “it” and for numbers without a name. ``listed`` are all assets of the last one."""

    assets: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    quantities: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the question itself says: its text in lower case, the assets it names, its numbers."""

    text: str = ""
    ids: frozenset[str] = frozenset()
    amounts: tuple[tuple[Amount, str | None], ...] = ()
    digits: frozenset[str] = frozenset()
    thresholds: tuple[float, ...] = ()
    """Numbers of the calls' arguments, which limit and are no values."""


@dataclass
class Sentence:
    """A sentence while it is judged. ``unsupported`` are the stretches that do not hold, ``used`` the facts that do."""

    text: str
    marks: Sequence[Mark]
    support: Support
    asked: Asked
    words: Words
    context: Context
    unsupported: list[Mark] = field(default_factory=list[Mark])
    used: list[Fact] = field(default_factory=list[Fact])

    def judge(self, *, composed: bool = False) -> Sequence[Mark]:
        """All that does not hold, in order; of a ``composed`` sentence names, numbers and moments alone are judged."""
        self._outside()
        if self.support.notes(self.text):
            return sorted(set(self.unsupported), key=lambda mark: mark.start)
        if self._is_question():
            self._question()
        elif composed:
            self._composed()
        else:
            self._names()
            self._deeds()
            self._numbers()
            self._moments()
            self._states()
            self._relations()
            self._places()
            self._classes()
            self._members()
            self._comparisons()
            self._texts()
            self._lacking()
            self._unknown_words()
        return sorted(set(self.unsupported), key=lambda mark: mark.start)

    def _composed(self) -> None:
        """What the product itself put together: names that there are, numbers in digits, moments."""
        for _, mark in self._all("asset"):
            told = mark.ids or mark.text.casefold() in self.asked.text or key(mark.text) in self.support.told
            if not told and not self._in_errors(mark.text):
                self._refuse(mark)
        for index, mark in self._all("number"):
            said = all(digits in self.asked.digits for digits in re.findall(r"\d+", mark.text))
            if mark.text[:1].isdigit() and not (
                said or self._number_holds(index, mark) or self._is_quoted(mark) or self._heads_a_list(index, mark)
            ):
                self._refuse(mark)
        self._moments()

    def _heads_a_list(self, index: int, mark: Mark) -> bool:
        """“2 sensors: supply air flow, zone air temperature”."""
        listed = [one for one in self.marks[index + 2 :] if one.quantities or one.ids]
        return any(amount.value == len(listed) for amount in mark.amounts)

    # -- reading -----------------------------------------------------------------------------------------------------

    def _all(self, sort: str) -> Iterator[tuple[int, Mark]]:
        yield from ((index, self.marks[index]) for index in self._by_sort.get(sort, ()))

    @cached_property
    def _by_sort(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for index, mark in enumerate(self.marks):
            for sort in mark.sorts | {mark.sort}:
                found[sort].append(index)
        return found

    def _has(self, sort: str) -> bool:
        return sort in self._by_sort

    def _refuse(self, mark: Mark) -> None:
        self.unsupported.append(mark)

    def _is_question(self) -> bool:
        last = next((mark for mark in reversed(self.marks) if mark.text not in "\"”')"), None)
        return last is not None and last.text == "?"

    def _group(self, index: int) -> frozenset[str]:
        """The assets a mark is said of: the nearest before it, with those that are listed with them; else the nearest after it."""
        before = next(
            (
                i
                for i in range(index - 1, -1, -1)
                if (self._is_asset(i) and not self._is_whereabouts(i)) or self.marks[i].text == ";"
            ),
            None,
        )
        if before is not None and self._is_asset(before):
            return self._run(before, -1)
        after = next(
            (i for i in range(index + 1, len(self.marks)) if self._is_asset(i) or self.marks[i].text == ";"), None
        )
        if after is not None and self._is_asset(after):
            return self._run(after, 1)
        return frozenset()

    def _is_whereabouts(self, index: int) -> bool:
        """“VAV-202 in the Main Lobby”: the place says where, and is not what is told about."""
        before = [i for i in range(max(0, index - 3), index) if self.marks[i].means("inside")]
        return (
            bool(before)
            and self.support.are_places(self.marks[index].ids)
            and any(self._is_asset(i) for i in range(before[-1]))
        )

    def _is_asset(self, index: int) -> bool:
        return self.marks[index].sort == "asset" and bool(self.marks[index].ids)

    def _run(self, index: int, step: int) -> frozenset[str]:
        found = set(self.marks[index].ids)
        index += step
        while 0 <= index < len(self.marks):
            mark = self.marks[index]
            if self._is_asset(index):
                found |= mark.ids
            elif not (mark.text in _AND or mark.text.lower() in JOINING):
                break
            index += step
        return frozenset(found)

    def _ids(self, index: int) -> frozenset[str]:
        """As ``_group``, or what the sentences before were about."""
        return self._group(index) or self.context.assets

    def _quantities(self, index: int) -> frozenset[str]:
        """The quantity that a number is of: the nearest before it, else after it, else of the sentence before."""
        said = [i for i, mark in enumerate(self.marks) if mark.quantities and not self._is_vague(i)]
        before = [i for i in said if i < index]
        after = [i for i in said if i > index]
        if before:
            return self.marks[before[-1]].quantities
        return self.marks[after[0]].quantities if after else self.context.quantities

    def _is_vague(self, index: int) -> bool:
        """“limit”, “value”, and the “level” of “CO2 level”: a word that is a quantity of some plants, and none here."""
        mark = self.marks[index]
        if _is_neutral(mark) and index and self.marks[index - 1].quantities:
            return True
        known = self.support.lexicon.vocabulary.quantities
        plain = all("_" not in one and (one not in known or known[one].unit is None) for one in mark.quantities)
        return plain and not any(
            self.support.same_quantity(mark.quantities, fact) for fact in self.support.ledger.facts
        )

    # -- outside -----------------------------------------------------------------------------------------------------

    def _outside(self) -> None:
        """Links, addresses, telephone numbers and markup, and citations of what there is not."""
        for _, mark in self._all("outside"):
            self._refuse(mark)
        for _, mark in self._all("cited"):
            self._refuse(mark)

    def _question(self) -> None:
        """It claims nothing; it offers names that there are, and numbers that were said."""
        for _, mark in self._all("asset"):
            if not mark.ids and mark.text.casefold() not in self.asked.text:
                self._refuse(mark)
        for index, mark in self._all("number"):
            if not self._number_holds(index, mark):
                self._refuse(mark)

    def _names(self) -> None:
        known = self.support.ids | self.asked.ids
        for _, mark in self._all("asset"):
            said = mark.text.casefold() in self.asked.text or key(mark.text) in self.support.told
            covered = self._has("state") and any(self.support.is_covered(id_) for id_ in mark.ids)
            if not (mark.ids & known or said or covered or self._in_errors(mark.text)):
                self._refuse(mark)

    def _in_errors(self, text: str) -> bool:
        return any(text.casefold() in entry.error.casefold() for entry in self.support.ledger.entries if entry.error)

    # -- deeds -------------------------------------------------------------------------------------------------------

    def _deeds(self) -> None:
        """What the answer says was done: nothing that it can do changes anything."""
        for index, mark in self._all("deed"):
            before = self.marks[max(0, index - _NEAR) : index]
            spoken = any(one.means("speaker") for one in before) and not any(one.means("unable") for one in before)
            first = not mark.means("advice") and not any(one.sort != "sign" for one in self.marks[:index])
            passive = any(one.means("been") for one in self.marks[max(0, index - 4) : index + 3])
            if mark.means("state") and not spoken and not first:
                continue
            if any(one.means("not") or one.means("none") for one in before) and not first:
                continue
            if (spoken or passive or first) and not self._is_recorded(mark):
                self._refuse(mark)
        for index, mark in self._all("unable"):
            if mark.means("deed") and not mark.means("unable"):
                self._refuse(self.marks[index])

    def _is_recorded(self, mark: Mark) -> bool:
        """Whether a text or a state of the evidence has the deed, or it is what alarms do."""
        if self.support.stem(mark.text.split()[-1]) in self.support.stems:
            return True
        alarms = any(one.detail("state") in ("alarm", "warning") for one in self.marks)
        return (
            alarms
            and mark.means("neutral")
            and any(table.name in ("spells", "points") for table in self.support.ledger.tables)
        )

    # -- numbers -----------------------------------------------------------------------------------------------------

    def _numbers(self) -> None:
        for index, mark in enumerate(self.marks):
            counted = mark.sort == "word" and mark.amounts and self._counts_something(index)
            if (mark.sort == "number" or counted) and not (self._number_holds(index, mark) or self._is_quoted(mark)):
                self._refuse(mark)

    def _counts_something(self, index: int) -> bool:
        """Whether a number in words counts: “three pumps”, “two of them”; “one” is as often a pronoun."""
        if any(mark.means("not") or mark.means("unable") for mark in self.marks[index : index + 1]):
            return False
        value = self.marks[index].amounts[0].value
        follows = self.marks[index + 1 : index + 4]
        noun = any(mark.sort == "class" or mark.text.lower() in ("of", "von", "de", "der") for mark in follows[:2])
        return noun if value == 1 else bool(follows)

    def _number_holds(self, index: int, mark: Mark) -> bool:
        if any(self._is_asked(amount, mark.unit) for amount in mark.amounts):
            return True
        if mark.unit in SECONDS and any(self._lasted(index, amount, mark.unit) for amount in mark.amounts):
            return True
        if mark.unit in (None, "") and any(self._is_count(index, amount) for amount in mark.amounts):
            return True
        return self._is_measured(index, mark)

    def _is_asked(self, amount: Amount, unit: str | None) -> bool:
        return any(one.value == amount.value and unit in (other, None) for one, other in self.asked.amounts)

    def _lasted(self, index: int, amount: Amount, unit: str) -> bool:
        ids = self._ids(index)
        facts = self.support.facts_of(ids) if ids else self.support.ledger.facts
        states = [i for i in range(len(self.marks)) if self._is_state(i) and self.marks[i].detail("state") != "stale"]
        if states and not any(one.means("ago") for one in self.marks[max(0, index - 3) : index + 3]):
            facts = [fact for fact in facts if fact.key != "at"]  # how long it is so, not how old its reading is
        size = SECONDS[unit]
        spans = [
            *self.support.durations(facts),
            *((end - start).total_seconds() for start, end in self.support.windows),
        ]
        allowed = 0.6 * 10.0**-amount.decimals * size
        return any(abs(amount.value * size - seconds) <= allowed for seconds in spans)

    def _is_count(self, index: int, amount: Amount) -> bool:
        if amount.value < 0 or not float(amount.value).is_integer():
            return False
        if any(mark.means("more") for mark in self.marks[index + 1 : index + 2]):
            return self._is_rest(index, amount) or int(amount.value) in self.support.counts((), (), False)
        classes = next((mark.classes for mark in self.marks[index + 1 : index + 5] if mark.classes), ())
        states, negated = self._states_of_count(index)
        if not (classes or states or self._group(index) or self._is_only_count()):
            classes = self.context.classes
        listing = any(self.support.lexicon.kind_of(one) == "point" for one in classes) and self._heads_a_list(
            index, self.marks[index]
        )
        counted = int(amount.value) in self.support.counts(classes, states, negated, self._group(index))
        return counted or listing or self._is_own_count(index, amount)

    def _is_rest(self, index: int, amount: Amount) -> bool:
        """“71 VAVs: …, and 59 more”: what is left of the number before."""
        for at, mark in self._all("number"):
            listed = sum(one.sort == "asset" for one in self.marks[at + 1 : index])
            if at < index and any(one.value == amount.value + listed for one in mark.amounts):
                return True
        return self._is_own_count(index, amount)

    def _is_only_count(self) -> bool:
        return len(self.support.ledger.results) == 1

    def _is_own_count(self, index: int, amount: Amount) -> bool:
        """A count that an asset has of its own: its dependents, its alarms."""
        facts = self.support.facts_of(self._group(index))
        return any(fact.kind == "count" and fact.number == amount.value for fact in facts)

    def _states_of_count(self, index: int) -> tuple[list[str], bool]:
        """“3 pumps are not in alarm”: the states said of what is counted."""
        if any(one.text.lower() in _OF for one in self.marks[max(0, index - 2) : index]):
            return [], False  # “2 of the 3 pumps”: all that there are
        end = next((i for i in range(index + 1, len(self.marks)) if self.marks[i].text in _BREAKS), len(self.marks))
        states = [str(self.marks[i].detail("state")) for i in range(index, end) if self._is_state(i)]
        return states, bool(states) and any(mark.means("not") for mark in self.marks[index:end])

    def _is_measured(self, index: int, mark: Mark) -> bool:
        pool = self._pool(index)
        if self._turn(index) is not None:
            return self._limits(index, mark, pool) or self._is_difference(index, mark)
        found = [fact for fact in pool if any(self._is_value(amount, mark.unit, fact) for amount in mark.amounts)]
        if found and self._is_bound(index, mark, found) and self._is_of_each(index, mark):
            self.used.extend(found)
            return not any(one.means("not") for one in self.marks[max(0, index - 2) : index])
        return (
            self._is_difference(index, mark)
            or self._is_apart(index, mark, pool)
            or self._is_extreme_of_all(index, mark)
            or self._is_quoted(mark)
        )

    def _is_apart(self, index: int, mark: Mark, pool: Sequence[Fact]) -> bool:
        """“0.4 °C below its set point”: between two values of one asset."""
        if not any(one.means("comparative") for one in self.marks[index + 1 : index + 2]):
            return False
        values = [fact for fact in pool if fact.kind == "number" and fact.unit]
        return any(
            _differ(amount, mark.unit, one, other)
            for i, one in enumerate(values)
            for other in values[i + 1 :]
            if one.unit == other.unit
            for amount in mark.amounts
        )

    def _is_quoted(self, mark: Mark) -> bool:
        """A number of a text that the sentence repeats, with a word beside it or with most of its words: “every 90 days”."""
        index = self.marks.index(mark)
        before = f"{self.marks[index - 1].text} {mark.text}" if index else mark.text
        after = f"{mark.text} {self.marks[index + 1].text}" if index + 1 < len(self.marks) else mark.text
        beside = any(self.support.quotes(said) for said in (before, after) if said != mark.text)
        return beside or self.support.tells(self._content(), quoting=mark.text) >= _IN_TEXT

    def _content(self) -> list[str]:
        """The words that say something."""
        said = [mark for mark in self.marks if mark.sort in ("word", "class", "quantity")]
        kept = [mark for mark in said if not _is_neutral(mark) and not (mark.means("cause") or mark.means("not"))]
        return [word for mark in kept for word in mark.text.split()]

    def _turn(self, index: int) -> Mark | None:
        """“above”, “at least”: what makes a limit of the number after it."""
        before = self.marks[max(0, index - 2) : index]
        return next((one for one in reversed(before) if one.means("comparative") and not one.means("difference")), None)

    def _is_of_each(self, index: int, mark: Mark) -> bool:
        """“AHU-1 and AHU-2 are at 14 °C”: one number after several assets is each one's."""
        before = next((i for i in range(index - 1, -1, -1) if self._is_asset(i) and not self._is_whereabouts(i)), None)
        after = next(
            (i for i in range(index + 1, len(self.marks)) if self._is_asset(i) or self.marks[i].text in _BREAKS),
            len(self.marks),
        )
        if before is None or sum(one.sort == "number" for one in self.marks[before:after]) > 1:
            return True
        return all(
            any(
                self._is_value(amount, mark.unit, fact)
                for fact in self.support.facts_of(ids)
                for amount in mark.amounts
            )
            for ids in self._listed(before)
        )

    def _listed(self, index: int) -> list[frozenset[str]]:
        """The assets of a list that ends with a mark, each by its own name."""
        found: list[frozenset[str]] = []
        while index >= 0 and (
            self._is_asset(index) or self.marks[index].text in _AND or self.marks[index].text.lower() in JOINING
        ):
            if self._is_asset(index):
                found.append(self.marks[index].ids)
            index -= 1
        return found

    def _pool(self, index: int) -> Sequence[Fact]:
        ids = self._group(index)
        if not ids:
            return self.support.facts_of(self.context.assets) if self.context.assets else self.support.ledger.facts
        return [*self.support.facts_of(ids), *self.support.shares]

    def _is_value(self, amount: Amount, unit: str | None, fact: Fact) -> bool:
        if fact.number is None or fact.kind not in ("number", "percent", "hours"):
            return False
        falls = fact.aggregate == "change" and amount.value >= 0
        return is_value(amount, unit, fact.number, fact.unit) or (
            falls and is_value(amount, unit, abs(fact.number), fact.unit)
        )

    def _is_bound(self, index: int, mark: Mark, found: Sequence[Fact]) -> bool:
        """Never by the number alone: the quantity has to be the fact's where one is said; else the asset or the unit has to tell."""
        quantities = self._quantities(index)
        if quantities:
            return any(
                fact.quantity is None or self.support.same_quantity(quantities, fact) for fact in found
            ) and self._fits_mark(mark, found, quantities)
        return bool(self._ids(index)) or mark.unit is not None or self._is_only_count()

    def _fits_mark(self, mark: Mark, found: Sequence[Fact], quantities: frozenset[str]) -> bool:
        own = [fact for fact in found if self.support.same_quantity(quantities, fact)]
        return bool(own) or any(
            fact.quantity is None and (mark.unit is not None or fact.key != "value") for fact in found
        )

    def _limits(self, index: int, mark: Mark, pool: Sequence[Fact]) -> bool:
        """“above 18 °C”: a limit that every value it is said of keeps; or a number of the calls, which was asked for."""
        turn = self._turn(index)
        assert turn
        limits = [fact for fact in pool if fact.key in ("low", "high", "limit", "threshold")]
        if any(self._is_value(amount, mark.unit, fact) for fact in limits for amount in mark.amounts):
            return True
        if any(amount.value in self.asked.thresholds for amount in mark.amounts):
            return True
        direction = turn.detail("comparative")
        quantities = self._quantities(index)
        values = [
            fact
            for fact in pool
            if fact.kind == "number"
            and fact.key == "value"
            and (not quantities or self.support.same_quantity(quantities, fact))
        ]
        negated = any(one.means("not") for one in self.marks[max(0, index - _NEAR) : index])
        return (
            bool(values)
            and direction in (1.0, -1.0)
            and all(_beyond(fact, mark, float(direction)) is not negated for fact in values)
        )

    def _is_difference(self, index: int, mark: Mark) -> bool:
        """“4.7 °C warmer than AHU-1”: between two values of the assets that are named."""
        if not self._has("difference"):
            return False
        ids = [one.ids for one in self.marks if one.sort == "asset" and one.ids]
        quantities = self._quantities(index)
        if len(ids) < 2:
            return False
        first, second = (
            [
                fact
                for fact in self.support.facts_of(some)
                if fact.kind == "number"
                and fact.key == "value"
                and (not quantities or self.support.same_quantity(quantities, fact))
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
        if self._group(index):
            return False
        ranged = any(mark is not one and one.sort == "number" for one in self.marks)
        for values in self._columns(self._quantities(index)) if ranged else ():
            ends = (min(values, key=lambda fact: fact.number or 0), max(values, key=lambda fact: fact.number or 0))
            if any(self._is_value(amount, mark.unit, fact) for fact in ends for amount in mark.amounts):
                return True
        return False

    def _columns(self, quantities: frozenset[str]) -> Iterator[list[Fact]]:
        """The values of each list, of a quantity where one is said."""
        columns: dict[str, list[Fact]] = {}
        for fact in self.support.ledger.facts:
            if fact.kind in ("number", "percent", "count", "hours") and (
                not quantities or fact.quantity is None or self.support.same_quantity(quantities, fact)
            ):
                columns.setdefault(
                    f"{fact.id.partition('.')[0].rstrip('0123456789')} {fact.table} {fact.key}", []
                ).append(fact)
        yield from (values for values in columns.values() if len(values) > 1)

    # -- moments -----------------------------------------------------------------------------------------------------

    def _moments(self) -> None:
        for index, mark in self._all("moment"):
            if not (self._moment_holds(index, mark) or self._is_quoted(mark)):
                self._refuse(mark)
        today = self.support.now.astimezone(self.support.zone).date()
        for _, mark in self._all("day"):
            offset = int(float(str(mark.detail("day"))))
            if (
                offset
                and not any((day - today).days == offset for day in self.support.days)
                and not _in(mark.text, self.asked.text)
            ):
                self._refuse(mark)
        for _, mark in self._all("weekday"):
            if not any(day.weekday() == mark.detail("weekday") for day in self.support.days) and not _in(
                mark.text, self.asked.text
            ):
                self._refuse(mark)

    def _moment_holds(self, index: int, mark: Mark) -> bool:
        assert mark.moment
        if mark.text.casefold() in self.asked.text:
            return True
        support, ids = self.support, self._group(index)
        if ids and mark.moment.hour is not None:
            own = [fact.value for fact in support.facts_of(ids) if not isinstance(fact.value, str | float | int)]
            ends = [at for window in support.windows for at in window]
            return mark.moment.is_one_of([support.now, *own, *ends], support.days, support.zone)
        return mark.moment.is_one_of(support.moments, support.days, support.zone)

    # -- states ------------------------------------------------------------------------------------------------------

    def _states(self) -> None:
        for index, mark in enumerate(self.marks):
            if self._is_state(index) and not self._state_holds(index, mark):
                self._refuse(mark)

    def _is_state(self, index: int) -> bool:
        """“on” and “off” are states at the end of what is said, and prepositions before a name."""
        mark = self.marks[index]
        if not mark.means("state") or not _is_neutral(mark):
            return mark.means("state")
        follows = self.marks[index + 1] if index + 1 < len(self.marks) else None
        ends = follows is None or follows.sort == "sign" or follows.text.lower() in JOINING
        return ends and mark.detail("state") in ("running", "stopped")

    def _state_holds(self, index: int, mark: Mark) -> bool:
        state = str(mark.detail("state"))
        negated = self._is_negated(index)
        if self._is_finding() or self.support.quotes(self.text[max(0, mark.start - _QUOTING) : mark.end]):
            return True
        if self._has("unable") and not self._group(index):
            return True
        if self._in_texts(mark, self._ids(index)):
            return True
        ids = self._group(index)
        if self._is_counted(index):
            return self._are_so(state, index, negated)  # its number is checked
        if not ids and (self._has("none") or self._has("all") or self._is_none_of(index)):
            return self._group_holds(state, index, negated)
        ids = ids or self.context.assets
        if not ids:
            return self._exists(state, index, negated)
        found = [self.support.holds(state, id_) for id_ in ids]
        known = [one for one in found if one is not None]
        if self._has("only") and known and all(known):
            return state in ("alarm", "warning", "stale", "beyond") and len(ids) in self.support.counts(
                (), [state], False
            )
        return bool(known) and all(one is not negated for one in known)

    def _are_so(self, state: str, index: int, negated: bool) -> bool:
        """“2 pumps are stale: P-1 and P-2”: those that are named are."""
        named = [mark.ids for mark in self.marks[index + 1 :] if mark.sort == "asset" and mark.ids]
        known = [[self.support.holds(state, id_) for id_ in ids] for ids in named]
        return not any(
            all(one is negated for one in some if one is not None) and any(one is not None for one in some)
            for some in known
        )

    def _is_finding(self) -> bool:
        """Whether the sentence repeats what a text of the evidence says of its assets."""
        ids = frozenset(id_ for mark in self.marks for id_ in mark.ids) or self.context.assets
        return bool(ids) and self.support.tells(self._content(), ids, findings=True) >= _REPEATED

    def _is_negated(self, index: int) -> bool:
        for mark in reversed(self.marks[max(0, index - _NEAR) : index]):
            if mark.text in _BREAKS or mark.text.lower() in _CONJUNCTIONS:
                return False
            if mark.means("not") or mark.means("none") or (mark.means("lacking") and not mark.means("neutral")):
                return True
            if mark.sort == "asset":
                continue
        return False

    def _is_none_of(self, index: int) -> bool:
        return self._is_negated(index) and not self._group(index)

    def _is_counted(self, index: int) -> bool:
        """“3 alarms”, “2 of the pumps are in alarm”: the number says how many."""
        for mark in reversed(self.marks[max(0, index - _NEAR) : index]):
            if mark.text in _BREAKS:
                return False
            if mark.amounts and mark.unit in (None, ""):
                return not any(one.sort == "asset" for one in self.marks[max(0, index - _NEAR) : index])
        return False

    def _group_holds(self, state: str, index: int, negated: bool) -> bool:
        """“No pump is in alarm”, “everything is normal”."""
        classes = next((mark.classes for mark in reversed(self.marks[:index]) if mark.classes), ()) or next(
            (mark.classes for mark in self.marks if mark.classes), ()
        )
        if state in ("normal", "sound", "current"):
            against = {"normal": ("alarm", "warning"), "current": ("stale",), "sound": ("flagged",)}[state]
            if negated:
                return False
            return all(self._none_in(one, classes) for one in against)
        none = self._none_in(state, classes)
        if negated or self._has("none"):
            return none is True
        return False

    def _none_in(self, state: str, classes: Sequence[str]) -> bool:
        if state == "flagged":
            return any(
                fact.table == "outlook" and fact.key == "flagged" and fact.number == 0
                for fact in self.support.ledger.facts
            )
        return self.support.none_in(state, classes) is True

    def _exists(self, state: str, index: int, negated: bool) -> bool:
        """“There are alarms”, “pumps are running”: some are, as the evidence counts."""
        classes = next((mark.classes for mark in self.marks if mark.classes), ())
        return not negated and any(count > 0 for count in self.support.counts(classes, [state], False))

    def _in_texts(self, mark: Mark, ids: frozenset[str]) -> bool:
        """A word of a finding, said of whom the finding is."""
        if mark.detail("state") not in ("trouble", "damage", "worsening", "flagged", "beyond", "attention"):
            return False
        word = mark.text.split()[-1]
        general = self._has("possible") and self.support.stem(word) in self.support.library
        return general or (bool(ids) and self.support.finds(word, ids))

    # -- relations ---------------------------------------------------------------------------------------------------

    def _relations(self) -> None:
        """“AHU-1 feeds VAV-2”: an asset before and one after the word."""
        for index, mark in self._all("relation"):
            relation = str(mark.detail("relation"))
            before, after = self._before(index), self._after(index)
            without = relation == "loses" and not any(
                table.name == "loses_service" for table in self.support.ledger.tables
            )
            related = not (before and after) or relation == "loses" or self._is_related(relation, before, after)
            denied = bool(before and after) and self._is_negated(index)
            if without or not related or denied:
                self._refuse(mark)

    def _places(self) -> None:
        """“AHU-2 on Floor 2”."""
        for index, _ in self._all("inside"):
            after = self.marks[index + 1 : index + 3]
            place = next((one for one in after if one.sort == "asset" and self.support.are_places(one.ids)), None)
            before = self._placed(index)
            if before is None or place is None or (after[0] is not place and not after[0].means("neutral")):
                continue
            if self._is_negated(index):
                self._refuse(place)
                continue
            if self.support.is_asked_within(place.ids):
                continue
            if not self._is_asset(before):
                self._refuse(place)
                continue
            if not self._is_related("place", self._run(before, -1), place.ids):
                self._refuse(place)

    def _placed(self, index: int) -> int | None:
        """What a place is said of: the nearest asset or class before it that is no place itself; “AHU-2 is a pump in …” is said of AHU-2."""
        for at in range(index - 1, -1, -1):
            if self.marks[at].sort == "class":
                named = [i for i in range(max(0, at - 3), at) if self._is_asset(i)]
                return named[-1] if named else at
            inside = any(mark.means("inside") for mark in self.marks[max(0, at - 2) : at])
            if self._is_asset(at) and not (inside and self.support.are_places(self.marks[at].ids)):
                return at
        return None

    def _classes(self) -> None:
        """“AHU-2 is an air handler”: an asset, a form of “to be”, an article and a class."""
        for index, mark in enumerate(self.marks):
            is_one = index > 1 and mark.sort == "class" and _is_neutral(self.marks[index - 1])
            if is_one and self._is_asset(index - 3) and self.marks[index - 2].text.lower() in _IS:
                ids = self.marks[index - 3].ids
                if not any(self.support.is_class(id_, mark.classes) for id_ in ids):
                    self._refuse(mark)

    def _members(self) -> None:
        """“There are 2 pumps: …”: what is listed is of that class."""
        for index, mark in enumerate(self.marks):
            counted = index and mark.classes and self.marks[index - 1].sort == "number"
            colon = next((i for i in range(index, len(self.marks)) if self.marks[i].text in _BREAKS), None)
            if not counted or colon is None or self.marks[colon].text != ":":
                continue
            for one in self.marks[colon:]:
                if (
                    one.sort == "asset"
                    and one.ids
                    and not any(self.support.is_class(id_, mark.classes) for id_ in one.ids)
                ):
                    self._refuse(one)

    def _before(self, index: int) -> frozenset[str]:
        at = next((i for i in range(index - 1, -1, -1) if self._is_asset(i)), None)
        return self._run(at, -1) if at is not None else self.context.assets

    def _after(self, index: int) -> frozenset[str]:
        at = next(
            (i for i in range(index + 1, len(self.marks)) if self._is_asset(i) and not self._is_whereabouts(i)), None
        )
        return self._run(at, 1) if at is not None else frozenset()

    def _is_related(self, relation: str, ones: frozenset[str], others: frozenset[str]) -> bool:
        related = self.support.related
        return all(any((relation, one, other) in related for one in ones) for other in others)

    # -- comparisons -------------------------------------------------------------------------------------------------

    def _comparisons(self) -> None:
        for index, mark in self._all("superlative"):
            direction = float(str(mark.detail("superlative")))
            holds = self._is_extreme(index, direction) or self._is_finding()
            if direction and not _is_neutral(mark) and holds is self._is_negated(index):
                self._refuse(mark)
        for index, mark in self._all("comparative"):
            direction = float(str(mark.detail("comparative")))
            numbers = any(one.sort == "number" for one in self.marks[index + 1 : index + 4])
            direction = -direction if self._is_negated(index) else direction
            if direction and not numbers and not _is_neutral(mark) and not self._is_compared(index, direction):
                self._refuse(mark)
        for index, mark in self._all("trend"):
            if not self._moves(index, float(str(mark.detail("trend")))):
                self._refuse(mark)

    def _is_extreme(self, index: int, direction: float) -> bool:
        """An aggregate that says so, or the end of a list that nothing was left out of."""
        wanted = "max" if direction > 0 else "min"
        if any(fact.aggregate == wanted for fact in self.used):
            return True
        ids, quantities = self._ids(index), self._quantities(index)
        for values in self._columns(quantities):
            best = (max if direction > 0 else min)(fact.number or 0 for fact in values)
            ends = [fact for fact in values if fact.number == best]
            if any(fact.of & ids or fact in self.used for fact in ends):
                return True
        return any(fact.aggregate == wanted and (not ids or fact.ids & ids) for fact in self.support.ledger.facts)

    def _is_compared(self, index: int, direction: float) -> bool:
        """“AHU-2 is warmer than AHU-1”."""
        before = [self.marks[i] for i in range(index) if self._is_asset(i)]
        after = [self.marks[i] for i in range(index, len(self.marks)) if self._is_asset(i)]
        if not before:
            return False
        quantities = self._quantities(index)
        if not after:
            return self._is_beyond_all(before[-1].ids, direction, quantities)
        for one in self._values(before[-1].ids, quantities):
            for other in self._values(after[0].ids, quantities):
                if one.quantity == other.quantity and one.number is not None and other.number is not None:
                    return (one.number - other.number) * direction > 0
        return False

    def _is_beyond_all(self, ids: frozenset[str], direction: float, quantities: frozenset[str]) -> bool:
        """“AHU-1 is higher.”: than the others of the sentence before."""
        against = (self.context.listed | self.asked.ids) - ids
        mine, others = self._values(ids, quantities), self._values(against, quantities)
        if mine and not others:
            others = [
                fact for fact in self._values(self.support.ids - ids, quantities) if fact.quantity == mine[0].quantity
            ]
        return bool(mine and others) and all(
            ((one.number or 0) - (other.number or 0)) * direction > 0 for one in mine[:1] for other in others
        )

    def _values(self, ids: frozenset[str], quantities: frozenset[str]) -> list[Fact]:
        facts = [
            fact for fact in self.support.facts_of(ids) if fact.kind == "number" and fact.key in ("value", "score")
        ]
        return [
            fact
            for fact in facts
            if not quantities or fact.quantity is None or self.support.same_quantity(quantities, fact)
        ]

    def _moves(self, index: int, direction: float) -> bool:
        """By a change that was computed, or by the ends of a list over time."""
        ids, quantities = self._ids(index), self._quantities(index)
        facts = self.support.facts_of(ids) if ids else list(self.support.ledger.facts)
        if any(fact.key == "trend" and _trend(str(fact.value)) == direction for fact in facts):
            return True
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
            and (not quantities or self.support.same_quantity(quantities, fact))
        ]
        return len(series) > 1 and _sign((series[-1].number or 0) - (series[0].number or 0)) == direction

    # -- texts -------------------------------------------------------------------------------------------------------

    def _texts(self) -> None:
        """Advice, causes and what is ahead stand in a text or in a forecast of the evidence."""
        content = self._content()
        ids = frozenset(id_ for mark in self.marks for id_ in mark.ids)
        for sort in ("advice", "cause"):
            for _, mark in self._all(sort):
                told = self.support.tells(content, ids) or self.support.tells(content)
                if not _is_neutral(mark) and told < _IN_TEXT and not self._has("unable"):
                    self._refuse(mark)
        ahead = any(table.name in ("forecasts", "outlooks", "risks", "outlook") for table in self.support.ledger.tables)
        for _, mark in self._all("ahead"):
            if not ahead and not _is_neutral(mark) and not self._has("unable"):
                self._refuse(mark)

    def _lacking(self) -> None:
        """“AHU-3 has no such sensor”, “there are no readings”: the evidence says so of it."""
        for index, mark in self._all("lacking"):
            unknown = self._names_nothing()
            if unknown or self._has("unable") or any(one.means("state") for one in self.marks):
                continue
            if not self._is_lacking(self._ids(index)):
                self._refuse(mark)

    def _names_nothing(self) -> bool:
        """Whether it names what the plant's own names do not have: a code, or a name in quotation marks."""
        quoted = [match[1] for match in _QUOTED.finditer(self.text)]
        return any(one.sort == "asset" and not one.ids for one in self.marks) or any(
            key(one) not in self.support.lexicon.names for one in quoted
        )

    def _is_lacking(self, ids: frozenset[str]) -> bool:
        ledger = self.support.ledger
        without = {
            id_
            for table in ledger.tables
            if table.name in ("no_readings", "no_such_point", "no_forecast", "cannot_tell")
            for row in table.rows
            for id_ in row.of
        }
        empty = any(
            table.name in ("found", "outlook", "assessed", "alarms") and any(cell == 0 for cell in table.rows[0].cells)
            for table in ledger.tables
        )
        nothing = any(not entry.tables and entry.result is not None for entry in ledger.entries)
        if ids:
            return bool(ids & without) or nothing or (empty and not without)
        return bool(without) or empty or nothing or any(entry.error for entry in ledger.entries)

    def _unknown_words(self) -> None:
        free = self._has("lacking")
        unable = next((index for index, _ in self._all("unable")), None)
        for index, mark in enumerate(self.marks):
            if mark.sort != "word" or mark.meanings or mark.text in ("'s", "’s") or self._is_told(mark.text):
                continue
            if unable is not None and not any(one.text.lower() in _CONJUNCTIONS for one in self.marks[unable:index]):
                continue
            if free and mark.text.casefold() in self.asked.text:
                continue
            if any(letter.isalpha() for letter in mark.text) and len(mark.text) > 1:
                self._refuse(mark)

    def _is_told(self, word: str) -> bool:
        """A word of a finding; or of a library, which tells what can be and what to do, not what is."""
        stem = self.support.stem(word)
        if stem in self.support.stems:
            return True
        general = self._has("possible") or self._has("advice")
        return general and stem in self.support.library and self.support.tells(self._content()) >= _IN_TEXT


def _in(text: str, other: str) -> bool:
    return text.casefold() in other


def _is_neutral(mark: Mark) -> bool:
    return mark.means("neutral")


def _sign(value: float) -> float:
    return 1.0 if value > 0 else -1.0 if value < 0 else 0.0


_TRENDS: Mapping[str, float] = {"rising": 1.0, "falling": -1.0, "steady": 0.0}


def _trend(text: str) -> float | None:
    return _TRENDS.get(text)


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


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences and lines of a draft begin and end; a point within a number, an abbreviation or a name ends none."""
    start = 0
    for match in _END.finditer(text):
        if match.end() - start > 1:
            yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def complete(text: str) -> int:
    """Where the last sentence ends that is surely over, whatever comes after; 0 where none is."""
    ends = [match.end() for match in _END.finditer(text)]
    return next((end for end in reversed(ends) if end < len(text) or text[end - 1].isspace()), 0)


_END = re.compile(
    r"(?<!\bno)(?<!\bnr)(?<!\bca)(?<!\bNr)(?<!\bNo)(?<!\bz\.B)(?<!\bapprox)(?<!\d)[.!?][\"”’)*_]*(?=\s|$)\s*|(?<=\d)\.(?=\s+[A-ZÄÖÜÁÉÍÓÚ¿¡])\s*|\n+|(?<=[!?])\s+"
)
