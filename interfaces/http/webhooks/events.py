"""From a change of the stream to an event that other systems are told: a pure decision."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingestion.changes import Change

Noun = str
NOUNS: Mapping[str, Noun] = {"alarm": "alarm", "proposal": "approval", "order": "work_order", "outlook": "forecast"}
"""What the stream calls it, and what others are told."""
WHERE: Mapping[Noun, str] = {
    "alarm": "/api/v1/alarms/{alarm}",
    "approval": "/api/v1/approvals/{subject}",
    "work_order": "/api/v1/work-orders/{subject}",
    "forecast": "/api/v1/forecasts?asset={subject}",
}
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """``id`` is the same each time that it is sent; ``kind`` is a noun and what happened to it, ``body`` JSON."""

    id: str
    kind: str
    body: str

    @property
    def names(self) -> Sequence[str]:
        """By which endpoints ask for it."""
        return [self.kind, self.kind.partition(".")[0]]


def event_of(change: Change) -> Event | None:
    """None for a change that nobody outside is told of."""
    stream, _, verb = change.kind.partition(".")
    noun = NOUNS.get(stream)
    if noun is None or not verb:
        return None
    where = WHERE[noun].format(subject=change.subject, alarm=change.data.get("alarm", ""))
    data = {"id": change.subject, **change.data, "resource": where}
    kind = f"{noun}.{verb}"
    body = {"type": kind, "timestamp": change.moment.isoformat(), "data": data}
    return Event(f"msg_{change.seq}", kind, json.dumps(body, ensure_ascii=False))


def is_name(text: str) -> bool:
    """Whether an endpoint can ask for it: a noun, or a noun and what happened to it."""
    noun, dot, verb = text.partition(".")
    return noun in NOUNS.values() and (not dot or verb.isidentifier())
