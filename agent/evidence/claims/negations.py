"""“not”: what is denied has to be a claim whose denial is checked; of a value, a name or a sentence as a whole nothing shows that it is not so."""

from __future__ import annotations

from dataclasses import dataclass

from agent.evidence.claims.sentence import BREAKS, CONJUNCTIONS, Sentence
from agent.evidence.marks import Mark

_DENYING = frozenset(
    {"not", "never", "nicht", "nie", "niemals", "keinesfalls", "no", "nunca", "jamás", "tampoco", "cannot"}
)
_CHECKED = ("relation", "deed", "unable", "lacking", "none", "comparative", "superlative")


@dataclass(slots=True)
class Negations:
    """Judges one sentence."""

    said: Sentence

    def judge(self) -> None:
        if self.said.has("unable") or self.said.has("lacking") or self.said.is_finding():
            return
        for index, mark in self.said.all("not"):
            word = mark.text.lower().replace("’", "'")
            denies = word in _DENYING or word.endswith("n't")
            if denies and not self._is_checked(index) and not self._is_told(index):
                self.said.refuse(mark)

    def _is_checked(self, index: int) -> bool:
        """Whether the first claim after it is one whose denial is judged where it is."""
        for at in range(index + 1, len(self.said.marks)):
            mark = self.said.marks[at]
            if mark.text in BREAKS or mark.text == "," or mark.text.lower() in CONJUNCTIONS:
                return False
            if self.said.is_state(at) or any(mark.means(sort) for sort in _CHECKED) or self._is_place(at):
                return True
            if mark.sort in ("number", "moment") or mark.amounts:
                return False
        return False

    def _is_place(self, index: int) -> bool:
        follows = self.said.marks[index + 1 : index + 3]
        return self.said.marks[index].means("inside") and any(
            self.said.support.are_places(mark.ids) for mark in follows if mark.ids
        )

    def _is_told(self, index: int) -> bool:
        """Whether a text or a state of the evidence denies it in these words: “not been read”, “not shown”."""
        mark: Mark = self.said.marks[index]
        words = " ".join(one.text for one in self.said.marks[index : index + 2]).casefold()
        if self.said.support.quotes(self.said.text[mark.start : mark.end + 6]):
            return True
        return any(
            words in str(fact.value).casefold() for fact in self.said.support.ledger.facts if fact.kind == "state"
        )
