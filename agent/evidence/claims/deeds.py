"""Names that nothing has, links and markup, and what the answer says was done: only what a person has approved was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.evidence.claims.sentence import BREAKS, CONJUNCTIONS, JOINING, Sentence
from agent.evidence.marks import Mark
from agent.vocabulary.tokens import key


@dataclass(slots=True)
class Deeds:
    """Judges one sentence."""

    said: Sentence

    def outside(self) -> None:
        """Links, addresses, telephone numbers and markup, and citations of what there is not."""
        for _, mark in self.said.all("outside"):
            self.said.refuse(mark)
        for _, mark in self.said.all("cited"):
            self.said.refuse(mark)

    def names(self) -> None:
        known = self.said.support.ids | self.said.asked.ids
        for _, mark in self.said.all("asset"):
            said = mark.text.casefold() in self.said.asked.text or key(mark.text) in self.said.support.told
            covered = self.said.has("state") and any(self.said.support.is_covered(id_) for id_ in mark.ids)
            if not (mark.ids & known or said or covered or self.said.in_errors(mark.text)):
                self.said.refuse(mark)

    def deeds(self) -> None:
        """What the answer says was done: it proposes, and what was approved is in the evidence."""
        for index, mark in self.said.all("deed"):
            before = self._before(index)
            spoken = any(one.means("speaker") for one in before) and not any(one.means("unable") for one in before)
            first = not mark.means("advice") and not any(one.sort != "sign" for one in self.said.marks[:index])
            passive = any(one.means("been") for one in self.said.marks[max(0, index - 4) : index + 3])
            if mark.means("neutral") and self.said.has("points") and not spoken:
                continue  # “readings were taken at …”
            if not spoken and (self._was_read(index) or any(one.means("if") for one in before)):
                continue
            if mark.means("state") and not spoken and not first:
                continue
            if any(one.means("not") or one.means("none") for one in before) and not first:
                continue
            if (spoken or passive or first) and not (
                self._is_proposed(index) or self._is_settled(mark) or (not spoken and self._is_recorded(mark))
            ):
                self.said.refuse(mark)
        for index, mark in self.said.all("unable"):
            if mark.means("deed") and not mark.means("unable"):
                self.said.refuse(self.said.marks[index])

    def _was_read(self, index: int) -> bool:
        """“Both readings were taken at 10:00”: points, and when, which is judged."""
        behind = self.said.marks[index + 1 : index + 3]
        return self.said.has("points") and len(behind) > 1 and behind[0].means("inside") and behind[1].sort == "moment"

    def _before(self, index: int) -> Sequence[Mark]:
        """What stands before a verb in its clause: “Ich habe den Sollwert von AHU-2 auf 16 °C gesenkt”."""
        start = next(
            (
                i
                for i in range(index - 1, -1, -1)
                if self.said.marks[i].text in BREAKS or self.said.marks[i].text == ","
            ),
            -1,
        )
        return self.said.marks[start + 1 : index]

    def _is_proposed(self, index: int) -> bool:
        """“I propose to leave a note”: a change waits, and what is said of it comes after the word."""
        before = self.said.marks[:index]
        first = next((place for place, one in enumerate(before) if one.means("proposed")), None)
        if first is None or not self.said.support.is_proposed:
            return False
        between = before[first:]
        return not any(
            one.means("been") or one.text == ";" or one.text.lower() in (*JOINING, *CONJUNCTIONS) for one in between
        )

    def _is_settled(self, mark: Mark) -> bool:
        """“I left the note”, “it was approved”: a person has approved it, and it is done."""
        word = mark.text.split()[-1]
        ids = frozenset(id_ for one in self.said.marks for id_ in one.ids)
        return self.said.support.is_done(word, ids) or self.said.support.is_rejected(word, ids)

    def _is_recorded(self, mark: Mark) -> bool:
        """Whether a text or a state of the evidence has the deed, or it is what alarms do."""
        if self.said.support.stem(mark.text.split()[-1]) in self.said.support.stems:
            return True
        alarms = any(one.detail("state") in ("alarm", "warning") for one in self.said.marks)
        return (
            alarms
            and mark.means("neutral")
            and any(table.name in ("spells", "points") for table in self.said.support.ledger.tables)
        )
