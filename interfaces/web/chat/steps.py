"""A tool call in words that an operator reads: what is looked for, in which things, over which time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, cast

from pydantic import ValidationError

from graph_schema.question import AssetQuery, Condition, Window
from tools.sentences.language import Language

Names = Mapping[str, str]

NAMED = 3
ACTIVE = "\\`*_{}[]()<>#!|$~&"


@dataclass(frozen=True, slots=True)
class Wording:
    """What assets and points are called, by id; the language; and the time zone of all moments."""

    names: Names
    spoken: Language
    zone: tzinfo = UTC


def details(arguments: Mapping[str, Any], names: Names, spoken: Language, zone: tzinfo = UTC) -> str:
    """The arguments as a Markdown list; what only steers the tool (how many to list) is left out."""
    wording = Wording(names, spoken, zone)
    lines = [
        f"- {spoken.arguments.get(key, plain(_spaced(key).capitalize()))}: {_value(value, wording)}"
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


def moment(at: datetime, zone: tzinfo = UTC) -> str:
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M %Z}"


def _spaced(identifier: str) -> str:
    return identifier.replace("_", " ")


def _called(identifier: str, wording: Wording) -> str:
    """A class or a quantity as the language calls it."""
    return wording.spoken.called.get(identifier) or _spaced(identifier)


def _value(value: Any, wording: Wording) -> str:
    if isinstance(value, Mapping):
        return _mapping(cast(Mapping[str, Any], value), wording)
    if isinstance(value, list):
        items = cast(list[Any], value)
        shown = ", ".join(_value(item, wording) for item in items[:NAMED])
        return shown + ("…" if len(items) > NAMED else "")
    text = str(value)
    return plain(
        wording.names.get(text)
        or wording.spoken.values.get(text)
        or _moment_in(text, wording.zone)
        or _called(text, wording)
    )


def _moment_in(text: str, zone: tzinfo) -> str | None:
    try:
        return moment(datetime.fromisoformat(text), zone) if len(text) > 10 else None
    except ValueError:
        return None


def _mapping(value: Mapping[str, Any], wording: Wording) -> str:
    """An asset query as a phrase. What a model made up and no query has is shown as it is."""
    try:
        return query(AssetQuery.model_validate(value), wording)
    except ValidationError:
        return ", ".join(f"{plain(_spaced(key))} {_value(part, wording)}" for key, part in value.items())


def query(asked: AssetQuery, wording: Wording) -> str:
    """ "VAV, supplied by AHU-2, zone air temperature above 26 °C"."""
    return ", ".join(_phrases(asked, wording)) or wording.spoken.phrases["everything"]


def _phrases(asked: AssetQuery, wording: Wording) -> Iterator[str]:
    phrases = wording.spoken.phrases
    if asked.class_:
        yield plain(_called(asked.class_, wording))
    if asked.ids is not None:
        yield _value(asked.ids, wording)
    if asked.name:
        yield phrases["called"].format(name=plain(asked.name))
    for field, words in wording.spoken.relations.items():
        if (other := getattr(asked, field)) is not None:
            direct = asked.direct and field in ("fed_by", "feeds")
            relation = phrases["direct"].format(relation=words) if direct else words
            yield f"{relation} {query(other, wording)}"
    stated = (("has_point", [*asked.has_point, *asked.has]), ("lacks_point", [*asked.lacks_point, *asked.lacks]))
    for phrase, quantities in stated:
        yield from (phrases[phrase].format(quantity=plain(_called(quantity, wording))) for quantity in quantities)
    yield from (_condition(condition, wording) for condition in asked.where)
    if asked.status:
        yield wording.spoken.joined(asked.status, "or")
    if asked.any_of:
        choices = wording.spoken.joined([query(one, wording) for one in asked.any_of], "or")
        yield phrases["either"].format(choices=choices)


def _condition(condition: Condition, wording: Wording) -> str:
    aggregate = condition.aggregate
    lead = "" if aggregate in ("latest", "at") else f"{wording.spoken.values.get(aggregate, aggregate)} "
    value = f"{condition.value:g}" if isinstance(condition.value, float) else condition.value
    other = _called(condition.than, wording) if condition.than else f"{value} {condition.unit or ''}".strip()
    offset = f" {condition.offset:+g}" if condition.than and condition.offset else ""
    words = f"{lead}{_called(condition.quantity, wording)} {wording.spoken.comparisons[condition.comparison]} {other}{offset}"
    return plain(words + (f" {_span(condition.window, wording)}" if condition.window else ""))


def _span(window: Window, wording: Wording) -> str:
    return wording.spoken.phrases["span"].format(
        start=moment(window.start, wording.zone), end=moment(window.end, wording.zone)
    )
