"""The words of a message: one for everything that is due to a person, as plain text and as HTML, in that person's language and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, get_args

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from pydantic import BaseModel, ConfigDict

from graph_schema.condition import Level
from graph_schema.ontology.responses import PRIORITIES, response_of
from ingestion.alarms.incidents import name_of
from interfaces.notifications.letter import letter, paragraph, sheet
from interfaces.notifications.record import Claimed
from tools.sentences.outside import without_outside

_LONGEST = 400
_PRIORITY_ORDER = PRIORITIES[::-1]
_LEVELS = get_args(Level)
_COLOURS = {"urgent": "#d0453b", "high": "#d0453b", "medium": "#a06a00", "low": "#5f7da3"}


class IncidentWords(BaseModel):
    """Of one that has several alarms: as a title, ``of`` how many, ``because`` of which asset, which others, how many more, how often
    one point came and went."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    of: str
    because: str
    also: str
    more: str
    repeats: str


class Words(BaseModel):
    """A language file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    priorities: Mapping[str, str]
    stages: Mapping[str, str]
    titles: Mapping[str, str]
    sentences: Mapping[str, str]
    response: Sequence[str]
    at: str
    in_place: str
    something: str
    many: str
    repeated: str
    look: str
    approve: str
    acknowledge: str
    worse: str
    all_over: str
    incident: IncidentWords


@cache
def words(code: str) -> Words:
    return Words(**yaml.safe_load(files("interfaces.notifications").joinpath("words", f"{code}.yaml").read_text()))


@dataclass(frozen=True, slots=True)
class Message:
    title: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one notice."""

    title: str
    priority: str
    colour: str
    sentence: str
    more: Sequence[str] = ()
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """For one person. ``address`` is where people open the plant, if anybody does from elsewhere."""

    language: str
    zone: tzinfo
    address: str | None = None

    @property
    def words(self) -> Words:
        return words(self.language)

    def message(self, claimed: Sequence[Claimed]) -> Message:
        """The most pressing first."""
        lines = [self.line(one) for one in self.in_order(claimed)]
        title = lines[0].title if len(lines) == 1 else self.words.many.format(count=len(lines))
        title = f"[{lines[0].priority}] {title}"
        look = self.words.look.format(link=f"{self.address.rstrip('/')}/") if self.address else ""
        text = "\n\n".join([*(self._text(line) for line in lines), *([look] if look else [])])
        return Message(title, text, self._html(title, lines, look))

    def in_order(self, claimed: Sequence[Claimed]) -> Sequence[Claimed]:
        """The most pressing first."""
        return sorted(claimed, key=_pressing)

    def line(self, one: Claimed) -> Line:
        told = self._told(one.trouble)
        many = int(one.trouble.get("points", 1)) > 1
        what = "over" if one.stage == "over" else str(one.trouble["what"])
        sided = f"{what}_{told['side']}"
        sentence = self.words.sentences[sided if sided in self.words.sentences and told["value"] else what].format(
            **told
        )
        if one.stage == "over" and many:
            sentence = self.words.all_over.format(**told)
        said = self.words.stages[one.stage].format(sentence=sentence)
        if one.trouble.get("worse") and one.stage == "raised":
            said = f"{self.words.worse} {said}"
        title = self.words.incident.title if many and one.stage != "over" else self.words.titles[what]
        priority = str(one.trouble["priority"])
        return Line(
            title=title.format(**told).strip(),
            priority=self.words.priorities[priority],
            colour=_COLOURS[priority],
            sentence=f"{said} {self.words.repeated}" if one.repeated else said,
            more=[*self._incident(one.trouble, told), *self._response(one.trouble)] if what in _LEVELS else (),
            command=self._command(one),
        )

    def _told(self, trouble: Mapping[str, Any]) -> Mapping[str, str]:
        """What people and devices wrote is cut, and leads nowhere."""
        texts = {key: _plain(trouble.get(key)) for key in ("name", "asset", "place", "text", "id", "side", "cause")}
        asset, place = texts["asset"], texts["place"]
        subject = (
            self.words.in_place.format(asset=asset, place=place) if asset and place else asset or self.words.something
        )
        unit = _plain(trouble.get("unit"))
        value, limit = (self._value(trouble.get(key), unit) for key in ("value", "limit"))
        counts = {key: self._value(trouble.get(key, 1), "") for key in ("alarms", "points")}
        counts["where"] = texts["cause"] or self.words.something
        return {
            **texts,
            **counts,
            "subject": subject,
            "value": value,
            "limit": limit,
            "at": self._at(str(trouble["at"])),
        }

    def _incident(self, trouble: Mapping[str, Any], told: Mapping[str, str]) -> Sequence[str]:
        """What else belongs to it, named or counted."""
        words, alarms, points = self.words.incident, int(trouble.get("alarms", 1)), int(trouble.get("points", 1))
        if points == 1:
            return [words.repeats.format(**told)] if alarms > 1 else ()
        also = [_plain(one) for one in trouble.get("also", ())]
        left = points - 1 - len(also)
        names = words.more.format(names=", ".join(also), count=left) if left > 0 else ", ".join(also)
        because = words.because.format(**told) if trouble.get("cause") else ""
        return [f"{words.of.format(**told)} {because}".strip(), *([words.also.format(names=names)] if also else ())]

    def _command(self, one: Claimed) -> str | None:
        """What takes it on."""
        noun, _, number = one.subject.partition(":")
        if one.stage == "over":
            return None
        if noun == "proposal":
            return self.words.approve.format(command=f"plantroom approvals approve {number}")
        return (
            self.words.acknowledge.format(command=f"plantroom alarms acknowledge {name_of(int(number))}")
            if noun == "incident"
            else None
        )

    def _response(self, trouble: Mapping[str, Any]) -> Sequence[str]:
        """What to do about it, from the library of responses."""
        found = response_of(trouble.get("quantity"), trouble.get("side"), self.language)
        return [one.format(**asdict(found)) for one in self.words.response]

    def _value(self, value: object, unit: str) -> str:
        if not isinstance(value, int | float):
            return ""
        rounded = format_decimal(value, "#,##0.##", locale=self.language)
        return f"{rounded} {unit}".strip()

    def _at(self, moment: str) -> str:
        local = datetime.fromisoformat(moment).astimezone(self.zone)
        day = format_date(local, "EEE d MMM", locale=self.language)
        return self.words.at.format(day=day, time=format_time(local, "HH:mm", locale=self.language))

    def _text(self, line: Line) -> str:
        command = [line.command] if line.command else []
        return "\n".join([f"[{line.priority}] {line.sentence}", *line.more, *command])

    def _html(self, title: str, lines: Sequence[Line], look: str) -> str:
        sections = [self._section(line) for line in lines]
        return letter(title, [*sections, *([sheet(paragraph(look), "#ffffff")] if look else [])])

    def _section(self, line: Line) -> str:
        head = f'<mj-text font-weight="bold" padding-bottom="0" color="{line.colour}">{escape(line.priority)}</mj-text>'
        command = paragraph(line.command, "monospace") if line.command else ""
        return sheet(
            f"{head}{paragraph(line.sentence)}{''.join(paragraph(one) for one in line.more)}{command}", line.colour
        )


def _pressing(one: Claimed) -> tuple[int, datetime]:
    priority = str(one.trouble.get("priority", "low"))
    return (_PRIORITY_ORDER.index(priority) + (len(_PRIORITY_ORDER) if one.stage == "over" else 0), one.due_at)


def _plain(value: object) -> str:
    text = " ".join(without_outside(str(value or "")).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
