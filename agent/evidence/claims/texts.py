"""Causes, advice, what lacks, and words that are in no list: they stand in a text of the evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.evidence.claims.sentence import CONJUNCTIONS, IN_TEXT, Sentence, is_neutral
from agent.vocabulary.tokens import key

_TOGETHER = 0.8
"""Share of the words of advice that several texts have to hold together."""
_EXPLAINED = frozenset({"alarm", "warning", "attention", "beyond"})
_QUOTED = re.compile(r"[“\"„]([^”\"“„]{1,80})[”\"“]")


@dataclass(slots=True)
class Texts:
    """Judges one sentence."""

    said: Sentence

    def texts(self) -> None:
        """Advice, causes and what is ahead stand in a text or in a forecast of the evidence."""
        content = self.said.content
        ids = frozenset(id_ for mark in self.said.marks for id_ in mark.ids)
        for sort in ("advice", "cause"):
            for _, mark in self.said.all(sort):
                if sort == "cause" and self._is_without_cause():
                    continue
                told = self.said.support.tells(content, ids) or self.said.support.tells(content)
                if (sort == "advice" and self.said.support.union(content) >= _TOGETHER) or (
                    sort == "cause" and self._is_reason(ids)
                ):
                    continue
                if not is_neutral(mark) and told < IN_TEXT and not self.said.has("unable"):
                    self.said.refuse(mark)
        ahead = any(
            table.name in ("forecasts", "outlooks", "risks", "outlook")
            or any(one.key == "expected" for one in table.columns)
            for table in self.said.support.ledger.tables
        )
        for _, mark in self.said.all("ahead"):
            if not ahead and not is_neutral(mark) and not self.said.has("unable"):
                self.said.refuse(mark)

    def _is_without_cause(self) -> bool:
        """“No cause could be found”: a diagnosis that names none."""
        found = [fact.number for fact in self.said.support.ledger.facts if fact.key == "causes"]
        denied = self.said.has("none") or self.said.has("not")
        return bool(found) and not any(found) and denied

    def _is_reason(self, ids: frozenset[str]) -> bool:
        """“in alarm because its pressure is 63 kPa”: a state with what is measured; or a possible cause that a diagnosis names."""
        if self.said.has("relation") and any(mark.detail("state") == "backed_up" for mark in self.said.marks):
            return True  # “nothing loses service, because Pump 2 backs it up”: both are judged
        if any(mark.detail("state") in _EXPLAINED for mark in self.said.marks) and ids:
            quantities = [mark.quantities for mark in self.said.marks if mark.quantities]
            statuses = [one for some in quantities for one in self.said.support.point_statuses(ids, some)]
            return bool(self.said.stated) or any(one in ("alarm", "warning", "stale") for one in statuses)
        named = {
            id_
            for table in self.said.support.ledger.tables
            if table.name == "causes"
            for row in table.rows
            for id_ in row.of
        }
        return self.said.has("possible") and bool(ids) and ids <= named

    def lacking(self) -> None:
        """“AHU-3 has no such sensor”, “there are no readings”: the evidence says so of it."""
        for index, mark in self.said.all("lacking"):
            unknown = self._names_nothing()
            if unknown or self.said.has("unable") or any(one.means("state") for one in self.said.marks):
                continue
            if not self._is_lacking(self.said.ids(index)):
                self.said.refuse(mark)

    def _names_nothing(self) -> bool:
        """Whether it names what the plant's own names do not have: a code, or a name in quotation marks."""
        quoted = [match[1] for match in _QUOTED.finditer(self.said.text)]
        return any(one.sort == "asset" and not one.ids for one in self.said.marks) or any(
            key(one) not in self.said.support.lexicon.names for one in quoted
        )

    def _is_lacking(self, ids: frozenset[str]) -> bool:
        ledger = self.said.support.ledger
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
        if ids and self.said.has("points") and self._is_without_readings(ids):
            return True
        if ids:
            return bool(ids & without) or nothing or (empty and not without)
        return bool(without) or empty or nothing or any(entry.error for entry in ledger.entries)

    def _is_without_readings(self, ids: frozenset[str]) -> bool:
        """Whether points of assets were looked up, and none of them has a value."""
        facts = [fact for fact in self.said.support.facts_of(ids) if fact.table == "points"]
        return bool(facts) and not any(fact.key in ("value", "state", "at") for fact in facts)

    def unknown_words(self) -> None:
        free = self.said.has("lacking")
        unable = next((index for index, _ in self.said.all("unable")), None)
        for index, mark in enumerate(self.said.marks):
            if mark.sort != "word" or mark.meanings or mark.text in ("'s", "’s") or self._is_told(mark.text):
                continue
            if unable is not None and not any(
                one.text.lower() in CONJUNCTIONS for one in self.said.marks[unable:index]
            ):
                continue
            if free and mark.text.casefold() in self.said.asked.text:
                continue
            if any(letter.isalpha() for letter in mark.text) and len(mark.text) > 1:
                self.said.refuse(mark)

    def _is_told(self, word: str) -> bool:
        """A word of a finding; or of a library, which tells what can be and what to do, not what is."""
        stems = {self.said.support.stem(one) for one in self.said.words.english(word)}
        if stems & self.said.support.stems:
            return True
        general = self.said.has("possible") or self.said.has("advice")
        if not general or not stems & self.said.support.library:
            return False
        content = self.said.content
        return self.said.support.tells(content) >= IN_TEXT or self.said.support.union(content) >= _TOGETHER
