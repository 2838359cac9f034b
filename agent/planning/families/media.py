"""What is supplied through a plant (air, water, power), and what makes it or brings it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from agent.planning.problems import Problem, Unanswerable
from agent.vocabulary.lexicon import Lexicon

_SOURCES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "chilled water": ("Chiller", "Chilled_Water_Pump"),
        "hot water": ("Boiler", "Hot_Water_Pump", "Water_Heater"),
        "condenser water": ("Cooling_Tower", "Condenser_Water_Pump"),
        "air": ("AHU", "Air_Handler_Unit", "Fan"),
        "compressed air": ("Compressor", "Air_Compressor"),
        "steam": ("Steam_Boiler", "Boiler"),
        "gas": ("Gas_Meter", "Building_Gas_Meter"),
        "water": ("Water_Meter", "Building_Water_Meter", "Water_Storage_Tank"),
        "power": ("Electrical_Equipment",),
    }
)
"""The classes of the sources of each medium, the one furthest upstream first."""
_ENTRIES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "power": (
            "Transformer", "Utility_Meter", "Building_Electrical_Meter", "Electrical_Meter", "Switchgear", "Photovoltaic_Inverter",
        )
    }
)  # fmt: skip
"""Through what a medium comes in from outside."""


_BURNT = frozenset({"gas"})
"""Media that go no further than what they are brought to: past a boiler it is hot water."""


def ends_there(medium: str) -> bool:
    return medium in _BURNT


def source_of(medium: str, lexicon: Lexicon) -> str:
    """The class of this plant's sources. Raises ``Unanswerable`` where its model has none."""
    found = next((one for one in _SOURCES[medium] if lexicon.of_class(one)), None)
    if found is None:
        raise Unanswerable(Problem("no_source", medium))
    return found


def mains(medium: str, lexicon: Lexicon) -> Sequence[str]:
    """The ids of what a medium comes in through. Raises ``Unanswerable`` where the plant's model has nothing of the kind."""
    found = next((ids for one in _ENTRIES[medium] if (ids := lexicon.of_class(one))), None)
    if found is None:
        raise Unanswerable(Problem("no_source", medium))
    return found
