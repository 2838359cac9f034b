"""Reads questions in every language that is spoken here, and plans the calls that answer them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, cast

from agent.language.frame import Frame, IntentSlots
from agent.language.grammar import Grammar, grammar, languages
from agent.language.lattice import PlantWords
from agent.language.reader import Reader
from agent.language.times import Span
from agent.planning.asked import Asked, Question, Value, asked_of
from agent.planning.assets import Assets
from agent.planning.intent import Call
from agent.planning.intents import INTENTS
from agent.planning.nouns import Nouns, Spoken, joined
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.relations import Relations, named_ids
from agent.planning.resolver import Resolver
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from agent.vocabulary.quantities import Quantity, QuantityReader
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
        if self.problem is None or self.asked.intent not in INTENTS:
            return None
        if self.problem.kind == "left_out":
            return Asked(self.asked.intent, {}, {}, open_slot=_WHOLE)
        if self.problem.kind not in _ASKED_BACK:
            return None
        open_slot = self.problem.text if self.problem.kind == "missing" else "assets"
        offered = tuple(one.id for one in self.problem.choices) if self.problem.kind == "ambiguous" else ()
        kept = _is_of_others(self.asked, offered)
        values = {slot: some for slot, some in self.asked.values.items() if kept or slot != open_slot}
        return replace(self.asked, values=values, problems=(), offered=offered, open_slot=open_slot)

    @property
    def is_aside(self) -> bool:
        """Whether what was spoken of before stays what the next question goes on from."""
        return self.asked.intent in INTENTS and INTENTS[self.asked.intent].aside

    @property
    def is_urgent(self) -> bool:
        """Whether the answer must be read at a glance, without what its results would oblige it to add."""
        return self.asked.intent in INTENTS and INTENTS[self.asked.intent].regardless

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


def _is_of_others(asked: Asked, offered: Sequence[str]) -> bool:
    """Whether what is to be chosen is only what the assets stand in relation to: “rooms on the second floor”."""
    first = _assets(asked)
    if first is None or not first.restricted or first.ids or first.choices or not offered:
        return False
    return set(offered) <= set(named_ids(first.query))


_ASKED_BACK = ("ambiguous", "too_many", "missing", "unknown_name", "no_referent")
_WHOLE = "question"
"""What is open after a question that was not understood: all of it. What only goes on from it cannot be placed."""


FOLLOW_UP = IntentSlots(
    "follow_up",
    (),
    {
        "assets": 4,
        "time": 2,
        "quantity": 4,
        "state": 1,
        "statistic": 1,
        "side": 1,
        "price": 1,
        "wanted": 1,
        "comparison": 1,
        "moved": 1,
        "priority": 1,
    },
)
"""“And yesterday?”: what it says stands in place of what the question before said."""


def _at_its_time(asked: Asked, before: Asked | None, now: datetime) -> Asked:
    """“And the day before?”: the time of the question before, moved; without one it cannot be placed. “Yesterday against the day before” moves its
    own."""
    said = next((one for one in asked.values.get("moved", ()) if isinstance(one, Mapping)), None)
    if said is None:
        return asked
    own = tuple(asked.spans())
    times = own or (before.spans() if before is not None else ())
    moved = [one.moved(*_step(one, said), now) for one in times]
    values = {slot: some for slot, some in asked.values.items() if slot != "moved"}
    if not moved:  # “at the same time” as nothing
        return replace(asked, values=values, problems=(*asked.problems, Problem("not_placed")))
    return replace(asked, values={**values, "time": (*own, *moved)})


def _step(span: Span, said: Mapping[str, Any]) -> tuple[int, str]:
    """How far “the one before” is from a time: as far as that is long, by the calendar."""
    by, unit = int(said["by"]), str(said["unit"])
    if unit != "same":
        return by, unit
    days = max(1, round(((span.until or span.end) - span.start) / timedelta(days=1)))
    if days in _MONTH:
        return by, "month"
    return (by, "week") if days == _WEEK else (by * days, "day")


_WEEK, _MONTH = 7, range(28, 32)


def _as_it_was_asked(asked: Asked, before: Asked | None) -> Asked:
    """“And a week ago?” of the mean of a day is that day; of a value at three o'clock it is at three of that day."""
    old = next(iter(before.spans()), None) if before is not None else None
    if old is None or old.kind not in ("window", "at"):
        return asked
    times = tuple(_alike(one, old) if isinstance(one, Span) else one for one in asked.values.get("time", ()))
    return replace(asked, values={**asked.values, "time": times}) if times else asked


def _alike(span: Span, old: Span) -> Span:
    if span.moment is None or old.kind == "window":
        return replace(span, moment=None)
    return replace(span, moment=datetime.combine(span.start.date(), old.start.timetz()))


def going_on(asked: Asked, frame: Frame, before: Asked | None) -> Asked:
    """A question that goes on from the one before: a follow-up, or one that lacks what was spoken of."""
    if frame.intent == FOLLOW_UP.name:
        asked = _as_it_was_asked(asked, before)
        wanted = frame.says.get("asks")
        if before is not None and before.open_slot is not None and not asked.values.get(before.open_slot):
            return replace(asked, problems=(*asked.problems, _still_open(before)))
        before = None if before is None else _turned(before, frame, wanted)
        if before is None or (not asked.values and wanted is None):
            return replace(asked, problems=(*asked.problems, Problem("not_placed", frame.text)))
        takes = INTENTS[before.intent].slots
        strange = [
            one
            for slot, some in frame.slots.items()
            for one in some[takes.most("time" if slot == "moved" else slot) :]
            if slot != "wanted"
        ]
        problems = [Problem("left_out", frame.written(one)) for one in strange]
        if frame.says.get("adds"):
            asked = replace(asked, values=_added(asked, before))
        return replace(asked.over(before), problems=(*asked.problems, *problems))
    lacking = [slot for slot in frame.missing if before is None or not before.values.get(slot)]
    if lacking:
        return replace(asked, problems=(*asked.problems, Problem("missing", lacking[0])))
    known = before is not None and any(before.values.get(slot) for slot in ("assets", "quantity"))
    if not known and frame.says.get("goes_on") == "true" and not asked.values.get("assets"):
        return replace(asked, problems=(*asked.problems, Problem("missing", "assets")))
    return asked if before is None else replace(asked, values={**_given(frame, before), **asked.values})


def _added(asked: Asked, before: Asked) -> Mapping[str, tuple[Value, ...]]:
    """“Add AHU-3”, “with the return temperature too”: what is said stands beside what was said before."""
    found = {slot: (*before.values.get(slot, ()), *some) for slot, some in asked.values.items()}
    assets = [one for one in found.get("assets", ()) if isinstance(one, Assets)]
    return {**found, "assets": (joined(assets),)} if len(assets) > 1 else found


def _given(frame: Frame, before: Asked) -> Mapping[str, tuple[Value, ...]]:
    """What a question that is not complete in itself takes from the one before: what it lacks, and the assets (“and the coldest?”)."""
    takes = INTENTS[frame.intent].slots
    same = ("assets",) if (frame.missing or frame.says.get("goes_on")) and takes.most("assets") else ()
    if frame.says.get("goes_on") and takes.most("quantity") and not frame.slots.get("quantity"):
        same = (*same, "quantity")  # “what is the most that is allowed?” after the level of a tank
    return {slot: before.values[slot] for slot in (*frame.missing, *same) if before.values.get(slot)}


def _inside(asked: Asked, before: Asked, relations: Relations) -> tuple[Value, ...]:
    """“And AHU-2?” after the VAVs that AHU-1 feeds is about the VAVs that AHU-2 feeds: a name stands in place of one of its class."""
    said, old = asked.values.get("assets", ()), _assets(before)
    if _is_a_kind(said) and old is not None and old.restricted and old.class_ and isinstance(said[0], Assets):
        beside = relations.beside(old, said[0])
        if beside is None:
            raise Unanswerable(Problem("not_placed", said[0].text))
        return (beside,)
    if len(said) != 1 or not isinstance(said[0], Assets) or old is None:
        return said
    so = {field: value for field in ("where", "status") if (value := getattr(old.query, field))}
    if so and old.ids and said[0].ids and not (said[0].restricted or said[0].tests):
        return (relations.narrow(said[0], **so),)  # “and chiller 1?” after “is chiller 2 on”
    swapped = relations.swapped(old, said[0]) or relations.at(old, said[0])
    return said if swapped is None else (swapped,)


def _is_a_kind(said: Sequence[Value]) -> bool:
    """Whether it is a class alone: “and fans?”."""
    (one, *more) = said or (None,)
    return not more and isinstance(one, Assets) and not (one.ids or one.restricted or one.tests) and bool(one.class_)


_AHEAD = frozenset(
    {"forecast", "expected_beyond", "failure", "create_order", "change_order", "work_due", "shelve_alarm"}
)
"""Intents whose “Monday” is the next."""


def _intent_of(frame: Frame, before: Asked | None) -> str:
    """A follow-up is of the intent that it goes on from."""
    return before.intent if frame.intent == FOLLOW_UP.name and before is not None else frame.intent


def _still_open(before: Asked) -> Problem:
    return Problem("missing", before.open_slot or "assets")


_TELLING = frozenset({"alarms", "risk", "failure", "summarize", "list", "exists", "rank", "quality"})
"""Intents whose answers name what the next question may be about."""
_FEW = 4
_FORECAST = frozenset({"forecast"})


_SINCE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "alarms": ("alarms", {"past": "true"}),
    "risk": ("alarms", {"past": "true"}),
    "risk_of": ("alarms", {"past": "true"}),
    "advice": ("alarms", {"past": "true"}),
    "worsening": ("alarms", {"past": "true"}),
    "summarize": ("alarms", {"past": "true"}),
    "asset_status": ("alarms", {"past": "true"}),
    "diagnose": ("alarms", {"past": "true"}),
    "exists": ("runs", {"since": "true"}),
    "list": ("runs", {"since": "true"}),
    "runs": ("runs", {"since": "true"}),
    "quality": ("quality", {}),
}
"""What “since when?” asks after each intent, in the words of which."""


_TELLS_HOW_MUCH = frozenset({"sides", "compare", "limits", "excess", "alarms"})
"""Intents whose answer tells “by how much?” as well."""


def _turned(before: Asked, frame: Frame, wanted: str | None) -> Asked | None:
    """The question before as this one goes on from it: of another intent where that is what is asked of its assets (“and its power?” after a
    list); none where it can go on in no way."""
    if wanted == "since" and before.intent in _SINCE:
        intent, says = _SINCE[before.intent]
        return _about_the_same(before, intent, says)
    if before.intent in _FORECAST and _is_now(frame):
        return replace(before, intent="value", says={})
    if wanted == "peak":
        return _peak_of(before)
    if wanted == "much":
        return before if before.intent in _TELLS_HOW_MUCH else None
    if wanted is not None:
        return None
    if "quantity" in frame.slots and not INTENTS[before.intent].slots.most("quantity"):
        return _about_the_same(before, "value", {})
    return before


def _is_now(frame: Frame) -> bool:
    """“And now?” alone: the present after what is to come."""
    said = frame.slots.get("time", ())
    return len(said) == 1 and said[0].get("time") == "now"


def _peak_of(before: Asked) -> Asked | None:
    """“When was that?” after the highest or the lowest value."""
    if before.intent in ("extremes", "best_time") or (before.intent == "value" and before.values.get("statistic")):
        kept = {slot: some for slot, some in before.values.items() if slot in ("quantity", "assets", "time")}
        return Asked("extremes", kept, {})
    return None


def _about_the_same(before: Asked, intent: str, says: Mapping[str, Any]) -> Asked | None:
    """Another question about the same assets, of no time; none where no assets were spoken of and it is another."""
    kept = {slot: some for slot, some in before.values.items() if slot == "assets"}
    return Asked(intent, kept, says) if kept.get("assets") or intent in (before.intent, "alarms") else None


def _meant(frames: Sequence[Frame], before: Asked | None) -> Frame | None:
    """The best reading. A bare phrase (“supply air temperature of AHU-2”) goes on from the question before where it has one part alone, and
    asks for itself where it is complete."""
    first = next(iter(frames), None)
    own = next((one for one in frames if one.intent != FOLLOW_UP.name), None)
    read = before is not None and bool(before.values.get("quantity"))
    if read and own is not None and own.intent == "risk" and own.says.get("goes_on"):
        # the worst of what was read, not of all that may fail
        return next((one for one in frames if one.intent == "rank"), own)
    follow_up = next((one for one in frames if one.intent == FOLLOW_UP.name), None)
    if before is not None and follow_up is not None and own is not None and follow_up.is_whole and _goes_on(own):
        return follow_up
    if before is None and own is not None:
        return own
    if first is own or own is None or own.missing or not own.is_whole:
        return first
    is_bare = first is not None and "at" not in first.says
    return own if is_bare and len(own.slots) > 1 else first


def _carried(meant: Frame | None, frames: Sequence[Frame], before: Asked | None) -> Frame | None:
    """“And the warmest” after “the coldest room”: the same question, of the same rooms and at the same time."""
    joined = any(one.intent == FOLLOW_UP.name and "at" in one.says for one in frames)
    if meant is None or before is None or not joined or meant.intent != before.intent:
        return meant
    takes = INTENTS[meant.intent].slots
    kept = [slot for slot in _CARRIED if before.values.get(slot) and slot not in meant.slots and takes.most(slot)]
    return replace(meant, missing=tuple(dict.fromkeys((*meant.missing, *kept))))


_CARRIED = ("assets", "time", "limit")


def _is_joined(frames: Sequence[Frame], meant: Frame) -> bool:
    """Whether a sentence only goes on from another: it begins with “and”, or is one bare phrase."""
    follow_up = next((one for one in frames if one.intent == FOLLOW_UP.name and one.is_whole), None)
    if follow_up is None:
        return False
    return "at" in follow_up.says or (not meant.cued and len(meant.slots) < 2)


def _goes_on(own: Frame) -> bool:
    """“In °F”: no words of any intent, and not enough to ask for one."""
    return not own.cued and bool(own.missing)


def _assets(before: Asked | None) -> Assets | None:
    found = before.values.get("assets", ()) if before is not None else ()
    return next((one for one in found if isinstance(one, Assets)), None)


def _is_called(lexicon: Lexicon, id_: str, said: Sequence[str]) -> bool:
    """Whether words end the name of an asset, or are what is left of it without the words of its class."""
    one = lexicon.things[id_]
    return tuple(said) in one.idents or any(name[-len(said) :] == tuple(said) for name in one.keys)


def _is_idle(slot: str, asked: Asked) -> bool:
    """Whether what a plan did not look at makes no difference: a unit, which the answer looks at, or “right now” of what is told of the present."""
    return slot == "wanted" or (slot == "time" and all(one.kind == "now" for one in asked.spans()))


class Understanding:
    """Of one plant. A language is prepared when it is first needed, or before; several threads may read at once."""

    def __init__(self, lexicon: Lexicon, codes: Sequence[str] | None = None) -> None:
        self.lexicon = lexicon
        self._codes = languages() if codes is None else codes
        self._readers: dict[str, Reader] = {}
        self._preparing = Lock()

    def understand(
        self, text: str, own: str, now: datetime, focus: Sequence[str] = (), before: Asked | None = None
    ) -> Understood | None:
        """What a sentence asks, where need be in the light of the question ``before``; none where no intent's words stand in it. ``focus`` is
        what the last answer was about. Raises ``InvalidInput`` for a sentence that is too long."""
        before = before if before is not None and self._still_stands(before) else None
        own = self.spoken(own)
        if before is not None and before.open_slot == _WHOLE:
            return self._asked_anew(text, own, now)
        if before is not None and (chosen := self._chosen(text, before, own)) is not None:
            return self._answered(own, Frame(FOLLOW_UP.name, {}, text=text), chosen, now)
        best: tuple[float, str, Frame] | None = None
        for code in self._languages_of(text, own):
            frames = self.reader(code).best(text)
            frame = _carried(_meant(frames, before), frames, before)
            cost = 0.0 if frame is None else frame.cost + (_OTHER_LANGUAGE if code != own else 0.0)
            if frame is not None and (best is None or cost < best[0]):
                best = (cost, code, frame)
            if best is not None and best[2].is_whole and best[2].intent != FOLLOW_UP.name:
                break  # the person's own language does
        return None if best is None else self._planned(best[1], best[2], now, focus, before)

    def _asked_anew(self, text: str, own: str, now: datetime) -> Understood | None:
        """After a question that was not understood: one that is whole in itself. “And AHU-2?” and “AHU-2” go on from what nobody knows."""
        read = self.understand(text, own, now)
        if (
            read is None
            or read.problem is not None
            or not _is_joined(self.reader(read.language).best(text), read.frame)
        ):
            return read
        return replace(read, calls=(), problem=Problem("not_placed", text))

    def _still_stands(self, before: Asked) -> bool:
        """Whether its intent and its assets are still there: the plant, or the product, may have changed since."""
        assets = [value for some in before.values.values() for value in some if isinstance(value, Assets)]
        return before.intent in INTENTS and all(id_ in self.lexicon.things for one in assets for id_ in one.ids)

    def _chosen(self, text: str, before: Asked, code: str) -> Asked | None:
        """“2” or “main building” where it was asked “Which one do you mean?”: the one of those offered that is called so, or the so many-th."""
        said = tuple(piece.norm for piece in pieces(text) if piece.kind != "sign")
        fits = [id_ for id_ in before.offered if said and _is_called(self.lexicon, id_, said)]
        fits = fits if len(fits) == 1 else self._told_apart(said, before.offered, code)
        if len(fits) != 1 and len(said) == 1 and said[0].isdecimal() and 0 < int(said[0]) <= len(before.offered):
            fits = [before.offered[int(said[0]) - 1]]
        if len(fits) != 1:
            return None
        words = self.reader(code).words
        old, nouns = _assets(before), Nouns(words.lexicon, words.linker, Spoken())
        around = old is not None and _is_of_others(before, before.offered)
        assets = nouns.relations.chosen(old, set(before.offered), fits[0]) if old and around else nouns.of_ids(fits)
        return replace(before, values={**before.values, "assets": (assets,)}, offered=(), open_slot=None)

    def _told_apart(self, said: Sequence[str], offered: Sequence[str], code: str) -> list[str]:
        """“The hot water one”: those with all of these words in a name."""
        empty = grammar(code).function_words
        words = {word for word in said if word not in (empty.definite | empty.never_alone | {empty.one})}
        names = {id_: [set(one) for one in self.lexicon.things[id_].keys] for id_ in offered}
        own = {word for word in words if any(word in one for some in names.values() for one in some)}
        if not own or any((word,) not in self.lexicon.class_phrases for word in words - own):
            return []
        return [id_ for id_ in offered if any(own <= one for one in names[id_])]

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
        with self._preparing:
            if code not in self._readers:
                slots = {FOLLOW_UP.name: FOLLOW_UP, **{name: one.slots for name, one in INTENTS.items()}}
                self._readers[code] = Reader(self._words(code), slots)
            return self._readers[code]

    def prepare(self, code: str) -> None:
        """All that the first sentence of a language would have to wait for: one of its own samples is read."""
        reader = self.reader(code)
        reader.best(next(some[0] for some in grammar(code).samples.values() if some))

    def _planned(
        self, code: str, frame: Frame, now: datetime, focus: Sequence[str], before: Asked | None
    ) -> Understood:
        words = self.reader(code).words
        if before is not None and (own := self._of_its_own(code, frame, before)) is not None:
            return self._planned(code, own, now, focus, None)
        before, focus = self._of_who_supplies(frame, before, focus, words)
        spoken = Spoken((before.offered if before is not None else ()) or focus, _assets(before))
        nouns = Nouns(words.lexicon, words.linker, spoken)
        before = self._about_what_was_told(frame, before, focus, nouns)
        ahead = _intent_of(frame, before) in _AHEAD
        told = self._named_in_text(frame, words) if "assets" in frame.missing else None
        if told is None and "assets" in frame.missing and _assets(before) is None:
            told = self._measured_there(frame)
        frame = frame if told is None else replace(frame, missing=tuple(s for s in frame.missing if s != "assets"))
        asked = going_on(_at_its_time(asked_of(frame, nouns, now, ahead=ahead), before, now), frame, before)
        if told is not None:
            asked = replace(asked, values={**asked.values, "assets": (nouns.of_ids([told]),)})
        if frame.intent == FOLLOW_UP.name and before is not None:
            try:
                inside = _inside(asked, before, nouns.relations)
            except Unanswerable as error:
                return Understood(code, frame, asked, problem=error.problem)
            asked = replace(asked, values={**asked.values, "assets": inside})
        if not words.grammar.lists["past_tense"].isdisjoint(piece.lower for piece in pieces(frame.text)):
            asked = replace(asked, says={**asked.says, "was": True})
        if asked.problems and not (asked.intent in INTENTS and INTENTS[asked.intent].regardless):
            return Understood(code, frame, asked, problem=asked.problems[0])
        return self._answered(code, frame, asked, now)

    def _of_who_supplies(
        self, frame: Frame, before: Asked | None, focus: Sequence[str], words: PlantWords
    ) -> tuple[Asked | None, Sequence[str]]:
        """“What else does it supply?” after “who supplies AHU-2?” is about the nearest that the answer named; else about nothing."""
        asked = _assets(before)
        if before is None or asked is None or before.intent != "upstream" or not frame.says.get("else"):
            return before, focus
        told = [id_ for id_ in focus if id_ in self.lexicon.things and id_ not in asked.ids]
        about = (Nouns(words.lexicon, words.linker, Spoken()).of_ids(told[:1]),) if told else ()
        return replace(before, values={**before.values, "assets": about}, offered=()), told

    def _about_what_was_told(
        self, frame: Frame, before: Asked | None, focus: Sequence[str], nouns: Nouns
    ) -> Asked | None:
        """“Why?” after “what is in alarm?”, which names nothing, is about the few things that the answer named."""
        told = [id_ for id_ in focus if id_ in self.lexicon.things]
        lacks = "assets" in frame.missing or frame.says.get("goes_on")
        if before is None or not lacks or before.intent not in _TELLING or not 0 < len(told) <= _FEW:
            return before
        if before.values.get("assets"):
            return before
        return replace(before, values={**before.values, "assets": (nouns.of_ids(told),)})

    def _named_in_text(self, frame: Frame, words: PlantWords) -> str | None:
        """“A work order to swap the filter in AHU-2” is for AHU-2: the one asset that the text of what is to be done names."""
        said = [str(phrase.value) for phrase in frame.slots.get("text", ()) if phrase.value]
        found = [piece for text in said for piece in words.linker.respell(pieces(text))]
        links = (words.linker.at(found, at) for at in range(len(found)))
        ids = dict.fromkeys(
            link.ids[0]
            for link in links
            if link is not None and len(link.ids) == 1 and link.reading in ("name", "ident")
        )
        own = [id_ for id_ in ids if self.lexicon.things[id_].kind not in ("Point", "Device")]
        return own[0] if len(own) == 1 else None

    def _measured_there(self, frame: Frame) -> str | None:
        """“Why is the chlorine so low” is about the one asset that measures it."""
        said = [cast(Quantity, one.value) for one in frame.slots.get("quantity", ()) if one.value is not None]
        if len(said) != 1:
            return None
        target = Resolver(self.lexicon).target(said[0], None)
        return target.ids[0] if target.known and target.single and len(target.ids) == 1 else None

    def _of_its_own(self, code: str, frame: Frame, before: Asked) -> Frame | None:
        """A bare quantity that the assets spoken of do not measure (“outside air temperature” after the power of a chiller) is asked for itself."""
        assets = _assets(before)
        if frame.intent != FOLLOW_UP.name or frame.cued or set(frame.slots) != {"quantity"} or assets is None:
            return None
        resolver = Resolver(self.lexicon)
        owned = self.lexicon.quantities_of(resolver.classes(assets))
        said = [cast(Quantity, phrase.value) for phrase in frame.slots["quantity"] if phrase.value is not None]
        if resolver.is_place(assets) or any(self._measures(owned, one) for one in said):
            return None
        others = (one for one in self.reader(code).best(frame.text) if one.intent != FOLLOW_UP.name)
        return next((one for one in others if one.is_whole and not one.missing), None)

    def _measures(self, owned: frozenset[str], quantity: Quantity) -> bool:
        wide = any(self.lexicon.includes(one, other) for one in quantity.exact for other in owned)
        return wide or bool(self.lexicon.quantities_named(quantity.tokens, owned))

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
        unused = [
            phrase for slot in question.unused if not _is_idle(slot, asked) for phrase in frame.slots.get(slot, ())
        ]
        if unused and not INTENTS[asked.intent].regardless:
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
