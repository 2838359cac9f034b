"""What a person who does not know what to ask can ask of this plant: an asset that reports, and a quantity that is measured."""

from __future__ import annotations

from dataclasses import dataclass

from agent.vocabulary.lexicon import Lexicon, Named

_COMMON = ("power", "temperature", "pressure", "flow", "level")
"""Quantities that everybody knows, by a word of their name, the most telling first."""


@dataclass(frozen=True, slots=True)
class Offers:
    """None of what the plant does not have."""

    asset: str | None
    quantity: str | None


def offers_of(lexicon: Lexicon) -> Offers:
    """The same for the same plant."""
    reporting = [one for one in lexicon.things.values() if one.kind == "Asset" and _reports(one, lexicon)]
    asset = min(reporting, key=lambda one: (-len(lexicon.owned[one.class_]), one.name), default=None)
    return Offers(asset.name if asset is not None else None, _measured(lexicon, asset))


def _reports(one: Named, lexicon: Lexicon) -> bool:
    """Whether its class is measured, and its name means it alone."""
    alone = any(lexicon.names.get(name) == (one.id,) for name in one.keys)
    return alone and bool(lexicon.owned.get(one.class_))


def _measured(lexicon: Lexicon, asset: Named | None) -> str | None:
    """Of what the asset measures, else of all that the plant does, one that has a unit."""
    own = sorted(lexicon.owned[asset.class_]) if asset is not None else []
    known = lexicon.vocabulary.quantities
    numeric = [
        one for one in (*own, *sorted(lexicon.present_quantities)) if one in known and known[one].unit and _plain(one)
    ]
    return min(numeric, key=_rank, default=None)


def _plain(quantity: str) -> bool:
    """A set point or a command is no measurement."""
    return not quantity.endswith(("setpoint", "command", "status", "limit"))


def _rank(quantity: str) -> int:
    return next((place for place, word in enumerate(_COMMON) if word in quantity.split("_")), len(_COMMON))
