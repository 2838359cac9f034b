"""An answer as it grows: a pure fold of the agent's events into the messages of the chat."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from agent.events import Answered, Event, TextDelta, ToolFinished, ToolStarted
from interfaces.web.chat.cards import card
from interfaces.web.chat.charts import chart_markdown
from interfaces.web.chat.steps import details, moment, plain, without_html
from tools.results.result import Evidence
from tools.sentences.language import Language, language

ChatRow = dict[str, Any]
"""A message as Gradio's chatbot takes it: role, content, and metadata for steps and foldouts."""

LISTED = 12
CHARTS = 3

FELT_S = 1.0  # a step that took less does not say how long


@dataclass(slots=True)
class Transcript:
    """``clock`` gives monotonic seconds; ``now`` is epoch milliseconds, ``names`` are of assets and points by id, ``zone`` is that of all times."""

    clock: Callable[[], float]
    names: Mapping[str, str]
    now: int
    zone: tzinfo = UTC
    spoken: Language = field(default_factory=language)
    steps: dict[str, ChatRow] = field(default_factory=dict[str, ChatRow])
    text: str = ""
    charts: list[ChatRow] = field(default_factory=list[ChatRow])
    cards: list[ChatRow] = field(default_factory=list[ChatRow])
    foldout: ChatRow | None = None
    _started: dict[str, float] = field(default_factory=dict[str, float])

    def apply(self, event: Event) -> None:
        match event:
            case ToolStarted():
                self._start(event)
            case ToolFinished():
                self._finish(event)
            case TextDelta():
                self.text += event.text
            case Answered():
                self.text = event.text
                drawn = [chart_markdown(chart, self.zone) for chart in event.charts[:CHARTS]]
                self.charts = [{"role": "assistant", "content": one} for one in drawn if one is not None]
                self.cards = [card(one) for one in {one.id: one for one in event.proposals}.values()]
                self.foldout = foldout(event.evidence, self.names, self.now, self.zone)

    def rows(self) -> list[ChatRow]:
        """What the chat shows now: the steps, the answer so far, its charts, what waits for a person, where it comes from."""
        answer = [{"role": "assistant", "content": without_html(self.text)}] if self.text else []
        return [*self.steps.values(), *answer, *self.charts, *self.cards, *([self.foldout] if self.foldout else [])]

    def stop(self) -> None:
        """A person stopped the answer: what there is of it stays."""
        self.fail("*Stopped.*")

    def fail(self, sentence: str) -> None:
        """End with a sentence for people; steps that still ran count as done."""
        for step in self.steps.values():
            step["metadata"]["status"] = "done"
        self.text = f"{self.text}\n\n{sentence}".strip()

    def _start(self, event: ToolStarted) -> None:
        self._started[event.id] = self.clock()
        self.steps[event.id] = {
            "role": "assistant",
            "content": details(event.arguments, self.names, self.spoken, self.zone),
            "metadata": {"title": plain(event.title), "status": "pending"},
        }

    def _finish(self, event: ToolFinished) -> None:
        step = self.steps.get(event.id)
        if step is None:
            return
        step["content"] = f"{step['content']}\n\n{plain(event.summary)}".strip()
        step["metadata"]["status"] = "done"
        if not event.ok:
            step["metadata"]["title"] = self.spoken.phrases["failed"].format(title=step["metadata"]["title"])
        took = self.clock() - self._started[event.id]
        if took >= FELT_S:
            step["metadata"]["duration"] = round(took, 1)


def foldout(evidence: Sequence[Evidence], names: Mapping[str, str], now: int, zone: tzinfo = UTC) -> ChatRow | None:
    """Where an answer comes from, folded away; nothing where there is no evidence."""
    lines = [line for one in evidence for line in _evidence_lines(one, names, now, zone)]
    unique = list(dict.fromkeys(lines))
    if not unique:
        return None
    rest = [f"- and {len(unique) - LISTED} more"] if len(unique) > LISTED else []
    content = "\n".join([*unique[:LISTED], *rest])
    return {"role": "assistant", "content": content, "metadata": {"title": "Where this comes from", "status": "done"}}


STORES = {
    "graph": "The plant's model", "history": "Recorded readings", "ontology": "The equipment library", "documents": "The plant's documents",
}  # fmt: skip


def _evidence_lines(evidence: Evidence, names: Mapping[str, str], now: int, zone: tzinfo) -> list[str]:
    about = _names(evidence.points or evidence.entities, names)
    parts = [f"**{STORES[evidence.store]}**"]
    if about:
        parts.append(about)
    if evidence.window is not None:
        parts.append(f"from {moment(evidence.window.start, zone)} to {moment(evidence.window.end, zone)}")
    if evidence.as_of is not None:
        age = max(0.0, now / 1000 - evidence.as_of.timestamp())
        parts.append(f"read {moment(evidence.as_of, zone)} ({duration(age)} ago)")
    return ["- " + " · ".join(parts)]


def _names(ids: Sequence[str], names: Mapping[str, str]) -> str:
    shown = ", ".join(plain(names.get(id_, id_)) for id_ in ids[:4])
    return shown + (f" and {len(ids) - 4} more" if len(ids) > 4 else "")


def duration(seconds: float) -> str:
    """ "12 s", "5 min", "3 h", "2 days"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
