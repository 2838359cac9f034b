from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.language.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Span:
    kind: Literal["now", "at", "window", "future"]
    start: datetime
    end: datetime


def span_of(phrase: Phrase, now: datetime) -> Span:
    return Span("window", now, now)
