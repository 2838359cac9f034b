"""Reads questions in every language that is spoken here, and plans the calls that answer them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.language.frame import Frame, IntentSlots
from agent.language.grammar import Grammar, grammar, languages
from agent.language.lattice import PlantWords
from agent.language.reader import Reader
from agent.planning.asked import Asked, Question, asked_of
from agent.planning.assets import Assets
from agent.planning.intent import Call
from agent.planning.intents import INTENTS
from agent.planning.nouns import Nouns, Spoken
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from agent.vocabulary.quantities import QuantityReader
from agent.vocabulary.terms import terms
from agent.vocabulary.tokens import pieces
from tools.sentences.language import USUAL

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

    @property
    def open_question(self) -> Asked | None:
        """Of a question that was asked back: what stands, for the answer to complete."""
        if self.problem is None or self.problem.kind not in _ASKED_BACK or self.asked.intent not in INTENTS:
            return None
        open_slot = self.problem.text if self.problem.kind == "missing" else "assets"
        values = {slot: some for slot, some in self.asked.values.items() if slot != open_slot}
        return replace(self.asked, values=values, problems=())

    def explained(self) -> Mapping[str, Any]:
        """As plain values, in the words that were written."""
        slots = {slot: [self.frame.written(one) for one in some] for slot, some in self.frame.slots.items()}
        return {
            "language": self.language,
            "intent": self.asked.intent,
            "slots": slots,
            "left_out": [one.text for one in self.frame.left_out],
            "problem": self.problem.kind if self.problem is not None else None,
        }


_ASKED_BACK = ("ambiguous", "too_many", "missing", "unknown_name", "no_referent")


FOLLOW_UP = IntentSlots(
    "follow_up",
    (),
    {"assets": 4, "time": 2, "quantity": 4, "state": 1, "statistic": 1, "side": 1, "price": 1, "comparison": 1},
)
"""“And yesterday?”: what it says stands in place of what the question before said."""


def going_on(asked: Asked, frame: Frame, before: Asked | None) -> Asked:
    """A question that goes on from the one before: a follow-up, or one that lacks what was spoken of."""
    if frame.intent == FOLLOW_UP.name:
        if before is None or not asked.values:
            return replace(asked, problems=(Problem("unclear", frame.text),))
        takes = INTENTS[before.intent].slots
        strange = [one for slot, some in frame.slots.items() for one in some[takes.most(slot) :]]
        problems = [Problem("left_out", frame.written(one)) for one in strange]
        return replace(asked.over(before), problems=(*asked.problems, *problems))
    lacking = [slot for slot in frame.missing if before is None or not before.values.get(slot)]
    if lacking:
        return replace(asked, problems=(*asked.problems, Problem("missing", lacking[0])))
    given = {slot: before.values[slot] for slot in frame.missing} if before is not None else {}
    return replace(asked, values={**given, **asked.values})


def _meant(frames: Sequence[Frame], before: Asked | None) -> Frame | None:
    """The best reading. A bare phrase (“supply air temperature of AHU-2”) goes on from the question before where it has one part alone, and
    asks for itself where it is complete."""
    first = next(iter(frames), None)
    own = next((one for one in frames if one.intent != FOLLOW_UP.name), None)
    if first is own or own is None or own.missing or not own.is_whole:
        return first
    is_bare = first is not None and "at" not in first.says
    return own if before is None or (is_bare and len(own.slots) > 1) else first


def _assets(before: Asked | None) -> Assets | None:
    found = before.values.get("assets", ()) if before is not None else ()
    return next((one for one in found if isinstance(one, Assets)), None)


class Understanding:
    """Of one plant. Languages are prepared when they are first needed."""

    def __init__(self, lexicon: Lexicon, codes: Sequence[str] | None = None) -> None:
        self.lexicon = lexicon
        self._codes = languages() if codes is None else codes
        self._readers: dict[str, Reader] = {}

    def understand(
        self, text: str, own: str, now: datetime, focus: Sequence[str] = (), before: Asked | None = None
    ) -> Understood | None:
        """What a sentence asks, where need be in the light of the question ``before``; none where no intent's words stand in it. ``focus`` is
        what the last answer was about. Raises ``InvalidInput`` for a sentence that is too long."""
        before = before if before is not None and self._still_stands(before) else None
        own = self.spoken(own)
        best: tuple[float, str, Frame] | None = None
        for code in self._languages_of(text, own):
            frame = _meant(self.reader(code).best(text), before)
            cost = 0.0 if frame is None else frame.cost + (_OTHER_LANGUAGE if code != own else 0.0)
            if frame is not None and (best is None or cost < best[0]):
                best = (cost, code, frame)
            if best is not None and best[2].is_whole and best[2].intent != FOLLOW_UP.name:
                break  # the person's own language does
        return None if best is None else self._planned(best[1], best[2], now, focus, before)

    def _still_stands(self, before: Asked) -> bool:
        """Whether its intent and its assets are still there: the plant, or the product, may have changed since."""
        assets = [value for some in before.values.values() for value in some if isinstance(value, Assets)]
        return before.intent in INTENTS and all(id_ in self.lexicon.things for one in assets for id_ in one.ids)

    def spoken(self, code: str) -> str:
        """The language of a person; English where theirs is not spoken here."""
        return code if code in self._codes else USUAL

    def _languages_of(self, text: str, own: str) -> Iterator[str]:
        """The languages that a sentence may be of: the person's own, and each other one that has more of its words."""
        yield own
        words = [piece.norm for piece in pieces(text)]
        known = {code: sum(word in grammar(code).literals for word in words) for code in self._codes}
        yield from (code for code in self._codes if code != own and known[code] > known[own])

    def reader(self, code: str) -> Reader:
        if code not in self._readers:
            slots = {FOLLOW_UP.name: FOLLOW_UP, **{name: one.slots for name, one in INTENTS.items()}}
            self._readers[code] = Reader(self._words(code), slots)
        return self._readers[code]

    def _planned(
        self, code: str, frame: Frame, now: datetime, focus: Sequence[str], before: Asked | None
    ) -> Understood:
        words = self.reader(code).words
        spoken = Spoken(focus, _assets(before))
        asked = going_on(asked_of(frame, Nouns(words.lexicon, words.linker, spoken), now), frame, before)
        if asked.problems:
            return Understood(code, frame, asked, problem=asked.problems[0])
        return self._answered(code, frame, asked, now)

    def _answered(self, code: str, frame: Frame, asked: Asked, now: datetime) -> Understood:
        words = self.reader(code).words
        question = Question(asked, words.lexicon, now)
        try:
            calls = tuple(INTENTS[asked.intent].plan(question))
        except Instead as other:
            asked = replace(asked, intent=other.intent, says={**asked.says, **other.says})
            return self._answered(code, frame, asked, now)
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
        return PlantWords(spoken, lexicon, Linker(lexicon), quantities, spoken.folds, spellings)

    def _lexicon(self, spoken: Grammar) -> Lexicon:
        """The plant's words in a language: its own names, and the trade's words of the language before the English ones."""
        lexicon = replace(self.lexicon, words=spoken.function_words)
        if spoken.code == USUAL:
            return lexicon
        own = terms(spoken.code)
        classes = {**lexicon.class_phrases, **own.classes}
        quantities = {**lexicon.quantity_phrases, **own.quantities}
        longest = max(lexicon.longest_phrase, *(len(one) for one in (*own.classes, *own.quantities)))
        return replace(lexicon, class_phrases=classes, quantity_phrases=quantities, longest_phrase=longest)
