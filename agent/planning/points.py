"""From a quantity that is named as a sensor to the class of the points that measure it."""

from __future__ import annotations

from collections.abc import Mapping

from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.quantities import Quantity

_BESIDE = {"Setpoint": "setpoint", "Command": "command", "Status": "status", "Alarm": "alarm", "Limit": "limit"}


def point_class(lexicon: Lexicon, quantity: Quantity) -> str | None:
    """The class of the plant's points of a quantity, as wide as the words say; none where there is no such class."""
    classes = _classes(lexicon)
    same = [one for one in lexicon.quantities_named(quantity.tokens) if lexicon.quantity_tokens[one] == quantity.tokens]
    present = lexicon.quantities_named(quantity.tokens, lexicon.present_quantities)
    wide = [one for one in same if not present or any(lexicon.includes(one, other) for other in present)]
    named = [*wide, *quantity.exact, *present, *lexicon.quantities_named(quantity.tokens)]
    return next((classes[name] for name in named if name in classes), None)


def class_beside(lexicon: Lexicon, quantity: Quantity, class_: str | None) -> str | None:
    """Of “zone temperature sensors and setpoints” the class of the second: the setpoints of zone temperatures, where there are any."""
    more = _BESIDE.get(class_ or "")
    if more is None:
        return None
    classes = _classes(lexicon)
    present = lexicon.quantities_named(quantity.tokens | {more}, lexicon.present_quantities)
    return next((classes[name] for name in present if name in classes), None)


def _classes(lexicon: Lexicon) -> Mapping[str, str]:
    return {
        id_.lower().removesuffix("_sensor"): id_
        for id_, term in lexicon.vocabulary.classes.items()
        if term.kind == "point"
    }
