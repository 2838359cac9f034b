"""The words of a briefing, in one of the languages: sections with a heading and sentences, each with the source of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from pydantic import BaseModel, ConfigDict

from tools.briefing.briefing import TOP, Audience, Briefing, Line, Missing, Section, SectionName
from tools.sentences.outside import without_outside

_LONGEST = 160
_QUOTED = 240


class Words(BaseModel):
    """A language file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    plant: str
    audiences: Mapping[Audience, str]
    sections: Mapping[SectionName, str]
    nothing: Mapping[SectionName, str]
    lines: Mapping[str, str]
    also: Mapping[str, str]
    missing: Mapping[str, str]
    terms: Mapping[str, str]
    modes: Mapping[str, str]
    more: str
    day: str
    short_day: str
    at: str
    archive: str
    source: str
    none_kept: str
    today: str


@cache
def words(code: str) -> Words:
    return Words(**yaml.safe_load(files("tools.briefing").joinpath("words", f"{code}.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A section, for people. One in which there is nothing says so in its only sentence."""

    name: SectionName
    heading: str
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class BriefingWords:
    """``language`` is a code."""

    language: str

    def title(self, briefing: Briefing) -> str:
        known = words(self.language)
        day = format_date(briefing.day, known.day, locale=self.language)
        return known.title.format(
            site=briefing.site or known.plant, audience=known.audiences[briefing.audience], day=day
        )

    def told(self, briefing: Briefing) -> Sequence[Told]:
        zone = ZoneInfo(briefing.timezone)
        return [self._section(one, zone) for one in briefing.sections]

    def text(self, briefing: Briefing) -> str:
        """As plain lines, a section a paragraph."""
        paragraphs = [
            "\n".join([one.heading, *(f"- {sentence.text}" for sentence in one.sentences)])
            for one in self.told(briefing)
        ]
        return "\n\n".join([self.title(briefing), *paragraphs])

    def _section(self, section: Section, zone: ZoneInfo) -> Told:
        known = words(self.language)
        said = [Sentence(self._line(section.name, one, zone), one.source) for one in section.lines]
        if section.more and said:
            said.append(Sentence(known.more.format(count=section.more), section.lines[0].source))
        said += [Sentence(self._missing(one), one.source) for one in section.missing]
        return Told(section.name, known.sections[section.name], said or [Sentence(known.nothing[section.name], None)])

    def _line(self, section: SectionName, line: Line, zone: ZoneInfo) -> str:
        known = words(self.language)
        key = f"{section}_{line.what}"
        single = f"{key}_one"
        template = known.lines[single if line.counts.get("count") == 1 and single in known.lines else key]
        values = self._values(line, zone)
        also = [known.also[one].format(**values) for one in line.also]
        return _ended(", ".join([template.format(**values), *also]))

    def _values(self, line: Line, zone: ZoneInfo) -> Mapping[str, str]:
        known = words(self.language)
        terms = {key: known.modes.get(one) or known.terms[one] for key, one in line.terms.items()}
        return {
            **{key: self._number(value, signed=key == "difference") for key, value in line.counts.items()},
            **terms,
            **{key: self._moment(value, zone) for key, value in line.moments.items()},
            "names": self._names(line),
            "text": _plain(line.text or "", _QUOTED),
        }

    def _names(self, line: Line) -> str:
        known = words(self.language)
        named = ", ".join(_plain(one, _LONGEST) for one in line.names[:TOP])
        left = line.total - len(line.names[:TOP])
        return f"{named} {known.more.format(count=left)}" if named and left > 0 else named

    def _number(self, value: float, *, signed: bool) -> str:
        """Whole from a hundred on, with one decimal below."""
        shown = format_decimal(value, "#,##0" if abs(value) >= 100 else "#,##0.#", locale=self.language)
        return f"+{shown}" if signed and value > 0 else shown

    def _moment(self, moment: datetime, zone: ZoneInfo) -> str:
        local = moment.astimezone(zone)
        known = words(self.language)
        day = format_date(local, known.short_day, locale=self.language)
        return known.at.format(day=day, time=format_time(local, "HH:mm", locale=self.language))

    def _missing(self, one: Missing) -> str:
        return words(self.language).missing[one.why].format(said=_plain(one.said or "", _QUOTED))


def _plain(value: str, most: int) -> str:
    """What people and devices wrote is cut, and leads nowhere."""
    text = " ".join(without_outside(value).split())
    return text if len(text) <= most else f"{text[:most]}…"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "”", "“", "»", "…")) else f"{text}."
