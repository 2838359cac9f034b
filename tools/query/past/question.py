"""A question about the present, asked of a moment that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery, Condition, Window

_LOOKED_BACK = timedelta(days=1)
_INNER = ("within", "fed_by", "feeds", "part_of", "has_part", "excluding")


def in_the_past(query: AssetQuery, moment: datetime) -> AssetQuery:
    """Newest values become those at the moment. Raises ``InvalidInput`` for a status, of which nothing is kept."""
    if query.status:
        raise InvalidInput(
            "What was in alarm or stale at an earlier moment is not kept by asset: ask alarm_history for the alarms of a window."
        )
    inner = {name: in_the_past(one, moment) for name in _INNER if (one := getattr(query, name)) is not None}
    changed = {
        **inner,
        "any_of": [in_the_past(one, moment) for one in query.any_of],
        "where": [_condition(one, moment) for one in query.where],
    }
    return query.model_copy(update=changed)


def _condition(condition: Condition, moment: datetime) -> Condition:
    if condition.aggregate != "latest" or condition.window is not None:
        return condition
    window = Window(start=moment - _LOOKED_BACK, end=moment)
    return condition.model_copy(update={"aggregate": "at", "window": window})
