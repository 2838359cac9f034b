"""Reads questions in every language that is spoken here, and plans the calls that answer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from agent.language.frame import Frame
from agent.language.grammar import Grammar, grammar, languages
from agent.language.lattice import PlantWords
from agent.language.reader import Reader
from agent.planning.asked import Asked, Question, asked_of
from agent.planning.intent import Call
from agent.planning.intents import INTENTS
from agent.planning.nouns import Nouns, Spoken
from agent.planning.problems import Problem, Unanswerable
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from agent.vocabulary.quantities import QuantityReader
from agent.vocabulary.terms import terms

_OTHER_LANGUAGE = 0.5
"""What another language's reading must be better by than that of the person's own."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question in one language, with the calls that answer it, or the problem that stands in the way."""

    language: str
    frame: Frame
    asked: Asked
    calls: tuple[Call, ...] = ()
    problem: Problem | None = None


class Understanding:
    """Of one plant. Languages are prepared when they are first needed."""

    def __init__(self, lexicon: Lexicon, codes: Sequence[str] | None = None) -> None:
        self.lexicon = lexicon
        self._codes = languages() if codes is None else codes
        self._readers: dict[str, Reader] = {}

    def understand(self, text: str, own: str, now: datetime, spoken: Spoken) -> Understood | None:
        """What a sentence asks; none where no intent's words stand in it. Raises ``InvalidInput`` for one that is too long."""
        best: tuple[float, str, Frame] | None = None
        for code in sorted(self._codes, key=lambda code: code != own):
            for frame in self.reader(code).frames(text)[:1]:
                cost = frame.cost + (_OTHER_LANGUAGE if code != own else 0.0)
                if best is None or cost < best[0]:
                    best = (cost, code, frame)
        return None if best is None else self._planned(best[1], best[2], now, spoken)

    def reader(self, code: str) -> Reader:
        if code not in self._readers:
            slots = {name: one.slots for name, one in INTENTS.items()}
            self._readers[code] = Reader(self._words(code), slots)
        return self._readers[code]

    def _planned(self, code: str, frame: Frame, now: datetime, spoken: Spoken) -> Understood:
        words = self.reader(code).words
        asked = asked_of(frame, Nouns(words.lexicon, words.linker, spoken), now)
        if asked.problems:
            return Understood(code, frame, asked, problem=asked.problems[0])
        question = Question(asked, words.lexicon, now)
        try:
            calls = tuple(INTENTS[frame.intent].plan(question))
        except Unanswerable as error:
            return Understood(code, frame, asked, problem=error.problem)
        unused = [phrase for slot in question.unused for phrase in frame.slots.get(slot, ())]
        if unused:
            return Understood(code, frame, asked, problem=Problem("left_out", frame.written(unused[0])))
        return Understood(code, frame, asked, calls)

    def _words(self, code: str) -> PlantWords:
        spoken = grammar(code)
        lexicon = self._lexicon(spoken)
        lists = spoken.lists
        spellings = tuple(sorted(word for word in spoken.literals if len(word) >= 5 and word.isalpha()))
        quantities = QuantityReader(lexicon, lists["never_in"], lists["no_heads"], lists["leads"])
        own = lexicon.class_phrases if code == "en" else terms(code).classes
        return PlantWords(spoken, lexicon, Linker(lexicon), quantities, spoken.folds, spellings, own)

    def _lexicon(self, spoken: Grammar) -> Lexicon:
        """The plant's words in a language: its own names, and the trade's words of the language before the English ones."""
        lexicon = replace(self._english, words=spoken.function_words)
        if spoken.code == "en":
            return lexicon
        own = terms(spoken.code)
        classes = {**lexicon.class_phrases, **own.classes}
        quantities = {**lexicon.quantity_phrases, **own.quantities}
        longest = max(lexicon.longest_phrase, *(len(one) for one in (*own.classes, *own.quantities)))
        return replace(lexicon, class_phrases=classes, quantity_phrases=quantities, longest_phrase=longest)

    @cached_property
    def _english(self) -> Lexicon:
        return self.lexicon
