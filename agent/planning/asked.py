"""What is asked, in the plant's own terms: an intent with the assets, quantities and times that its slots mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from agent.language.frame import Frame
from agent.language.lattice import ClassWord
from agent.language.phrase import Phrase
from agent.language.times import Span, span_of
from agent.planning.assets import Assets, Test
from agent.planning.nouns import Nouns
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.relations import Relations
from agent.planning.resolver import Resolver, Target
from agent.vocabulary.grounding import Candidate
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Comparison, Condition, Window

Value = Assets | ClassWord | Quantity | Span | Test | Mapping[str, Any] | str | float
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. ``says`` are constants of the way it was asked; ``problems`` what stands in the way of an answer."""

    intent: str
    values: Mapping[str, tuple[Value, ...]]
    says: Mapping[str, Any] = field(default_factory=dict[str, Any])
    problems: tuple[Problem, ...] = ()
    offered: tuple[str, ...] = ()
    """The assets that a question asked back offers, in their order."""
    open_slot: str | None = None
    """What a question asked back waits for."""

    @property
    def unit(self) -> str | None:
        """The unit that the answer shall be in (“in °F”)."""
        said = next(iter(self.values.get("wanted", ())), None)
        return (
            str(cast(Mapping[str, Any], said["unit"])["unit"]) if isinstance(said, Mapping) else cast(str | None, said)
        )

    def spans(self, slot: str = "time") -> Sequence[Span]:
        """The times that were said."""
        return [one for one in self.values.get(slot, ()) if isinstance(one, Span)]

    def names(self, lexicon: Lexicon) -> Sequence[str]:
        """Of the assets that were named and are known to be meant."""
        said = (one for one in self.values.get("assets", ()) if isinstance(one, Assets))
        return [lexicon.things[id_].name for one in said if not one.choices for id_ in one.ids if id_ in lexicon.things]

    def over(self, before: Asked) -> Asked:
        """This question where it goes on from another: what it says itself stands in place of what was said before."""
        return replace(
            self, intent=before.intent, values={**before.values, **self.values}, says={**before.says, **self.says}
        )


def asked_of(frame: Frame, nouns: Nouns, now: datetime, *, ahead: bool = False) -> Asked:
    """What a frame means; ``ahead`` where it is about what is to come."""
    ahead = ahead or bool(frame.says.get("ahead"))
    times = {phrase: span_of(phrase, now, ahead=ahead) for _, phrase in frame.phrases() if phrase.kind == "time"}
    values = {slot: tuple(_values(slot, phrases, frame, nouns, times)) for slot, phrases in _sides_of(frame).items()}
    left = [Problem("left_out", one.text) for one in frame.left_out if not one.light]
    others = nouns.problems
    vague = bool(others) and others[0].kind == "no_referent"  # “pumps that wibble”: the word says more than “that”
    first = (*left, *others) if vague else (*others, *left)
    lasting = {"lasting": "true"} if any(phrase.get("lasting") for phrase in times) else {}
    return Asked(frame.intent, values, {**frame.says, **lasting}, (*first, *_unclear_times(frame, times)))


def _sides_of(frame: Frame) -> Mapping[str, Sequence[Phrase]]:
    """The phrases of each slot; what stands after the “than” of a comparison is in slots of the other side: “other_assets”."""
    divide = next((one.start for one in frame.slots.get("than", ())), None)
    if divide is None:
        return frame.slots
    found: dict[str, list[Phrase]] = {}
    for slot, phrase in frame.phrases():
        found.setdefault(f"other_{slot}" if phrase.start > divide else slot, []).append(phrase)
    return found


_Times = Mapping[Phrase, Span | None]
"""What each time of a question means; none where there is no such time."""


def _unclear_times(frame: Frame, times: _Times) -> Iterator[Problem]:
    """Times that there are not, that can be two, or that no tool can keep to (“on weekends”)."""
    for phrase, span in times.items():
        if span is None:
            yield Problem("unclear_time", frame.written(phrase))
        elif span.choices:
            yield Problem("ambiguous_time", frame.written(phrase))
        elif span.only:
            yield Problem("repeated_time", frame.written(phrase))


def _values(slot: str, phrases: Sequence[Phrase], frame: Frame, nouns: Nouns, times: _Times) -> list[Value]:
    if slot in ("assets", "affected", "other_assets"):
        return list(nouns.read(phrases, frame.written))
    if slot == "comparison":
        return [test for phrase in phrases for test in nouns.tests(_said_alone(phrase))]
    values = [times[phrase] if phrase in times else _value(phrase) for phrase in phrases]
    return [value for value in values if value is not None]


def _said_alone(comparison: Phrase) -> Phrase:
    """A comparison that stands outside a noun phrase, as nouns read it."""
    return replace(comparison, parts=(("comparison", comparison),))


def _value(phrase: Phrase) -> Value:
    inner = (
        phrase if phrase.value is not None else next((one for _, one in phrase.parts if one.value is not None), None)
    )
    if phrase.says or inner is None:
        amounts: dict[str, Any] = {slot: _value(one) for slot, one in phrase.parts}
        return {**amounts, **phrase.says}
    return cast(Value, inner.value)


def _is_of_position(test: Test) -> bool:
    """“Below 20 %” of a damper, with or without “open”."""
    if test.quantity is None:
        return test.unit == "%" and not test.setpoint
    return "position" in test.quantity.tokens


def _sides(tests: Sequence[Test], conditions: Sequence[Condition]) -> Sequence[Sequence[Condition]]:
    """The conditions, and where one holds on either side of a set point those of the other side."""
    if not any(test.either for test in tests):
        return [conditions]
    pairs = list(zip(tests, conditions, strict=True))
    return [conditions, [_mirrored(one) if test.either else one for test, one in pairs]]


def _mirrored(condition: Condition) -> Condition:
    """As far below a set point as it is above."""
    return condition.model_copy(update={"comparison": _OTHER_SIDE[condition.comparison], "offset": -condition.offset})


_OTHER_SIDE: Mapping[Comparison, Comparison] = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


class Question:
    """One question while it is planned: each slot that is looked at counts as used, and what is not is left out, which is said."""

    def __init__(self, asked: Asked, lexicon: Lexicon, now: datetime) -> None:
        self.asked = asked
        self.lexicon = lexicon
        self.now = now
        self.resolver = Resolver(lexicon)
        self._relations = Relations(lexicon)
        self._used: set[str] = set()

    @property
    def unused(self) -> Sequence[str]:
        """Slots that were filled and made no difference."""
        return [slot for slot, values in self.asked.values.items() if values and slot not in self._used]

    def says(self, name: str) -> Any:
        return self.asked.says.get(name)

    def all(self, slot: str, kind: type[_T]) -> Sequence[_T]:
        self._used.add(slot)
        return [value for value in self.asked.values.get(slot, ()) if isinstance(value, kind)]

    def first(self, slot: str, kind: type[_T]) -> _T | None:
        return next(iter(self.all(slot, kind)), None)

    def said(self, slot: str, name: str) -> Any:
        """A constant of what a slot says (the ``is`` of a state), or the value of a part of it."""
        self._used.add(slot)
        values = (value for value in self.asked.values.get(slot, ()) if isinstance(value, Mapping))
        return next((value[name] for value in values if name in value), None)

    def every(self, slot: str, name: str) -> Sequence[str]:
        """As ``said``, of each value of a slot."""
        self._used.add(slot)
        values = (value for value in self.asked.values.get(slot, ()) if isinstance(value, Mapping))
        return [str(value[name]) for value in values if name in value]

    # -- assets ------------------------------------------------------------------------------------------------------

    def assets(self) -> Assets | None:
        """All that is asked about, none for the whole plant. Raises ``Unanswerable`` where it is not clear which one is meant."""
        return next(iter(self.each_assets()), None)

    def each_assets(self, slot: str = "assets", *, per: bool = False) -> Sequence[Assets]:
        """What each phrase of assets means, where several can be said; none for the whole plant. Raises ``Unanswerable`` as ``assets``, and unless
        ``per`` where they are those of each of others."""
        found = [self._measuring(one) for one in self.all(slot, Assets)]
        for one in found:
            if one.choices:
                raise Unanswerable(Problem("ambiguous", one.text, one.choices))
            if one.per is not None and not per:
                raise Unanswerable(Problem("left_out", one.per[1].text))
        return [self._tested(one) for one in found if not one.whole_plant]

    def _measuring(self, assets: Assets) -> Assets:
        """“The power of the campus meter”: of several that may be meant those that measure what is asked for."""
        quantity = next((one for one in self.asked.values.get("quantity", ()) if isinstance(one, Quantity)), None)
        if quantity is None or not assets.choices:
            return assets
        left = tuple(one for one in assets.choices if self.resolver.measures(one.class_, quantity))
        if len(left) == 1:
            (one,) = left
            return replace(
                assets, query=AssetQuery(ids=[one.id]), ids=(one.id,), class_=one.class_, label=one.name, choices=()
            )
        return replace(assets, choices=left or assets.choices)

    def restricted_assets(self) -> Assets | None:
        """As ``assets``, with conditions that held at some time of the window that was said, or “for the last hour” all of it. A time without a condition is left unread."""
        found = next(iter(self.all("assets", Assets)), None)
        if found is None or not found.tests or found.choices or found.per is not None:
            return self.assets()
        window, throughout = self.window(), self.said("throughout", "throughout")
        if throughout == "never":
            raise Unanswerable(Problem("left_out", found.text))
        if throughout == "always" and window is None:
            raise Unanswerable(Problem("moment"))
        return self._tested(found, window, bool(self.says("lasting")) or throughout == "always")

    def _tested(self, assets: Assets, window: Window | None = None, throughout: bool = False) -> Assets:
        """With “vibration above 3 mm/s” as conditions of its query, ``throughout`` a window where it held for all of it. Raises ``Unanswerable`` where it is not clear what is measured."""
        assets = self._standing_in(assets)
        implied = self.implied(assets.tests, assets)
        tests = [test if implied is None else replace(test, quantity=implied) for test in assets.tests]
        found = [self.resolver.condition(test, assets, window, throughout) for test in tests]
        conditions = [one for one in found if one is not None]
        if len(conditions) < len(found):
            raise Unanswerable(Problem("left_out", assets.text))
        if not conditions:
            return assets
        sides = _sides(tests, conditions)
        narrowed = [self.resolver.narrowed(assets, one) for one in sides]
        if len(narrowed) > 1 and assets.query.any_of:
            raise Unanswerable(Problem("left_out", assets.text))
        query = narrowed[0] if len(narrowed) == 1 else AssetQuery(any_of=narrowed)
        return replace(assets, query=query, tests=())

    def _standing_in(self, assets: Assets) -> Assets:
        """“Dampers below 20 % open” where the plant has none of its own are the boxes that measure where theirs stand, which the answer says. Raises
        ``Unanswerable`` where there is nothing of the kind: that none of them is so would tell nothing."""
        if not assets.tests or not self._relations.is_absent(assets):
            return assets
        position = self._relations.position_elsewhere(assets)
        if position is None or not all(_is_of_position(one) for one in assets.tests):
            raise Unanswerable(Problem("unknown_name", assets.label or assets.text))
        if self.says("position") is None:
            raise Instead(self.asked.intent, position=position, absent=str(assets.class_))
        measured = Quantity(frozenset(position.split("_")), position, exact=(position,))
        query = assets.query.model_copy(update={"class_": None, "has_point": [position]})
        tests = tuple(replace(one, quantity=measured) for one in assets.tests)
        return replace(assets, query=query, class_=None, tests=tests)

    def implied(self, tests: Sequence[Test], assets: Assets | None) -> Quantity | None:
        """“Is any zone above 24” is about temperature, where no unit says otherwise."""
        if assets is None or any(one.unit or one.setpoint or one.quantity for one in tests):
            return None
        served = self.lexicon.is_a(assets.class_, "Terminal_Unit")
        if not served and not self.resolver.is_place(assets):
            return None
        return Quantity(frozenset({"temperature"}), "temperature")

    def named(self, most: int) -> Sequence[str]:
        """The ids of all assets that were named; of a class all of it. Raises ``Unanswerable`` where none were, or more than ``most``."""
        ids = list(dict.fromkeys(id_ for one in self.all("assets", Assets) for id_ in self._ids(one)))
        if not ids:
            raise Unanswerable(Problem("missing", "assets"))
        if len(ids) > most:
            texts = ", ".join(one.text for one in self.all("assets", Assets))
            raise Unanswerable(Problem("too_many", texts, self.choices(ids)))
        return ids

    def are_many(self, most: int) -> bool:
        """Whether the assets are described, or more than can be told of one by one."""
        found = self.all("assets", Assets)
        if any(one.restricted and not self._members(one) and not one.choices for one in found):
            return True
        return len({id_ for one in found if one.per is None for id_ in self._ids(one)}) > most

    def _ids(self, assets: Assets) -> Sequence[str]:
        if assets.choices:
            raise Unanswerable(Problem("ambiguous", assets.text, assets.choices))
        if assets.per is not None:
            raise Unanswerable(Problem("left_out", assets.per[1].text))
        if assets.restricted:
            if not (members := self._members(assets)):
                raise Unanswerable(Problem("not_named", assets.text))
            return members
        return assets.ids or self.lexicon.of_class(assets.class_ or "")

    def _members(self, assets: Assets) -> Sequence[str]:
        """Of “the boilers and the cooling towers”, which are classes and names alone; none where they are described in another way."""
        parts = [one.model_dump(by_alias=True, exclude_defaults=True) for one in assets.query.any_of or ()]
        if (
            not parts
            or not assets.joined
            or assets.tests
            or set(assets.query.model_dump(exclude_defaults=True)) != {"any_of"}
        ):
            return ()
        if any(set(one) not in ({"ids"}, {"class"}) for one in parts):
            return ()
        return [id_ for one in parts for id_ in one.get("ids") or self.lexicon.of_class(one["class"])]

    def choices(self, ids: Sequence[str]) -> tuple[Candidate, ...]:
        assets = (self.lexicon.things[id_] for id_ in ids)
        return tuple(Candidate(one.id, one.name, one.kind, one.class_, 50.0) for one in assets)

    # -- times -------------------------------------------------------------------------------------------------------

    def span(self) -> Span | None:
        return self.first("time", Span)

    def windows(self) -> Sequence[Window]:
        """All stretches of time that are asked about, the earlier first."""
        spans = [span for span in self.all("time", Span) if span.kind == "window"]
        return sorted((Window(start=one.start, end=one.end) for one in spans), key=lambda one: one.start)

    def window(self) -> Window | None:
        """The stretch of time that is asked about; none where it was not said, or is the present. A time to come raises ``Unanswerable``."""
        span = self.span()
        if span is None or span.kind == "now":
            return None
        if span.kind == "future":
            raise Unanswerable(Problem("too_early"))
        if span.start == span.end:
            raise Unanswerable(Problem("moment"))
        return Window(start=span.start, end=span.end)

    # -- quantities --------------------------------------------------------------------------------------------------

    def target(self, quantity: Quantity, assets: Assets | None) -> Target:
        """What is measured, and on what. Raises ``Unanswerable`` where the plant has no such point."""
        target = self.resolver.target(quantity, assets)
        if not target.known:
            raise Unanswerable(Problem("no_quantity", quantity.text))
        if assets is not None and assets.joined and target.ids:
            for id_ in (one for one in assets.ids if one not in target.ids):
                raise Unanswerable(Problem("not_on", self.lexicon.things[id_].name))
        return target
