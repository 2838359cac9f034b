"""What the words of a question were linked to in the plant."""

from dataclasses import dataclass

from graph_schema.model import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    id: str
    name: str
    kind: Kind
    class_: str | None
    score: float
    """0 to 100; 100 is the exact name."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of the question (``text[start:end]``) and the things it may name, best first.

    More than one candidate means that the span is ambiguous: the answer asks back instead of guessing.
    """

    start: int
    end: int
    text: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Grounding:
    """``focus`` are the ids the conversation is about, for "it" and "they"; newest first."""

    mentions: tuple[Mention, ...] = ()
    focus: tuple[str, ...] = ()
