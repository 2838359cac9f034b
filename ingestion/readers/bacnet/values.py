"""What BACnet says of a value, as we keep it. Pure, on the library's values or on anything like them."""

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from graph_schema.units import unit_name
from ingestion.decoding.messages import MAX_TEXT, milliseconds

_FAULT, _OUT_OF_SERVICE = 1, 3
_ON, _OFF = "active", "inactive"
_OPEN = 255
_NO_FAULT = "no-fault-detected"

Scalar = float | bool | str | None


def scalar(value: Any) -> Scalar:
    """A number, a switch or a text; None for null, for what is no number and for anything with parts."""
    match value:
        case bool() | None:
            return value
        case float():
            return float(f"{value:.7g}") if math.isfinite(value) else None  # single precision: 13.2, not 13.199999809
        case int():
            word = str(value)
            return word == _ON if word in (_ON, _OFF) else int(value)
        case str():
            return str(value)[:MAX_TEXT] or None
        case _:
            return None


def judged(value: Any, flags: Sequence[int] | None, reliability: Any = None) -> tuple[Scalar, str | None]:
    """The value, or None and why it is not to be believed.

    A value in alarm, or overridden by hand, is the value. One that is faulty or out of service says nothing of the plant.
    """
    if flags is not None and len(flags) > _OUT_OF_SERVICE:
        if flags[_FAULT]:
            word = str(reliability) if reliability is not None else _NO_FAULT
            return None, "is faulty" if word == _NO_FAULT else f"is faulty: {word.replace('-', ' ')}"
        if flags[_OUT_OF_SERVICE]:
            return None, "is out of service"
    return scalar(value), None


def unit_of(units: Any) -> str | None:
    """The unit as it is written here; None for none."""
    return unit_name(str(units)) or None if units is not None else None


def log_value(record: Any) -> tuple[bool, Scalar]:
    """Whether a record of a trend log is about a value, and the value; a fault is one without a value."""
    datum = record.logDatum
    if datum.logStatus is not None or datum.timeChange is not None:
        return False, None
    kinds = (datum.realValue, datum.booleanValue, datum.unsignedValue, datum.signedValue, datum.enumValue)
    given = next((one for one in kinds if one is not None), None)
    if datum.booleanValue is not None:
        given = bool(datum.booleanValue)
    return True, judged(given, record.statusFlags)[0]


def local_time(stamp: Any) -> datetime | None:
    """Date and time of the device's clock, None where one of them is left open."""
    year, month, day, _ = stamp.date
    hour, minute, second, hundredths = stamp.time
    if _OPEN in (year, month, day, hour, minute, second):
        return None
    microsecond = 0 if hundredths == _OPEN else hundredths * 10_000
    try:
        return datetime(year + 1900, month, day, hour, minute, second, microsecond)  # noqa: DTZ001
    except ValueError:
        return None


def moments(times: Sequence[datetime], zone: tzinfo, since: int | None = None) -> list[int]:
    """Epoch milliseconds of times that follow each other and ``since``, also over the hour that clocks set back repeat."""
    found: list[int] = []
    for time in times:
        at = milliseconds(time.replace(tzinfo=zone, fold=0))
        if since is not None and at < since:
            at = milliseconds(time.replace(tzinfo=zone, fold=1))
        found.append(at)
        since = at
    return found
