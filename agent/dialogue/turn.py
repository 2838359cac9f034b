"""What one message asks: its questions in their order, each in the light of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.dialogue.message import PastedList, halves, pasted, sentences
from agent.language.frame import Frame
from agent.language.grammar import grammar
from agent.planning.asked import Asked
from agent.planning.intent import Call
from agent.planning.problems import Problem
from agent.planning.understanding import Understanding, Understood
from graph_schema.errors import InvalidInput

MOST_CALLS = 16
"""Of one message: what an agent makes at once."""
_QUESTIONS = 6
_CHARACTERS = 2000
_UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Turn:
    """``beyond`` are the assets of a pasted list that are too many to answer at once."""

    parts: tuple[Understood, ...]
    beyond: tuple[str, ...] = ()

    @property
    def calls(self) -> Sequence[Call]:
        return [call for part in self.parts for call in part.calls]

    @property
    def is_clean(self) -> bool:
        return all(part.problem is None for part in self.parts)

    @property
    def last(self) -> Understood:
        """What the conversation goes on from: the last question that was understood, or asked back."""
        open_ones = [one for one in self.parts if one.problem is None or one.open_question is not None]
        return open_ones[-1] if open_ones else self.parts[-1]


@dataclass(slots=True)
class Reader:
    """Reads one message of a person. ``focus`` is what the last answer was about, ``before`` the question before."""

    understanding: Understanding
    own: str
    now: datetime
    focus: Sequence[str] = ()
    _room: int = _CHARACTERS
    """What may still be read to divide it: each division reads its halves again."""

    def read(self, text: str, before: Asked | None = None) -> Turn:
        language = self.understanding.spoken(self.own)
        listed = pasted(text, self.understanding.reader(language).words.linker)
        whole = self._one(text, before)
        if listed is not None and (len(listed.items) > 4 or not _is_clean(whole) or "\n" in text):
            turn = self._each(listed, before)
            if any(part.problem is None for part in turn.parts):
                return turn
        parts = self._sentences(text, whole, before)
        return Turn(tuple(parts))

    def _one(self, text: str, before: Asked | None) -> Understood:
        """One question; a problem where no words of any intent stand in it."""
        self._room -= len(text)
        try:
            found = self.understanding.understand(text, self.own, self.now, self.focus, before)
        except InvalidInput:
            return self._unread(text, Problem("too_long"))
        return found or self._unread(text, Problem("unclear", text))

    def _unread(self, text: str, problem: Problem) -> Understood:
        asked = Asked(_UNREAD, {}, problems=(problem,))
        return Understood(self.understanding.spoken(self.own), Frame(_UNREAD, {}, text=text), asked, problem=problem)

    # -- several questions -------------------------------------------------------------------------------------------

    def _sentences(self, text: str, whole: Understood, before: Asked | None) -> Sequence[Understood]:
        """Each sentence for itself, where the message as one question is none, or all of them are questions of their own."""
        texts = sentences(text)[:_QUESTIONS]
        if len(texts) < 2:
            return self._joined(text, whole, before)
        parts = self._in_turn(texts, before)
        own = all(_is_clean(one) and _stands_alone(one) for one in parts)
        if own or (not _is_clean(whole) and any(_is_clean(one) for one in parts)):
            return parts
        return self._joined(text, whole, before)

    def _in_turn(self, texts: Sequence[str], before: Asked | None) -> Sequence[Understood]:
        parts: list[Understood] = []
        for text in texts:
            for part in self._joined(text, self._one(text, before), before):
                parts.append(part)
                before = part.open_question or (part.asked if part.problem is None else before)
        return parts

    def _joined(self, text: str, whole: Understood, before: Asked | None) -> Sequence[Understood]:
        """“What is in alarm and how warm is it outside”: two questions, where as one it is not understood."""
        if whole.problem is None or whole.problem.kind in ("not_placed", "too_long"):
            return [whole]
        best: Sequence[Understood] = [whole]
        for first, rest in halves(text, grammar(self.understanding.spoken(whole.language))):
            left = self._one(first, before)
            if self._room < 0:
                break
            if not _is_read(left) or not _stands_alone(left):
                continue
            right = self._joined(rest, self._one(rest, left.asked), left.asked)
            if all(_is_read(one) for one in right):
                return [left, *right]
            if left.problem is None and len(best) == 1 and not _is_read(whole):
                best = [left, *right]
        return best

    # -- lists -------------------------------------------------------------------------------------------------------

    def _each(self, listed: PastedList, before: Asked | None) -> Turn:
        """The same of each asset, as many as can be looked up at once."""
        parts: list[Understood] = []
        calls = 0
        for at, item in enumerate(listed.items):
            part = self._one(f"{listed.header} {item}".strip(), before)
            calls += len(part.calls)
            if calls > MOST_CALLS or len(parts) >= 2 * MOST_CALLS:
                return Turn(tuple(parts), listed.items[at:])
            if _names_an_asset(part) and _is_read(part):
                parts.append(part)
            elif not self._says_nothing(item):
                parts.append(self._not_told(item, part))
        return Turn(tuple(parts))

    def _says_nothing(self, item: str) -> bool:
        """“Thanks” at the end of a list."""
        said = self._one(item, None)
        frame = said.frame
        return said.is_aside or (frame.intent != _UNREAD and frame.is_whole and not frame.slots and not frame.cued)

    def _not_told(self, item: str, part: Understood) -> Understood:
        """An item that is no name here, with those that are like it."""
        words = self.understanding.reader(part.language).words
        close = words.linker.lexicon.respell(item) or item
        ids = words.lexicon.by_word.get(close.lower(), ())[:4]
        return self._unread(item, Problem("unknown_name", item, words.linker.candidates(ids)))


def _names_an_asset(part: Understood) -> bool:
    return bool(part.asked.values.get("assets"))


def _is_clean(part: Understood) -> bool:
    return part.problem is None


def _stands_alone(part: Understood) -> bool:
    """Whether it is more than a name or a quantity before a question (“AHU-2. How is it?”)."""
    return part.frame.cued or len(part.frame.slots) > 1


def _is_read(part: Understood) -> bool:
    """Whether every word was understood, though what was asked may have to be asked back."""
    return (
        part.frame.intent != _UNREAD and part.frame.is_whole and not (part.problem and part.problem.kind == "left_out")
    )
