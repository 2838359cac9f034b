"""“in alarm”, “running”, “everything is normal”: a state is that of whom it is said, and of all only where all were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.evidence.claims.sentence import BREAKS, NEAR, Sentence
from agent.evidence.marks import Mark

_QUOTING = 15
"""Characters before a word that stand with it in a text."""


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
        if self.said.is_finding() or self.said.support.quotes(
            self.said.text[max(0, mark.start - _QUOTING) : mark.end], findings=True
        ):
            return True
        if self.said.has("unable") and not self.said.group(index):
            return True
        if self._in_texts(mark, self.said.ids(index)):
            return True
        ids = self.said.group(index)
        if self._is_counted(index):
            return self._are_so(state, index, negated)  # its number is checked
        if not ids and (self.said.has("none") or self.said.has("all") or self._is_none_of(index)):
            return self._group_holds(state, index, negated)
        ids = ids or self.said.context.assets
        if not ids:
            return self._exists(state, index, negated)
        found = [self.said.support.holds(state, id_) for id_ in ids]
        known = [one for one in found if one is not None]
        if self.said.has("only") and known and all(known):
            return state in ("alarm", "warning", "stale", "beyond") and len(ids) in self.said.support.counts(
                (), [state], False
            )
        return bool(known) and all(one is not negated for one in known)

    def _are_so(self, state: str, index: int, negated: bool) -> bool:
        """“2 pumps are stale: P-1 and P-2”: those that are named are."""
        named = [mark.ids for mark in self.said.marks[index + 1 :] if mark.sort == "asset" and mark.ids]
        known = [[self.said.support.holds(state, id_) for id_ in ids] for ids in named]
        return not any(
            all(one is negated for one in some if one is not None) and any(one is not None for one in some)
            for some in known
        )

    def _is_none_of(self, index: int) -> bool:
        return self.said.is_negated(index) and not self.said.group(index)

    def _is_counted(self, index: int) -> bool:
        """“3 alarms”, “2 of the pumps are in alarm”: the number says how many."""
        for mark in reversed(self.said.marks[max(0, index - NEAR) : index]):
            if mark.text in BREAKS:
                return False
            if mark.amounts and mark.unit in (None, ""):
                return not any(one.sort == "asset" for one in self.said.marks[max(0, index - NEAR) : index])
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
