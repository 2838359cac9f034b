"""A tool call in words that an operator reads: what is looked for, in which things, over which time."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError

from graph_schema.question import AssetQuery, Condition, Window

Names = Mapping[str, str]

TITLES = {
    "find_assets": "Looking for equipment",
    "describe_asset": "Looking at {asset}",
    "query_telemetry": "Reading {quantity}",
    "trace_connections": "Tracing connections of {asset}",
    "rank_risks": "Weighing risks",
    "data_quality": "Judging the data",
    "forecast_failure": "Looking ahead",
    "forecast_telemetry": "Foretelling {quantity}",
    "explain_risk": "Explaining the risk of {asset}",
    "highlight": "Marking in the view",
}
LABELS = {
    "query": "Which", "asset": "Of", "assets": "Of", "quantity": "Quantity", "aggregate": "Value", "start": "From", "end": "Until",
    "at": "At", "threshold": "Limit", "group_by": "For each", "across": "Taken together", "order": "Order", "direction": "Looking for",
    "to": "To", "of_class": "Only", "related": "Counting",
}  # fmt: skip
WORDS = {
    "upstream": "what supplies it", "downstream": "what it supplies", "loses_service": "what loses service when it stops",
    "path": "how they are connected", "asc": "lowest first", "desc": "highest first", "mean": "average", "min": "lowest", "max": "highest",
    "stddev": "standard deviation", "fed_by": "suppliers", "feeds": "what it supplies", "duration_above": "time above the limit",
    "duration_below": "time below the limit", "at": "at a moment",
}  # fmt: skip
COMPARED = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "equal to", "!=": "other than"}
RELATIONS = {
    "within": "in", "fed_by": "supplied by", "feeds": "supplying", "part_of": "part of", "has_part": "with the part",
    "excluding": "but not",
}  # fmt: skip
NAMED = 3
ACTIVE = "\\`*_{}[]()<>#!|$~&"


def title(tool: str, arguments: Mapping[str, Any], names: Names) -> str:
    """A step in words: "Reading supply air temperature"."""
    shown = {key: _value(value, names) for key, value in arguments.items()}
    try:
        return TITLES.get(tool, _spaced(tool).capitalize()).format(**shown)
    except KeyError:
        return _spaced(tool).capitalize()


def details(arguments: Mapping[str, Any], names: Names) -> str:
    """The arguments as a Markdown list; what only steers the tool (how many to list) is left out."""
    lines = [
        f"- {LABELS.get(key, _spaced(key).capitalize())}: {_value(value, names)}"
        for key, value in arguments.items()
        if key != "limit" and value not in (None, [], "")
    ]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Names and questions come from elsewhere: what Markdown would act on is made harmless."""
    return "".join(f"\\{letter}" if letter in ACTIVE else letter for letter in text)


def unescaped(text: str) -> str:
    """What ``plain`` was given."""
    return re.sub(rf"\\([{re.escape(ACTIVE)}])", r"\1", text)


def without_html(markdown: str) -> str:
    """An answer may format itself, but what it quotes can neither be an element nor a link."""
    return markdown.replace("<", "&lt;").replace("](", "]\\(")


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} {at.tzname() or ''}".strip()


def _spaced(identifier: str) -> str:
    return identifier.replace("_", " ")


def _value(value: Any, names: Names) -> str:
    if isinstance(value, Mapping):
        return _mapping(cast(Mapping[str, Any], value), names)
    if isinstance(value, list):
        items = cast(list[Any], value)
        return ", ".join(_value(item, names) for item in items[:NAMED]) + ("…" if len(items) > NAMED else "")
    text = str(value)
    return plain(names.get(text) or WORDS.get(text) or _moment_in(text) or _spaced(text))


def _moment_in(text: str) -> str | None:
    try:
        return moment(datetime.fromisoformat(text)) if len(text) > 10 else None
    except ValueError:
        return None


def _mapping(value: Mapping[str, Any], names: Names) -> str:
    """An asset query as a phrase. What a model made up and no query has is shown as it is."""
    try:
        return query(AssetQuery.model_validate(value), names)
    except ValidationError:
        return ", ".join(f"{_spaced(key)} {_value(part, names)}" for key, part in value.items())


def query(asked: AssetQuery, names: Names) -> str:
    """ "VAV, supplied by AHU-2, zone air temperature above 26 °C"."""
    return ", ".join(_phrases(asked, names)) or "the whole plant"


def _phrases(asked: AssetQuery, names: Names) -> Iterator[str]:
    if asked.class_:
        yield plain(_spaced(asked.class_))
    if asked.ids is not None:
        yield _value(asked.ids, names)
    if asked.name:
        yield f"called “{plain(asked.name)}”"
    for field, words in RELATIONS.items():
        if (other := getattr(asked, field)) is not None:
            directly = "directly " if asked.direct and field in ("fed_by", "feeds") else ""
            yield f"{directly}{words} {query(other, names)}"
    for words, quantities in (("with", asked.has_point), ("without", asked.lacks_point)):
        yield from (f"{words} {plain(_spaced(quantity))}" for quantity in quantities)
    yield from (_condition(condition) for condition in asked.where)
    if asked.status:
        yield " or ".join(asked.status)
    if asked.any_of:
        yield "either " + " or ".join(query(one, names) for one in asked.any_of)


def _condition(condition: Condition) -> str:
    aggregate = (
        "" if condition.aggregate in ("latest", "at") else f"{WORDS.get(condition.aggregate, condition.aggregate)} "
    )
    value = f"{condition.value:g}" if isinstance(condition.value, float) else condition.value
    other = _spaced(condition.than) if condition.than else f"{value} {condition.unit or ''}".strip()
    offset = f" {condition.offset:+g}" if condition.than and condition.offset else ""
    words = f"{aggregate}{_spaced(condition.quantity)} {COMPARED[condition.comparison]} {other}{offset}"
    return plain(words + (f" {_span(condition.window)}" if condition.window else ""))


def _span(window: Window) -> str:
    return f"from {moment(window.start)} to {moment(window.end)}"
