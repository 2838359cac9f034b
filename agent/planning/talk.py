"""Intents that ask nothing of the plant's records, or what they do not hold: courtesy, dangers, orders to operate, people, the rest of the world."""

from __future__ import annotations

from collections.abc import Sequence

from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.intent import Call, intent, regardless

_ENDANGERED = 3
"""Assets of which it is looked up at most how they are isolated, while somebody waits."""


def _nothing(question: Question) -> Sequence[Call]:
    return ()


def _danger(question: Question) -> Sequence[Call]:
    """What feeds the assets and places that were named, and how each is isolated; of a name that may be several, each of them."""
    ids = dict.fromkeys(id_ for one in question.all("assets", Assets) if not one.restricted for id_ in one.ids)
    shut = [id_ for id_ in ids if question.lexicon.things[id_].kind not in ("Point", "Device")][:_ENDANGERED]
    upstream = [Call("trace_connections", {"asset": id_, "direction": "upstream"}) for id_ in shut]
    return [*upstream, *(Call("isolate", {"asset": id_}) for id_ in shut)]


TALK = (
    intent("greet", _nothing),
    intent("thanks", _nothing),
    intent("bye", _nothing),
    intent("apology", _nothing),
    intent("well_being", _nothing),
    intent("help", _nothing),
    intent("noted", _nothing),
    regardless("complaint", _nothing, assets=2),
    regardless("danger", _danger, assets=4, time=2),
    regardless("order", _nothing, assets=4, quantity=2, time=2),
    regardless("people", _nothing, assets=2, time=2),
    regardless("beyond", _nothing, time=2),
)
