"""An event of another system: an alert of its rules, an anomaly, a trip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlantEvent:
    """``asset`` is an id of the graph, ``group`` the sort of event in small letters (“alert”), ``code`` the rule or signal it came of. It is the same event
    as another of that asset, group, code and moment. ``text`` is what somebody wrote, and is only ever shown."""

    asset: str
    group: str
    code: str
    at: datetime
    ended_at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CodeName:
    """What a code of work orders or events is called."""

    code: str
    name: str
    category: str | None = None


@dataclass(frozen=True, slots=True)
class StatedMode:
    """A failure mode that the site knows of a class; ``mechanism`` and ``cause`` are empty where nobody says."""

    class_: str
    mode: str
    mechanism: str = ""
    cause: str = ""

    @property
    def said(self) -> str:
        """“Compressor motor: bearing failure (overload)”."""
        mode = f"{self.mode}: {self.mechanism}" if self.mechanism else self.mode
        return f"{mode} ({self.cause})" if self.cause else mode
