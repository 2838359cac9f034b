"""Messages of devices whose clocks were wrong, with their times put right. Plantroom's own format only."""

import json
from datetime import datetime, timedelta
from typing import Any, cast

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import parse

_UNITS_A_MS = ((1e11, 1e-3), (1e14, 1.0), (1e17, 1e3), (float("inf"), 1e6))
"""Below this, an epoch time counts so many units a millisecond."""


def shifted(payload: bytes, move_ms: int | None) -> bytes:
    """The same message with its times moved, or with None without them, so that its reception stands in.

    Raises ``InvalidInput`` for what is not JSON, and for a time that is none.
    """
    document = parse(payload)
    for sample in cast(list[Any], document if isinstance(document, list) else [document]):
        if isinstance(sample, dict) and (fields := cast(dict[str, Any], sample)).get("ts") is not None:
            if move_ms is None:
                del fields["ts"]
            else:
                fields["ts"] = _moved(fields["ts"], move_ms)
    return json.dumps(document).encode()


def _moved(ts: Any, move_ms: int) -> str | float:
    if isinstance(ts, int | float) and not isinstance(ts, bool):
        units = next(units for limit, units in _UNITS_A_MS if ts < limit)
        return ts + move_ms * units
    try:
        return (datetime.fromisoformat(str(ts).strip()) + timedelta(milliseconds=move_ms)).isoformat()
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"The timestamp {str(ts)[:40]!r} cannot be shifted: {error}") from error
