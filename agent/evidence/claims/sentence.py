"""A sentence as its claims are read: whom a word is said of, in which quantity, whether it is denied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from agent.evidence.amounts import Amount
from agent.evidence.ledger import Fact
from agent.evidence.marks import Mark
from agent.evidence.support import Support
from agent.evidence.words import Words

NEAR = 6
"""Marks between a pronoun and its verb, a negation and its state."""
BREAKS = frozenset(";.:!?()")
AND = frozenset({",", "/", "&"})
IN_TEXT = 0.6
_REPEATED = 0.8
CONJUNCTIONS = frozenset({
    "but", "however", "aber", "jedoch", "hingegen", "pero", "while", "whereas", "während", "mientras", "although", "though", "obwohl", "aunque", "then", "dann",
})  # fmt: skip
_ENDS_CLAUSE = frozenset(";:!?|")
_FOR = frozenset({"for", "at", "of", "für", "bei", "von", "para", "en", "de"})
_OF = frozenset({"of", "von", "vom", "des", "der", "de", "del"})
_RELATIVE = frozenset({"which", "who", "that", "der", "die", "das", "welche", "welcher", "welches", "que"})
_SPANS = {"d": "days", "h": "hours", "wk": "weeks", "mo": "months"}
_NO_RANK = frozenset({"low", "high", "limit", "set_point", "samples", "points", "known_h", "steps"})
"""Cells that rank nothing."""
_RANKED = ("value", "score", "used", "count", "hours", "lowest", "highest")
_BETWEEN = frozenset({"between", "zwischen", "entre", "from", "von", "desde", "limits", "band"})
_FRAMES = ("cause", "not", "advice", "pronoun")
_ENDS_GROUP = frozenset({";", ":", ","})
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
    stated: dict[int, list[Fact]] = field(default_factory=dict[int, list[Fact]])
    """The facts of each number that holds."""

    def all(self, sort: str) -> Sequence[tuple[int, Mark]]:
        return [(index, self.marks[index]) for index in self.by_sort.get(sort, ())]

    @cached_property
    def by_sort(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for index, mark in enumerate(self.marks):
            for sort in mark.sorts | {mark.sort}:
                found[sort].append(index)
        return found

    def has(self, sort: str) -> bool:
        return sort in self.by_sort

    def refuse(self, mark: Mark) -> None:
        self.unsupported.append(mark)

    def is_question(self) -> bool:
        last = next((mark for mark in reversed(self.marks) if mark.text not in "\"”')"), None)
        return last is not None and last.text == "?"

    def group(self, index: int) -> frozenset[str]:
        """The assets a mark is said of: the nearest before it, with those that are listed with them; else the nearest after it. Of a number
        with “for AHU-1” behind it, that."""
        if (own := self._behind(index)) is not None:
            return self.run(own, 1)
        if (paired := self.paired(index)) is not None:
            return paired
        before = next(
            (
                i
                for i in range(index - 1, -1, -1)
                if (self.is_asset(i) and not self.is_whereabouts(i) and not self.is_aside(i, index))
                or self.marks[i].text == ";"
            ),
            None,
        )
        if before is not None and self.is_asset(before):
            return self.run(before, -1)
        after = next(
            (
                i
                for i in range(index + 1, len(self.marks))
                if self.is_asset(i) or self.marks[i].text in _ENDS_GROUP or self.marks[i].means("difference")
            ),
            None,
        )  # “4 mm/s more than Pump 1” is not said of Pump 1
        if after is not None and self.is_asset(after):
            return self.run(after, 1)
        return frozenset()

    def is_owner(self, index: int) -> bool:
        """“4 points of AHU-2”: whose they are, and not what is told about."""
        before = [mark.text.lower() for mark in self.marks[max(0, index - 2) : index]]
        return any(word in _OF for word in before)

    @cached_property
    def _asides(self) -> Sequence[tuple[int, int]]:
        """“AHU-2, which serves Zone 202, is …”: from comma to comma."""
        found: list[tuple[int, int]] = []
        commas = [index for index, mark in enumerate(self.marks) if mark.text == ","]
        for first, last in pairwise(commas):
            if self.marks[first + 1].text.lower() in _RELATIVE and any(self.is_asset(i) for i in range(first)):
                found.append((first, last))
        return found

    def is_aside(self, index: int, of: int) -> bool:
        """Whether a mark stands in an aside that another stands after."""
        return any(first < index < last <= of for first, last in self._asides)

    def paired(self, index: int) -> frozenset[str] | None:
        """“AHU-1 and AHU-2 are at 14 and 16 °C”: as many numbers in a row as assets are each one's, in their order."""
        if self.marks[index].sort != "number":
            return None
        first = index
        while first > 1 and joins(self.marks[first - 1]) and self.marks[first - 2].sort == "number":
            first -= 2
        last = index
        while last + 2 < len(self.marks) and joins(self.marks[last + 1]) and self.marks[last + 2].sort == "number":
            last += 2
        many = (last - first) // 2 + 1
        owner = next((i for i in range(first - 1, -1, -1) if self.is_asset(i)), None)
        if many == 1 or owner is None:
            return None
        listed = self.listed(owner)[::-1]
        return listed[(index - first) // 2] if len(listed) == many else None

    def _behind(self, index: int) -> int | None:
        """“0.89 mm/s for Pump 1”: the asset that a preposition joins to a number."""
        if self.marks[index].sort != "number" or index + 2 >= len(self.marks):
            return None
        joined = self.marks[index + 1].text.lower() in _FOR and self.is_asset(index + 2)
        return index + 2 if joined and not self.support.are_places(self.marks[index + 2].ids) else None

    def is_whereabouts(self, index: int) -> bool:
        """“VAV-202 in the Main Lobby”: the place says where, and is not what is told about."""
        before = [i for i in range(max(0, index - 3), index) if self.marks[i].means("inside")]
        return (
            bool(before)
            and self.support.are_places(self.marks[index].ids)
            and any(self.is_asset(i) for i in range(before[-1]))
        )

    def is_asset(self, index: int) -> bool:
        return bool(self.marks[index].ids)

    @cached_property
    def _clauses(self) -> Sequence[tuple[int, int]]:
        """Where clauses begin and end: at a conjunction, a sign, and a comma before another asset or its article."""
        found: list[tuple[int, int]] = []
        start = 0
        for index, mark in enumerate(self.marks):
            comma = mark.text == "," and any(
                self.is_asset(i) for i in range(index + 1, min(index + 3, len(self.marks)))
            )
            numbers = any(one.sort == "number" for one in self.marks[start:index])
            joins = (
                numbers
                and not any(one.text.lower() in _BETWEEN for one in self.marks[start:index])
                and mark.text.lower() in JOINING
                and self._another_value(index)
            )
            if mark.text in _ENDS_CLAUSE or mark.text.lower() in CONJUNCTIONS or (comma and numbers) or joins:
                found.append((start, index))
                start = index + 1
        return [*found, (start, len(self.marks))]

    def _another_value(self, index: int) -> bool:
        """“… at 22 °C and the coldest at 19 °C”: whether a number follows before the next sign."""
        for mark in self.marks[index + 1 :]:
            if mark.text in BREAKS or mark.text == ",":
                return False
            if mark.sort == "number":
                return True
        return False

    def clause(self, index: int) -> Sequence[Mark]:
        """The marks that a number or a moment stands among."""
        start, end = next((one for one in self._clauses if one[0] <= index <= one[1]), (0, len(self.marks)))
        return self.marks[start:end]

    def moment_beside(self, index: int) -> Mark | None:
        """The moment of a number's clause that is nearest to it, with no other number between."""
        start, end = next((one for one in self._clauses if one[0] <= index <= one[1]), (0, len(self.marks)))
        near: list[tuple[int, Mark]] = []
        for step, stop in ((1, end), (-1, start - 1)):
            for at in range(index + step, stop, step):
                if self.marks[at].sort == "number":
                    break
                if self.marks[at].sort == "moment":
                    near.append((abs(at - index), self.marks[at]))
                    break
        return min(near, key=lambda one: one[0])[1] if near else None

    def run(self, index: int, step: int) -> frozenset[str]:
        found = set(self.marks[index].ids)
        index += step
        while 0 <= index < len(self.marks):
            mark = self.marks[index]
            if self.is_asset(index):
                found |= mark.ids
            elif not joins(mark):
                break
            index += step
        return frozenset(found)

    def ids(self, index: int) -> frozenset[str]:
        """As ``_group``, or what the sentences before were about."""
        return self.group(index) or self.context.assets

    def quantities(self, index: int) -> frozenset[str]:
        """The quantity that a number is of: the nearest before it, else after it, else of the sentence before."""
        said = [i for i, mark in enumerate(self.marks) if mark.quantities and not self.is_vague(i)]
        before = [i for i in said if i < index]
        after = [i for i in said if i > index]
        if before:
            return self.marks[before[-1]].quantities
        if after and any(mark.sort == "number" for mark in self.marks[index + 1 : after[0]]):
            after = []  # it is said of the number between
        return self.marks[after[0]].quantities if after else self.context.quantities

    def is_vague(self, index: int) -> bool:
        """“limit”, “value”, and the “level” of “CO2 level”: a word that is a quantity of some plants, and none here."""
        mark = self.marks[index]
        before = self.marks[index - 1] if index else None
        if is_neutral(mark) and before and (before.quantities or (before.sort == "sign" and before.text[:1].isalpha())):
            return True  # the “level” of “zone CO2 level”
        known = self.support.lexicon.vocabulary.quantities
        plain = all("_" not in one and (one not in known or known[one].unit is None) for one in mark.quantities)
        return plain and not any(
            self.support.same_quantity(mark.quantities, fact) for fact in self.support.ledger.facts
        )

    @cached_property
    def content(self) -> Sequence[str]:
        """The words that say something."""
        said = [mark for mark in self.marks if mark.sort in ("word", "class", "quantity")]
        kept = [mark for mark in said if not is_neutral(mark) and not any(mark.means(one) for one in _FRAMES)]
        about = frozenset(id_ for mark in self.marks for id_ in mark.ids if mark.sort == "asset")
        kept = [mark for mark in kept if not any(self.support.is_class(id_, mark.classes) for id_ in about)]
        return [self._in_english(word) for mark in kept for word in mark.text.split()]

    def _in_english(self, word: str) -> str:
        """The English word that a library has for it, where there are several."""
        found = self.words.english(word)
        return next((one for one in found if self.support.stem(one) in self.support.library), found[0])

    def is_quoted(self, mark: Mark) -> bool:
        """A number of a text that the sentence repeats, with a word beside it or with most of its words: “every 90 days”."""
        index = next(i for i, one in enumerate(self.marks) if one is mark)
        before = f"{self.marks[index - 1].text} {mark.text}" if index else mark.text
        after = f"{mark.text} {self.marks[index + 1].text}" if index + 1 < len(self.marks) else mark.text
        said = [one for one in (before, after) if one != mark.text]
        said += [f"{amount.value:g} {_SPANS.get(mark.unit, mark.unit)}" for amount in mark.amounts if mark.unit]
        if any(self.support.quotes_about(one, self._words_before(index)) for one in said):
            return True
        return self.support.tells(self.content, quoting=mark.text) >= IN_TEXT

    def _words_before(self, index: int) -> list[str]:
        """What a number is said of in words: since the number before it, or after it where it is the first."""
        start = next((i for i in range(index - 1, -1, -1) if self.marks[i].sort == "number"), -1)
        kept = [mark for mark in self.marks[start + 1 : index] if mark.sort in ("word", "class", "quantity")]
        kept = kept or [mark for mark in self.marks[index + 1 :] if mark.sort in ("word", "class", "quantity")]
        words = [
            mark
            for mark in kept
            if not any(mark.means(one) for one in _FRAMES)
            and (not is_neutral(mark) or mark.quantities or mark.classes or mark.means("deed"))
        ]
        return [english for mark in words for word in mark.text.split() for english in self.words.english(word)]

    def is_state(self, index: int) -> bool:
        """“on” and “off” are states at the end of what is said, and prepositions before a name."""
        mark = self.marks[index]
        if not mark.means("state") or not is_neutral(mark):
            return mark.means("state")
        follows = self.marks[index + 1] if index + 1 < len(self.marks) else None
        ends = follows is None or follows.sort == "sign" or follows.text.lower() in JOINING
        return ends and mark.detail("state") in ("running", "stopped", "open", "closed")

    def is_finding(self) -> bool:
        """Whether the sentence repeats what a text of the evidence says of its assets."""
        ids = frozenset(id_ for mark in self.marks for id_ in mark.ids) or self.context.assets
        return bool(ids) and self.support.tells(self.content, ids, findings=True) >= _REPEATED

    def is_negated(self, index: int) -> bool:
        for mark in reversed(self.marks[max(0, index - NEAR) : index]):
            if mark.text in BREAKS or mark.text.lower() in CONJUNCTIONS:
                return False
            if mark.means("not") or mark.means("none") or (mark.means("lacking") and not mark.means("neutral")):
                return True
            if mark.sort == "asset":
                continue
        return False

    def listed(self, index: int) -> list[frozenset[str]]:
        """The assets of a list that ends with a mark, each by its own name."""
        found: list[frozenset[str]] = []
        while index >= 0 and (self.is_asset(index) or joins(self.marks[index])):
            if self.is_asset(index):
                found.append(self.marks[index].ids)
            index -= 1
        return found

    def columns(self, quantities: frozenset[str]) -> Iterator[list[Fact]]:
        """The values of each list, of a quantity where one is said."""
        columns: dict[str, list[Fact]] = {}
        for fact in self.support.ledger.facts:
            if (
                fact.key not in _NO_RANK
                and fact.kind in ("number", "percent", "count", "hours")
                and (not quantities or fact.quantity is None or self.support.same_quantity(quantities, fact))
            ):
                if fact.row not in self._named_rows and fact.table in self._named_tables:
                    continue  # “of no known floor”: the rest, and none of those that are compared
                columns.setdefault(
                    f"{fact.id.partition('.')[0].rstrip('0123456789')} {fact.table} {fact.key}", []
                ).append(fact)
        yield from (values for values in columns.values() if len({fact.number for fact in values}) > 1)

    @cached_property
    def _named_rows(self) -> frozenset[str]:
        return frozenset(fact.row for fact in self.support.ledger.facts if fact.kind == "name")

    @cached_property
    def _named_tables(self) -> frozenset[str]:
        return frozenset(fact.table for fact in self.support.ledger.facts if fact.kind == "name")

    def values(self, ids: frozenset[str], quantities: frozenset[str]) -> list[Fact]:
        facts = [fact for fact in self.support.facts_of(ids) if fact.number is not None and fact.key in _RANKED]
        return [
            fact
            for fact in facts
            if not quantities or fact.quantity is None or self.support.same_quantity(quantities, fact)
        ]

    def in_errors(self, text: str) -> bool:
        return any(text.casefold() in entry.error.casefold() for entry in self.support.ledger.entries if entry.error)

    def is_only_count(self) -> bool:
        return len(self.support.ledger.results) == 1


def joins(mark: Mark) -> bool:
    """What stands between the members of a list."""
    return mark.text in AND or mark.text.lower() in JOINING


def is_neutral(mark: Mark) -> bool:
    return mark.means("neutral")
