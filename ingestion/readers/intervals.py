"""How often something is read, as people write it."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, None: 1.0}


def seconds_of(written: object) -> object:
    """``10s``, ``500ms``, ``5min``, ``1h``, or a number of seconds; what is none of these as it is."""
    found = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    return float(found[1]) * _SECONDS[found[2]] if found else written


Interval = Annotated[float, BeforeValidator(seconds_of), Field(ge=0.1, le=86_400)]
"""Seconds, from a tenth to a day."""
