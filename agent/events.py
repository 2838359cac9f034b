"""What an agent tells while it answers one question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.models.chat_model import Usage
from tools.results.proposals import ProposedChange
from tools.results.result import Chart, Evidence, Scene
from tools.results.table import Table


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """``title`` is the step in words for people."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    title: str = ""


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """``summary`` is one line for people; of a call that did not work, why."""

    id: str
    summary: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, checked against the evidence so far. ``Answered.text`` replaces all pieces."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The whole answer, last of all.

    ``invented`` are the numbers and names of the model's last draft that nothing supports: where there are any, ``text`` is
    a refusal and not that draft. ``charts`` are pictures of the signals it speaks of. ``model_ms`` is the time spent waiting for the model,
    and ``model`` the name of the one that answered. ``proposals`` are changes that wait for a person, or what became of them.
    """

    text: str
    scene: Scene | None = None
    evidence: Sequence[Evidence] = ()
    invented: Sequence[str] = ()
    usage: Usage = field(default_factory=Usage)
    model_ms: float = 0.0
    charts: Sequence[Chart] = ()
    model: str = ""
    proposals: Sequence[ProposedChange] = ()
    tables: Sequence[Table] = ()
    """What was found, for who shows it as a file."""
    reading: Mapping[str, Any] | None = None
    """How the question was understood, where the model can tell: language, intent, slots, what was left out; ``ending``, how
    it ends where it is not answered in its whole (agent/dialogue/ending.py); ``read_back``, that in words for people, and
    ``said_in``, the language of these and of the answer. Of further questions of the message the same under ``also``."""


Event = ToolStarted | ToolFinished | TextDelta | Answered
