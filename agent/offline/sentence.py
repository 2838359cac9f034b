"""A whole sentence: its phrases are collected from left to right, then what is asked is decided from what was found."""

from agent.offline.about_quality import about_quality
from agent.offline.clauses import Sentence
from agent.offline.collecting import collect
from agent.offline.completing import complete_heads
from agent.offline.deciding import decide_intent
from agent.offline.intents import Intent
from agent.offline.refusing import refusal
from agent.offline.supply import read_media


def read_sentence(self: Sentence) -> Intent:
    if (quality := about_quality(self)) is not None:
        return quality
    read_media(self)
    complete_heads(self)
    first = refusal(self)
    if first is not None:
        return first
    collect(self)
    return decide_intent(self)
