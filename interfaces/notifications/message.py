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
from mjml import mjml2html
from pydantic import BaseModel, ConfigDict

from graph_schema.condition import Level
from graph_schema.ontology.responses import PRIORITIES, response_of
from interfaces.notifications.record import Claimed
from tools.sentences.outside import without_outside

_LONGEST = 400
_PRIORITY_ORDER = PRIORITIES[::-1]
_LEVELS = get_args(Level)
_STYLE = (
    '<mj-raw><meta name="color-scheme" content="light dark"></mj-raw><mj-style>@media (prefers-color-scheme: dark) '
    "{body, body > div, .sheet, .sheet table {background:#15181c !important} .said div {color:#e6e8eb !important}}</mj-style>"
)
_COLOURS = {"urgent": "#d0453b", "high": "#d0453b", "medium": "#a06a00", "low": "#5f7da3"}


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
        lines = [self.line(one) for one in sorted(claimed, key=_pressing)]
        title = lines[0].title if len(lines) == 1 else self.words.many.format(count=len(lines))
        title = f"[{lines[0].priority}] {title}"
        look = self.words.look.format(link=f"{self.address.rstrip('/')}/") if self.address else ""
        text = "\n\n".join([*(self._text(line) for line in lines), *([look] if look else [])])
        return Message(title, text, self._html(title, lines, look))

    def line(self, one: Claimed) -> Line:
        told = self._told(one.trouble)
        what = "over" if one.stage == "over" else str(one.trouble["what"])
        sided = f"{what}_{told['side']}"
        sentence = self.words.sentences[sided if sided in self.words.sentences and told["value"] else what].format(
            **told
        )
        said = self.words.stages[one.stage].format(sentence=sentence)
        priority = str(one.trouble["priority"])
        return Line(
            title=self.words.titles[what].format(**told).strip(),
            priority=self.words.priorities[priority],
            colour=_COLOURS[priority],
            sentence=f"{said} {self.words.repeated}" if one.repeated else said,
            more=self._response(one.trouble) if what in _LEVELS else (),
            command=_command(one),
        )

    def _told(self, trouble: Mapping[str, Any]) -> Mapping[str, str]:
        """What people and devices wrote is cut, and leads nowhere."""
        texts = {key: _plain(trouble.get(key)) for key in ("name", "asset", "place", "text", "id", "side")}
        asset, place = texts["asset"], texts["place"]
        subject = (
            self.words.in_place.format(asset=asset, place=place) if asset and place else asset or self.words.something
        )
        unit = _plain(trouble.get("unit"))
        value, limit = (self._value(trouble.get(key), unit) for key in ("value", "limit"))
        return {**texts, "subject": subject, "value": value, "limit": limit, "at": self._at(str(trouble["at"]))}

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
        command = [self.words.approve.format(command=line.command)] if line.command else []
        return "\n".join([f"[{line.priority}] {line.sentence}", *line.more, *command])

    def _html(self, title: str, lines: Sequence[Line], look: str) -> str:
        """Everything is escaped before: the compiler passes on what it is given."""
        sections = "".join(self._section(line) for line in lines)
        last = _sheet(_said(look), "#ffffff") if look else ""
        return mjml2html(
            f"<mjml><mj-head><mj-title>{escape(title)}</mj-title>{_STYLE}</mj-head><mj-body>{sections}{last}</mj-body></mjml>"
        )

    def _section(self, line: Line) -> str:
        head = f'<mj-text font-weight="bold" padding-bottom="0" color="{line.colour}">{escape(line.priority)}</mj-text>'
        command = _said(self.words.approve.format(command=line.command), "monospace") if line.command else ""
        return _sheet(f"{head}{_said(line.sentence)}{''.join(_said(one) for one in line.more)}{command}", line.colour)


def _sheet(content: str, colour: str) -> str:
    column = f'<mj-column border-left="4px solid {colour}">{content}</mj-column>'
    return f'<mj-section css-class="sheet" background-color="#ffffff" padding="8px">{column}</mj-section>'


def _said(text: str, font: str = "sans-serif") -> str:
    style = f'font-size="15px" line-height="22px" padding-top="4px" padding-bottom="4px" font-family="{font}"'
    return f'<mj-text css-class="said" {style}>{escape(text)}</mj-text>'


def _pressing(one: Claimed) -> tuple[int, datetime]:
    priority = str(one.trouble.get("priority", "low"))
    return (_PRIORITY_ORDER.index(priority) + (len(_PRIORITY_ORDER) if one.stage == "over" else 0), one.due_at)


def _command(one: Claimed) -> str | None:
    if one.stage == "over" or not one.subject.startswith("proposal:"):
        return None
    return f"plantroom approvals approve {one.subject.removeprefix('proposal:')}"


def _plain(value: object) -> str:
    text = " ".join(without_outside(str(value or "")).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
