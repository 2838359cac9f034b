"""Intents that ask nothing of the plant's records, or what they do not hold: courtesy, dangers, orders to operate, people, the rest of the world."""

from __future__ import annotations

from collections.abc import Sequence

from agent.language.frame import IntentSlots
from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.intent import Call, Intent
from graph_schema.model import PLACE_KINDS

_ENDANGERED = 3
"""Assets of which it is looked up at most how they are isolated, while somebody waits."""


def _nothing(question: Question) -> Sequence[Call]:
    return ()


def _danger(question: Question) -> Sequence[Call]:
    """What feeds the assets and places that were named, and how each asset is isolated; of a name that may be several, each of them."""
    things = question.lexicon.things
    named = dict.fromkeys(id_ for one in question.all("assets", Assets) for id_ in one.ids)
    ids = [id_ for id_ in named if things[id_].kind not in ("Point", "Device")][:_ENDANGERED]
    upstream = [Call("trace_connections", {"asset": id_, "direction": "upstream"}) for id_ in ids]
    return [*upstream, *(Call("isolate", {"asset": id_}) for id_ in ids if things[id_].kind not in PLACE_KINDS)]


def _courtesy(name: str) -> Intent:
    return Intent(IntentSlots(name), _nothing, aside=True)


def _refused(name: str, *, aside: bool = True, **takes: int) -> Intent:
    """What is not to be had here, whatever is said with it."""
    return Intent(IntentSlots(name, (), takes), _nothing, regardless=True, aside=aside, refuses=True)


TALK = (
    *map(_courtesy, ("greet", "thanks", "bye", "apology", "well_being", "noted", "help")),
    Intent(IntentSlots("danger", (), {"assets": 4, "time": 2}), _danger, regardless=True),
    _refused("order", aside=False, assets=4, quantity=2, time=2),
    _refused("people", assets=2, time=2),
    _refused("out_of_reach", time=2),
    _refused("complaint", assets=2),
)
