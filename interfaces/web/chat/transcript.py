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
                self.spoken = _spoken(event.reading, self.spoken)
                self.foldout = foldout(
                    event.evidence, self.names, self.now, self.zone, self.spoken, read_backs(event.reading)
                )

    def rows(self) -> list[ChatRow]:
        """What the chat shows now: the steps, the answer so far, its charts, where it comes from, and last what waits for a person: only the last message has buttons."""
        answer = [{"role": "assistant", "content": without_html(self.text)}] if self.text else []
        return [*self.steps.values(), *answer, *self.charts, *([self.foldout] if self.foldout else []), *self.cards]

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


def read_backs(reading: Mapping[str, Any] | None) -> Sequence[str]:
    """How each question of a message was read, where the model can tell."""
    questions = [] if reading is None else [reading, *reading.get("also", ())]
    return [" ".join(str(one["read_back"]).split()) for one in questions if one.get("read_back")]


def _spoken(reading: Mapping[str, Any] | None, otherwise: Language) -> Language:
    """The language of the answer."""
    said_in = None if reading is None else reading.get("said_in")
    return otherwise if said_in is None else language(str(said_in))


def foldout(
    evidence: Sequence[Evidence],
    names: Mapping[str, str],
    now: int,
    zone: tzinfo = UTC,
    spoken: Language | None = None,
    read: Sequence[str] = (),
) -> ChatRow | None:
    """How the question was ``read`` and where its answer comes from, folded away; nothing where there is neither."""
    panel = _Panel(names, now, zone, spoken or language())
    lines = list(dict.fromkeys(line for one in evidence for line in panel.lines(one)))
    if not lines and not read:
        return None
    words = panel.spoken.sources
    rest = [f"- {words['more'].format(count=len(lines) - LISTED)}"] if len(lines) > LISTED else []
    asked = [f"- **{words['read_as']}** · {plain(one)}" for one in read]
    content = "\n".join([*asked, *lines[:LISTED], *rest])
    return {"role": "assistant", "content": content, "metadata": {"title": words["title"], "status": "done"}}


@dataclass(frozen=True, slots=True)
class _Panel:
    """How evidence is told to one person."""

    names: Mapping[str, str]
    now: int
    zone: tzinfo
    spoken: Language

    def lines(self, evidence: Evidence) -> list[str]:
        words = self.spoken.sources
        about = self._named(evidence.points or evidence.entities)
        parts = [f"**{words[evidence.store]}**"]
        if about:
            parts.append(about)
        if (window := evidence.window) is not None:
            start, end = moment(window.start, self.zone), moment(window.end, self.zone)
            parts.append(self.spoken.phrases["span"].format(start=start, end=end))
        if evidence.as_of is not None:
            age = max(0.0, self.now / 1000 - evidence.as_of.timestamp())
            parts.append(words["read"].format(at=moment(evidence.as_of, self.zone), age=self.spoken.age(age)))
        return ["- " + " · ".join(parts)]

    def _named(self, ids: Sequence[str]) -> str:
        shown = ", ".join(plain(self.names.get(id_, id_)) for id_ in ids[:4])
        more = self.spoken.sources["more"].format(count=len(ids) - 4)
        return f"{shown} {more}" if len(ids) > 4 else shown
