"""Questions that work here and now: made of assets that the plant has and quantities that they measure, and each understood before it is
offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, cast

from agent.answers.speaker import Speaker
from agent.dialogue.turn import Turn
from agent.planning.asked import Asked
from agent.planning.assets import Assets
from agent.planning.intent import Call
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.quantities import Quantity
from tools.results.assets import EntityRef

MOST = 3
_TRIED = 24
"""Sentences that are tried at most: one that has not been read before takes some milliseconds."""
_ASSETS, _QUANTITIES = 4, 2
_USUAL_UNITS = ("°C", "kW", "kWh")
_SETTINGS = ("setpoint", "status", "command", "alarm", "mode", "limit")


@dataclass(frozen=True, slots=True)
class Offer:
    """A question with the intent that it must be understood as, and the asset, quantity and class that it must be about."""

    text: str
    intents: tuple[str, ...]
    asset: str | None = None
    quantity: str | None = None
    class_: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """In one language; ``speaker`` has the names and the labels."""

    understanding: Understanding
    speaker: Speaker
    now: datetime

    def after(self, turn: Turn, focus: Sequence[str] = ()) -> Sequence[str]:
        """Up to three, about what was spoken of where that is an asset, one of each kind."""
        near = [id_ for part in turn.parts for id_ in (*_named(part.asked), *_choices(part.problem))]
        asked = [one for part in turn.parts for one in part.asked.values.get("quantity", ())]
        return self.about([*near, *focus], [one for one in asked if isinstance(one, Quantity)])

    def about(self, near: Sequence[str] = (), asked: Sequence[Quantity] = ()) -> Sequence[str]:
        """``near`` are assets, and ``asked`` quantities, that come first where the plant measures them."""
        found: dict[tuple[str, ...], str] = {}
        for offer in islice(self._offers(near, asked), _TRIED):
            if offer.intents not in found and self.is_understood(offer):
                found[offer.intents] = offer.text
            if len(found) == MOST:
                break
        return list(found.values())

    def is_understood(self, offer: Offer) -> bool:
        """Whether it is read in its own language, and as it is meant."""
        language = self.speaker.style.language
        understood = self.understanding.understand(offer.text, language, self.now)
        if understood is None or understood.problem is not None or not understood.calls:
            return False
        about = offer.asset is None or offer.asset in _named(understood.asked)
        about = about and all(_is_of(call, offer) for call in understood.calls)
        return about and understood.language == language and understood.asked.intent in offer.intents

    # -- what is offered ---------------------------------------------------------------------------------------------

    def _offers(self, near: Sequence[str], asked: Sequence[Quantity]) -> Iterator[Offer]:
        assets = list(islice(self._assets(near), _ASSETS))
        for id_ in assets:
            owned = self._measured(id_)
            wanted = [one for said in asked for one in self._meant(said, owned)]
            for quantity in list(dict.fromkeys([*wanted, *owned]))[:_QUANTITIES]:
                text = self._say("offer_value", asset=self.name(id_), quantity=self.speaker.quantity(quantity))
                yield Offer(text, ("value",), id_)
        for id_ in assets:
            yield Offer(self._say("offer_status", asset=self.name(id_)), ("asset_status",), id_)
        yield Offer(self._say("offer_alarms"), ("alarms",))
        yield Offer(self._say("offer_summary"), ("summarize",))

    def _assets(self, near: Sequence[str]) -> Iterator[str]:
        """Those that were spoken of, then the equipment of the plant that measures most."""
        things = self.understanding.lexicon.things
        known = (id_ for id_ in near if id_ in things and things[id_].kind == "Asset")
        all_of_it = sorted(
            (id_ for id_, one in things.items() if one.kind == "Asset" and self._measured(id_)),
            key=lambda id_: (-len(self._measured(id_)), id_),
        )
        yield from dict.fromkeys([*known, *all_of_it])

    def _measured(self, id_: str) -> Sequence[str]:
        lexicon = self.understanding.lexicon
        return measured(lexicon.things[id_].class_, lexicon)

    def _meant(self, said: Quantity, owned: Sequence[str]) -> Sequence[str]:
        exact = [one for one in said.exact if one in owned]
        return exact or self.understanding.lexicon.quantities_named(said.tokens, owned)[:1]

    def name(self, id_: str) -> str:
        """With its id where several are called so."""
        one = self.understanding.lexicon.things[id_]
        return self.speaker.name(EntityRef.model_validate({"id": id_, "name": one.name, "kind": one.kind}))

    def _say(self, form: str, **parts: str) -> str:
        return self.speaker.word(form).format(**parts)


def measured(class_: str | None, lexicon: Lexicon) -> Sequence[str]:
    """Readings of a class, those that people ask for most first: temperatures, powers, then the others; the shorter name before the longer."""
    owned = lexicon.owned.get(class_, frozenset[str]())
    read = (one for one in owned if not any(word in one for word in _SETTINGS))
    return sorted(read, key=lambda one: (_rank(one, lexicon), len(one), one))


def _rank(quantity: str, lexicon: Lexicon) -> int:
    term = lexicon.vocabulary.quantities.get(quantity)
    unit = term.unit if term is not None else None
    return _USUAL_UNITS.index(unit) if unit in _USUAL_UNITS else len(_USUAL_UNITS)


def _is_of(call: Call, offer: Offer) -> bool:
    """Whether a call looks up the quantity and the class that are meant."""
    query = call.args.get("query")
    class_ = cast(Mapping[str, Any], query).get("class") if isinstance(query, Mapping) else None
    return (offer.quantity is None or call.args.get("quantity") == offer.quantity) and offer.class_ in (None, class_)


def _named(asked: Asked) -> Sequence[str]:
    return [id_ for some in asked.values.values() for one in some if isinstance(one, Assets) for id_ in one.ids]


def _choices(problem: object) -> Sequence[str]:
    return [one.id for one in getattr(problem, "choices", ())]
