"""Filling the templates of a description, and reading by its paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import cast

from graph_schema.errors import InvalidInput
from tools.cmms.reading import written

_PLACE = re.compile(r"\{([a-z_]+)(?:\|([a-z_]+))?\}")


def _epoch_ms(value: object) -> int:
    assert isinstance(value, datetime)
    return round(value.timestamp() * 1000)


def _iso(value: object) -> str:
    assert isinstance(value, datetime)
    return written(value)


def _date(value: object) -> str:
    assert isinstance(value, datetime)
    return f"{value.astimezone(UTC):%Y-%m-%d}"


def _minutes(per: float) -> Callable[[object], float]:
    def convert(value: object) -> float:
        assert isinstance(value, int | float)
        return round(value * per, 4)

    return convert


def _number(value: object) -> int | float | str:
    """A number where the text is one: some vendors take no text for an id."""
    text = str(value)
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else text


FORMS: Mapping[str, Callable[[object], object]] = {
    "iso": _iso,
    "date": _date,
    "epoch_ms": _epoch_ms,
    "seconds": _minutes(60),
    "hours": _minutes(1 / 60),
    "number": _number,
    "text": str,
}


def filled(template: object, values: Mapping[str, object]) -> object:
    """The template with its places filled. A text that is one place alone becomes its value, whatever that is; a field, or a list's item, that
    becomes nothing is left out. Raises ``InvalidInput`` for a place that there is not."""
    match template:
        case str():
            return _text(template, values)
        case dict():
            fields = ((name, filled(one, values)) for name, one in cast(dict[str, object], template).items())
            return {name: one for name, one in fields if one is not None}
        case list():
            items = (filled(one, values) for one in cast(list[object], template))
            return [one for one in items if one is not None and one != {}]
        case _:
            return template


def filled_text(template: str, values: Mapping[str, object]) -> str:
    found = _text(template, values)
    return "" if found is None else str(found)


def _text(template: str, values: Mapping[str, object]) -> object:
    alone = _PLACE.fullmatch(template)
    if alone:
        return _value(alone, values)

    def said(place: re.Match[str]) -> str:
        value = _value(place, values)
        return "" if value is None else str(value)

    return _PLACE.sub(said, template)


def _value(place: re.Match[str], values: Mapping[str, object]) -> object:
    name, form = place[1], place[2]
    if name not in values:
        raise InvalidInput(
            f"The description of the maintenance system asks for {{{name}}}. There are: {', '.join(sorted(values))}."
        )
    value = values[name]
    if value is None or form is None:
        return written(value) if isinstance(value, datetime) else value
    if form not in FORMS:
        raise InvalidInput(
            f"The description of the maintenance system asks for the form {form}. There are: {', '.join(FORMS)}."
        )
    return FORMS[form](value)


def at_path(value: object, path: str) -> object:
    """What stands at ``asset.id`` or ``objects.0``; the value itself for an empty path, None where there is nothing."""
    for step in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = cast(dict[str, object], value).get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(cast(list[object], value)):
            value = cast(list[object], value)[int(step)]
        else:
            return None
    return value


def text_at(value: object, path: str) -> str | None:
    """As a text; nothing for an empty path."""
    found = at_path(value, path) if path else None
    return None if found is None or isinstance(found, dict | list) else str(found)
