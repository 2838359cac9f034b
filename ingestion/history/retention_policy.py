"""How long something is kept, as people write it: ``default=730d, Occupancy_Sensor=90d``."""

import re
from collections.abc import Mapping
from datetime import timedelta

from graph_schema.errors import InvalidInput

DEFAULT = "default"
FOREVER = "forever"
_FORM = "Write it like default=730d, Occupancy_Sensor=90d; d are days, w weeks, y years of 365 days, or forever."
_AGE = re.compile(r"(\d{1,5})([dwy])")
_LONGEST_DAYS = 36_500
_DAYS = {"d": 1, "w": 7, "y": 365}

Keeps = Mapping[str, timedelta | None]
"""By class, or ``default``; None is for ever."""


def parse_keeps(text: str) -> Keeps:
    """``default=730d, Occupancy_Sensor=90d``. Raises ``InvalidInput`` with what is wrong and how to write it."""
    found: dict[str, timedelta | None] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, age = (part.strip() for part in entry.partition("="))
        match = _AGE.fullmatch(age.lower())
        if not name or not (match or age.lower() == FOREVER):
            raise InvalidInput(f"“{entry}” does not say how long something is kept. {_FORM}")
        if name in found:
            raise InvalidInput(f"“{name}” is there twice. {_FORM}")
        days = int(match[1]) * _DAYS[match[2]] if match else None
        if days == 0:
            raise InvalidInput(f"“{entry}” would keep nothing at all. {_FORM}")
        if days and days > _LONGEST_DAYS:
            raise InvalidInput(f"“{entry}” is more than a hundred years. {_FORM}")
        found[name] = None if days is None else timedelta(days=days)
    return found
