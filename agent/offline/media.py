"""What is supplied through a plant (air, water, power …): the words for it, and where each of them comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.vocabulary.lexicon import Lexicon

_POWER = (
    "Transformer",
    "Utility_Meter",
    "Building_Electrical_Meter",
    "Electrical_Meter",
    "Switchgear",
    "Photovoltaic_Inverter",
)


@dataclass(frozen=True, slots=True)
class Medium:
    """``sources`` are the classes of what makes it or brings it in, the one furthest upstream first."""

    name: str
    sources: tuple[str, ...]


_MEDIA = (
    (Medium("chilled water", ("Chiller", "Chilled_Water_Pump")), "chilled water|cold water|cooling water"),
    (Medium("hot water", ("Boiler", "Hot_Water_Pump", "Water_Heater")), "hot water|heating water|heating hot water"),
    (Medium("condenser water", ("Cooling_Tower", "Condenser_Water_Pump")), "condenser water"),
    (Medium("air", ("AHU", "Air_Handler_Unit", "Fan")), "air|supply air|fresh air|conditioned air|ventilation"),
    (Medium("gas", ("Gas_Meter", "Building_Gas_Meter")), "gas|natural gas"),
    (Medium("power", _POWER), "power|electricity|electrical power|electric power|current"),
    (Medium("water", ("Water_Meter", "Building_Water_Meter", "Water_Storage_Tank")), "water|domestic water|city water"),
)
_BY_WORDS = {tuple(phrase.split()): medium for medium, phrases in _MEDIA for phrase in phrases.split("|")}
_MAINS = frozenset(
    tuple(phrase.split())
    for phrase in [
        "utility power",
        "utility supply",
        "utility electricity",
        "mains power",
        "mains supply",
        "mains electricity",
        "grid power",
        "grid supply",
        "the utility",
        "the mains",
        "the grid",
        "utility",
        "mains",
        "grid",
        "utility main",
        "main power",
    ]
)


def medium_at(words: Sequence[str], index: int) -> tuple[int, Medium] | None:
    """The medium named from a word on, the longest name first, and where its name ends."""
    for last in range(min(len(words), index + 3), index, -1):
        medium = _BY_WORDS.get(tuple(words[index:last]))
        if medium is not None:
            return last, medium
    return None


def mains_at(words: Sequence[str], index: int) -> int | None:
    """Where “utility power”, “the mains” end, if they begin here."""
    return next((last for last in (index + 2, index + 1) if tuple(words[index:last]) in _MAINS), None)


def source_class(medium: Medium, lexicon: Lexicon) -> str | None:
    """The class of this plant's sources of a medium; None where its model has none."""
    return next((class_ for class_ in medium.sources if lexicon.of_class(class_)), None)


def mains(lexicon: Lexicon) -> tuple[str, ...]:
    """Through what a plant gets its power from outside."""
    power = next(medium for medium, _ in _MEDIA if medium.name == "power")
    class_ = source_class(power, lexicon)
    return lexicon.of_class(class_) if class_ is not None else ()
