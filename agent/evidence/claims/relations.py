"""“AHU-1 feeds VAV-2 on Floor 2”: relations between assets, their places and classes."""

from __future__ import annotations

from dataclasses import dataclass

from agent.evidence.claims.sentence import BREAKS, CONJUNCTIONS, JOINING, Sentence, is_neutral

_IS = frozenset({"is", "are", "was", "ist", "sind", "war", "es", "son"})
"""Share of the words of advice or of a cause that one text has to hold."""


@dataclass(slots=True)
class Relations:
    """Judges one sentence."""

    said: Sentence

    def relations(self) -> None:
        """“AHU-1 feeds VAV-2”: an asset before and one after the word."""
        subject: frozenset[str] = frozenset()
        for index, mark in self.said.all("relation"):
            relation = str(mark.detail("relation"))
            if self._closes(index):
                continue  # “wird von … versorgt”
            before = subject if subject and self._goes_on(index) else self._before(index)
            after, subject = self._after(index), before
            none = any(one.means("none") for one in self.said.clause(index))
            if relation == "loses" and (self.said.is_negated(index) or none):
                if not any(
                    fact.table == "isolation" and fact.key == "total" and fact.number == 0
                    for fact in self.said.support.ledger.facts
                ):
                    self.said.refuse(mark)
                continue
            without = relation == "loses" and not any(
                table.name == "loses_service" for table in self.said.support.ledger.tables
            )
            if relation == "place" and not (before and self.said.support.are_places(after)):
                continue  # “most VAVs are located on Floor 3”: a count
            if not before and self.said.has("points"):
                continue  # points, whose rows say whose they are
            related = (
                relation == "loses" or not after or self._is_related(relation, before, after, self._is_direct(index))
            )
            denied = bool(before and after) and self.said.is_negated(index)
            unknown = relation != "loses" and self._names_unknown(index)
            if without or not related or denied or unknown:
                self.said.refuse(mark)

    def _closes(self, index: int) -> bool:
        """Whether a verb ends what another began: “wird von AHU-1 versorgt”."""
        words = self.said.words.wording.relations["fed_by"]
        for at in range(index - 1, -1, -1):
            mark = self.said.marks[at]
            if mark.means("relation"):
                return (
                    mark.text.lower() in words and mark.detail("relation") == "fed_by" and self.said.is_asset(index - 1)
                )
            if mark.text in BREAKS:
                return False
        return False

    def _goes_on(self, index: int) -> bool:
        """Whether a verb has the subject of the verb before it: “is fed by P-1 and feeds T-1”."""
        before = [
            mark
            for mark in self.said.marks[max(0, index - 3) : index]
            if not (is_neutral(mark) and mark.text.lower() not in JOINING)
        ]
        return bool(before) and before[-1].text.lower() in JOINING

    def _names_unknown(self, index: int) -> bool:
        """Whether what follows first is a name that the evidence has not."""
        first = next(
            (mark for mark in self.said.marks[index + 1 :] if mark.sort == "asset" or mark.text in BREAKS), None
        )
        return first is not None and first.sort == "asset" and not first.ids

    def _is_direct(self, index: int) -> bool:
        return any(mark.means("direct") for mark in self.said.clause(index))

    def places(self) -> None:
        """“AHU-2 on Floor 2”."""
        for index, _ in self.said.all("inside"):
            after = self.said.marks[index + 1 : index + 3]
            place = next((one for one in after if one.sort == "asset" and self.said.support.are_places(one.ids)), None)
            before = self._placed(index)
            if before is None or place is None or (after[0] is not place and not after[0].means("neutral")):
                continue
            if self.said.is_negated(index):
                self.said.refuse(place)
                continue
            if self.said.support.is_asked_within(place.ids):
                continue
            if not self.said.is_asset(before):
                if not any(mark.amounts and mark.unit in (None, "") for mark in self.said.clause(index)):
                    self.said.refuse(place)
                continue  # “6 VAVs on Floor 2”: the number is checked
            if not self._is_related("place", self.said.run(before, -1), place.ids, direct=False):
                self.said.refuse(place)

    def _placed(self, index: int) -> int | None:
        """What a place is said of: the nearest asset or class before it that is no place itself; “AHU-2 is a pump in …” is said of AHU-2."""
        for at in range(index - 1, -1, -1):
            if self.said.marks[at].sort == "class":
                named = [i for i in range(max(0, at - 3), at) if self.said.is_asset(i)]
                return named[-1] if named else at
            inside = any(mark.means("inside") for mark in self.said.marks[max(0, at - 2) : at])
            if self.said.is_asset(at) and not (inside and self.said.support.are_places(self.said.marks[at].ids)):
                return at
        return None

    def classes(self) -> None:
        """“AHU-2 is an air handler”: an asset, a form of “to be”, an article and a class."""
        for index, mark in enumerate(self.said.marks):
            is_one = index > 1 and mark.sort == "class" and is_neutral(self.said.marks[index - 1])
            if is_one and self.said.is_asset(index - 3) and self.said.marks[index - 2].text.lower() in _IS:
                ids = self.said.marks[index - 3].ids
                if not any(self.said.support.is_class(id_, mark.classes) for id_ in ids):
                    self.said.refuse(mark)

    def members(self) -> None:
        """“There are 2 pumps: …”: what is listed is of that class."""
        for index, mark in enumerate(self.said.marks):
            if not (index and mark.classes and self.said.marks[index - 1].sort == "number"):
                continue
            colon = next((i for i in range(index, len(self.said.marks)) if self.said.marks[i].text in BREAKS), None)
            if colon is None or self.said.marks[colon].text != ":":
                continue
            for one in self.said.marks[colon:]:
                if (
                    one.sort == "asset"
                    and one.ids
                    and not self.said.support.are_places(one.ids)
                    and not any(self.said.support.is_class(id_, mark.classes) for id_ in one.ids)
                ):
                    self.said.refuse(one)

    def _before(self, index: int) -> frozenset[str]:
        at = next(
            (i for i in range(index - 1, -1, -1) if self.said.is_asset(i) and not self.said.is_whereabouts(i)), None
        )
        if at is None and any(mark.means("all") or mark.amounts for mark in self.said.marks[:index]):
            return frozenset()  # “every one of them”, “the nine assets”: of none by itself
        return self.said.run(at, -1) if at is not None else self.said.context.assets

    def _after(self, index: int) -> frozenset[str]:
        """What follows before the next verb: “all that it feeds is backed up by Pump 2”."""
        for at in range(index + 1, len(self.said.marks)):
            mark = self.said.marks[at]
            if self.said.is_asset(at) and not self.said.is_whereabouts(at):
                return self.said.run(at, 1)
            if mark.means("verb") or mark.text.lower() in CONJUNCTIONS:
                break
        return frozenset()

    def _is_related(self, relation: str, ones: frozenset[str], others: frozenset[str], direct: bool) -> bool:
        """Each of the others with one of these, or with any where none is said."""
        related = self.said.support.neighbours if direct else self.said.support.related
        if not ones:
            return all(any(name == relation and two == other for name, _, two in related) for other in others)
        return all(any((relation, one, other) in related for one in ones) for other in others)
