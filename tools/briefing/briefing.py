"""The record of a briefing: sections of lines, each with its figures and where they come from. It has no language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, get_args

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.result import Evidence

Audience = Literal["technician", "manager", "engineer"]
AUDIENCES: Sequence[Audience] = get_args(Audience)
SectionName = Literal["waiting", "overnight", "risks", "work", "energy", "comfort", "health", "changed"]
Problem = Literal[
    "past", "no_expectation", "no_meter", "no_sensors", "no_models", "no_forecast", "no_earlier", "failed"
]
"""Why a figure is missing; the words of each are in the language files."""

SECTIONS: Mapping[Audience, Sequence[SectionName]] = {
    "technician": ("waiting", "overnight", "risks", "work", "comfort", "health", "changed"),
    "manager": get_args(SectionName),
    "engineer": get_args(SectionName),
}
"""What each audience reads, in this order: what somebody pays for is left out for who mends it."""
TOP = 3
"""How many of a list are named; the rest is counted."""


class Source(Value):
    """Where figures come from: the tool or record that was asked, with what, and the rows behind its answer."""

    asked: str
    arguments: dict[str, Any] = {}
    evidence: list[Evidence] = []


class Line(Value):
    """``what`` names the sentence, ``also`` what is added to it. ``terms`` are identifiers that a language has words for; ``names`` are as the
    plant and people have them, the first of ``total``; ``text`` is what somebody wrote, and is quoted."""

    what: str
    source: str = Field(description="which of the briefing's sources says so")
    counts: Mapping[str, float] = {}
    terms: dict[str, str] = {}
    moments: dict[str, AwareDatetime] = {}
    names: list[str] = []
    total: int = 0
    text: str | None = None
    also: list[str] = []
    ids: list[str] = Field(default=[], description="of the assets, points or orders that it is about")


class Missing(Value):
    """What could not be computed. ``said`` is the sentence of whatever failed."""

    why: Problem
    source: str
    said: str | None = None


class Section(Value):
    """Without lines and without anything missing there is nothing. ``more`` counts the lines that are left out."""

    name: SectionName
    lines: list[Line] = []
    missing: list[Missing] = []
    more: int = 0


class Briefing(Value):
    """``window`` is what “overnight” covers: from the briefing of the day before until this one. ``site`` is the name of the place that it is about."""

    day: date
    audience: Audience
    person: str
    timezone: str
    made_at: AwareDatetime
    window: Window
    site: str | None = None
    sections: list[Section]
    sources: dict[str, Source]

    def section(self, name: SectionName) -> Section | None:
        return next((one for one in self.sections if one.name == name), None)
