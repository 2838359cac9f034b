"""What is out of the planner's reach: greetings, orders, and topics that a plant's data know nothing of."""

import itertools
from typing import Any, cast

from agent.offline.chunks import Chunk
from agent.offline.clauses import Sentence
from agent.offline.intents import Intent, Problem
from agent.offline.times import TimeSpan
from agent.offline.words import Relation

_LEADING = frozenset(
    [
        "please",
        "can",
        "could",
        "would",
        "you",
        "i",
        "want",
        "need",
        "to",
        "let's",
        "lets",
        "go",
        "ahead",
        "and",
        "now",
        "just",
        "kindly",
        "must",
        "immediately",
        "we",
        "should",
        "hey",
        "ok",
        "okay",
        "me",
        "the",
        "us",
        "that",
        "have",
        "might",
        "like",
        "plantroom",
        "hello",
        "hi",
        ",",
        ".",
        "!",
    ]
)


def refusal(self: Sentence) -> Intent | None:
    content = [c for c in self.chunks if not c.has("sign")]
    if not content:
        return Intent("help")
    for tag in ("help", "greet", "thanks"):
        if any(c.has(tag) for c in content) and all(
            c.has(tag, "polite", "greet", "which", "det", "and") for c in content
        ):
            return Intent(cast(Any, tag))
    if any(c.get("topic") == "injection" for c in content):
        return refused("injection")
    if _is_order(self.chunks):
        return refused("write")
    impact = any(c.has("impact") for c in content)
    topics = [cast(str, c.get("topic")) for c in content if c.has("topic") and not c.has("ent", "class", "qty")]
    if any(a.lower == "who" and _supplies(b) for a, b in itertools.pairwise(content)):
        topics = [topic for topic in topics if topic != "people"]  # "who supplies chilled water to AHU-2"
    fails = any(c.has("fail") for c in content)
    if impact and fails:
        topics = [topic for topic in topics if topic not in ("people", "forecast")]
    foretold = bool(topics) or any(c.has("will") for c in content)
    if (fails and foretold and not impact and set(topics) <= {"forecast"}) or _is_failure_forecast(content, topics):
        self.flags.add("outlook")
        return None
    if topics and not (impact and topics == ["forecast"]):
        return refused(topics[0])
    future = any(c.has("time") and cast(TimeSpan, c.get("time")).kind == "future" for c in content)
    if (
        (future or any(c.has("will") for c in content))
        and not impact
        and not any(c.has("fail") for c in content if impact)
    ):
        return refused("forecast")
    return None


def _is_failure_forecast(content: list[Chunk], topics: list[str]) -> bool:
    """“what fails next”, “failure forecast”: a topic that speaks of failing by itself."""
    said = " ".join(c.lower for c in content if c.get("topic") == "forecast")
    return set(topics) == {"forecast"} and any(word in said for word in ("fail", "break", "remaining", "last"))


def _supplies(chunk: Chunk) -> bool:
    relation = cast("Relation | None", chunk.get("rel"))
    responsible = "responsible" in chunk.lower or "look" in chunk.lower or "care" in chunk.lower  # said of people
    return relation is not None and relation.kind == "feed" and relation.active and not responsible


def refused(topic: str) -> Intent:
    return Intent("refuse", problems=(Problem("topic", topic),))


def _is_order(chunks: list[Chunk]) -> bool:
    """A sentence that begins with a verb of action ("Shut down AHU-1", "could you please restart it")."""
    index = 0
    while index < len(chunks) and (
        chunks[index].lower in _LEADING
        or chunks[index].has("sign", "greet")
        or (chunks[index].has("polite") and not chunks[index].has("write"))
    ):
        index += 1
    if index >= len(chunks) or not chunks[index].has("write"):
        return False
    following = chunks[index + 1 : index + 3]
    if chunks[index].has("rank") and any(c.has("by") for c in chunks[index:]):
        return False
    return bool(following) and not (
        chunks[index].lower in ("open", "active", "start") and following[0].has("status", "class")
    )
