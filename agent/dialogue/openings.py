"""Questions to begin with, in the person's language, about assets, places and classes that are handed in; each understood before it is offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.dialogue.suggestions import Offer, Suggestions

Form = Literal[
    "why_alarm", "why_warning", "since_alarm", "since_warning", "loses", "alarms", "risk", "value", "downstream", "upstream", "count",
]  # fmt: skip

_INTENTS: Mapping[Form, tuple[str, ...]] = {
    "why_alarm": ("diagnose",), "why_warning": ("diagnose",), "since_alarm": ("alarms",), "since_warning": ("alarms",),
    "loses": ("loses",), "alarms": ("alarms",), "risk": ("risk",), "value": ("value",), "downstream": ("downstream",),
    "upstream": ("upstream",), "count": ("count",),
}  # fmt: skip
"""What each must be understood as. Its sentence is “begin_…” of ``agent/answers/<code>/openings.yaml``."""


@dataclass(frozen=True, slots=True)
class Opening:
    """``about`` is the id of an asset or a place, ``quantity`` one that it measures, ``class_`` a class of the ontology."""

    form: Form
    about: str | None = None
    quantity: str | None = None
    class_: str | None = None


def opening_questions(wanted: Iterable[Opening], suggestions: Suggestions, most: int) -> Sequence[str]:
    """The first of each form that is understood, in their order."""
    found: dict[Form, str] = {}
    known = suggestions.understanding.lexicon.things
    for one in wanted:
        if one.form in found or (one.about is not None and one.about not in known):
            continue
        offer = _offer(one, suggestions)
        if suggestions.is_understood(offer) and offer.text not in found.values():
            found[one.form] = offer.text
        if len(found) == most:
            break
    return list(found.values())


def _offer(one: Opening, suggestions: Suggestions) -> Offer:
    speaker = suggestions.speaker
    parts = {
        "asset": suggestions.name(one.about) if one.about is not None else "",
        "quantity": speaker.quantity(one.quantity) if one.quantity is not None else "",
        "class_": speaker.plural(speaker.label(one.class_), 2) if one.class_ is not None else "",
    }
    text = speaker.begin(speaker.word(f"begin_{one.form}").format(**parts))
    return Offer(text, _INTENTS[one.form], one.about, one.quantity, one.class_)
