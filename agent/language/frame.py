"""What a question was understood to ask: an intent with its slots, and what of the sentence is in none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.language.phrase import NOTHING, Phrase


@dataclass(frozen=True, slots=True)
class IntentSlots:
    """What an intent is asked with. ``needs`` must be said or known from the conversation; of ``takes`` each says how many it can have."""

    name: str
    needs: Sequence[str] = ()
    takes: Mapping[str, int] = field(default_factory=dict[str, int])

    def most(self, slot: str) -> int:
        return self.takes.get(slot, 1 if slot in self.needs else 0)

    @property
    def slots(self) -> Sequence[str]:
        return list(dict.fromkeys((*self.needs, *self.takes)))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words of the sentence that are in no slot. What is ``light`` cannot change the meaning."""

    text: str
    start: int
    end: int
    light: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """``says`` are constants of the way in which it was asked. ``cost`` is lower for a better reading. ``text`` is the sentence it was read from."""

    intent: str
    slots: Mapping[str, tuple[Phrase, ...]]
    says: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[str, ...] = ()
    cost: float = 0.0
    text: str = ""
    offsets: tuple[tuple[int, int], ...] = ()
    """Where each piece stands in the text."""
    cued: bool = True
    """Whether words of the intent stand in it; a bare phrase (“AHU-2”, “in °F”) has none."""

    def written(self, phrase: Phrase) -> str:
        return self.text[self.offsets[phrase.start][0] : self.offsets[phrase.end - 1][1]]

    @property
    def is_whole(self) -> bool:
        """Whether nothing that could change the meaning was left out."""
        return all(one.light for one in self.left_out)

    def phrases(self) -> Iterator[tuple[str, Phrase]]:
        return ((slot, phrase) for slot, phrases in self.slots.items() for phrase in phrases)
