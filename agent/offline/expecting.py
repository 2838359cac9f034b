"""Questions about what is going to be read: “what will the supply air temperature of AHU-2 be tomorrow at 3 pm”.

They are questions about the present with “will” in them: the sentence without its future is read as any other, and the future is put
back as the time of what it asks.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.offline.chunks import Chunk
from agent.offline.intents import Intent
from agent.offline.times import TimeSpan
from agent.vocabulary.tokens import pieces

_FUTURE_WORDS = re.compile(
    r"\b(will|shall|going to|gonna|expected to|about to|likely to|predict(ed)?|forecast(s|ed)?( for)?|predictions?( for| of)?|expect(ed)?|projected|estimated?)\b",
    re.IGNORECASE,
)
_ACTS = frozenset({"value", "compare", "check", "rank", "list", "which"})
_FARTHEST = timedelta(days=7)


def is_of_the_future(read: Intent) -> bool:
    """Whether a sentence was refused because nothing is measured of the future."""
    return read.act == "refuse" and any(problem.text == "forecast" for problem in read.problems)


def present_tense(text: str, chunks: Sequence[Chunk]) -> tuple[str, TimeSpan | None] | None:
    """The sentence without its future, and when that is; None where it names several times."""
    spans = [chunk for chunk in chunks if chunk.has("time")]
    span: TimeSpan | None = spans[0].get("time") if len(spans) == 1 else None
    if len(spans) > 1:
        return None
    said = text
    if span is not None:
        found = pieces(text)
        said = f"{text[: found[span.first].start]} {text[found[span.last - 1].end :]}"
    is_to_be = re.search(r"\b(will|shall)\b.*\bbe\b", said, re.IGNORECASE)
    if is_to_be:
        said = re.sub(r"\bbe\b", "", re.sub(r"\b(will|shall)\b", "is", said, count=1, flags=re.IGNORECASE), count=1)
    else:
        said = re.sub(r"\b(will|shall)\b", "does", said, count=1, flags=re.IGNORECASE)
        said = re.sub(
            r"\b(is|are)\s+(going to|gonna|expected to|about to|likely to)\b", "does", said, flags=re.IGNORECASE
        )
    said = _FUTURE_WORDS.sub("", said)
    return re.sub(r"\s+([?.!,])", r"\1", re.sub(r"\s+", " ", said)).strip(), span


def expected(read: Intent, span: TimeSpan | None, now: datetime) -> Intent | None:
    """The intent of the present put into the future; None where it is no question about a measurement or lies too far ahead."""
    if any(problem.kind in ("unknown_name", "ambiguous") for problem in read.problems):
        return replace(read, act="expected")  # asks back
    if read.problems or read.act not in _ACTS or not read.quantities or read.things is None:
        return None
    if read.aggregate not in (None, "latest", "max", "min"):
        return None
    when = _ahead(span, now)
    if when is None:
        return None
    return replace(read, act="expected", times=(when,))


def _ahead(span: TimeSpan | None, now: datetime) -> TimeSpan | None:
    """The time asked about, from now on: “at 3 pm” is the next one, “this afternoon” what is left of it; a day where none is named."""
    if span is None or span.kind == "now":
        return TimeSpan(0, 0, "future", now, now + timedelta(hours=24), "in the next 24 hours")
    start, end = span.start, span.until or span.end
    if span.kind == "at":
        while end <= now:
            start, end = start + timedelta(days=1), end + timedelta(days=1)
    if span.kind == "future" and start == end == now:
        end = now + timedelta(hours=24)
    if end <= now or start > now + _FARTHEST:
        return None
    return replace(span, kind="future", start=max(start, now), end=min(end, now + _FARTHEST))
