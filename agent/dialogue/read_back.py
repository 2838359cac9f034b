"""What a question was read as, in a line: for people to see where a guess was needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.answers.speaker import Speaker
from agent.language.times import Span
from agent.planning.assets import Assets
from agent.planning.understanding import Understanding, Understood
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import pieces
from graph_schema.question import Window

_NAMED = 4
_IN_PART = ("left_out", "missing", "no_quantity")
"""Problems of a question of which the rest was read."""


def read_as(understood: Understood, understanding: Understanding, speaker: Speaker) -> str | None:
    """“Supply air temperature, AHU-2, 1 Mar”; none where nothing was guessed: no word respelt, no name completed, no time assumed."""
    if not understood.calls or not is_guessed(understood, understanding):
        return None
    text = summary(understood, understanding.lexicon, speaker)
    return speaker.problem("read_as", text=text) if text else None


def read_so_far(understood: Understood, understanding: Understanding, speaker: Speaker) -> str | None:
    """Where something is missing or was not understood: what of it was read, if anything."""
    if understood.problem is None or understood.problem.kind not in _IN_PART:
        return None
    text = summary(understood, understanding.lexicon, speaker)
    return speaker.problem("read_so_far", text=text) if text else None


def summary(understood: Understood, lexicon: Lexicon, speaker: Speaker) -> str:
    """The quantities, assets and times that stand in the calls, in the words of the person's language."""
    return ", ".join(dict.fromkeys(one for one in _parts(understood, lexicon, speaker) if one))


def is_guessed(understood: Understood, understanding: Understanding) -> bool:
    return _is_respelt(understood, understanding) or _is_completed(understood) or _is_time_assumed(understood)


def _parts(understood: Understood, lexicon: Lexicon, speaker: Speaker) -> Iterator[str]:
    for call in understood.calls:
        quantities = call.args.get("quantity")
        for one in [quantities] if isinstance(quantities, str) else quantities or ():
            yield speaker.quantity(one)
    if not understood.calls:
        yield from (one.text for one in understood.asked.values.get("quantity", ()) if isinstance(one, Quantity))
    for assets in (one for one in understood.asked.values.get("assets", ()) if isinstance(one, Assets)):
        named = [lexicon.things[id_].name for id_ in assets.ids[:_NAMED] if id_ in lexicon.things]
        yield ", ".join(named) if named and not assets.restricted else assets.text
    if not understood.calls:  # a time that nothing was looked up for stays as it was written
        yield from (understood.frame.written(one) for one in understood.frame.slots.get("time", ()))
        return
    spans = [one for one in understood.asked.values.get("time", ()) if isinstance(one, Span)]
    yield from (_time(span, speaker) for span in spans)
    if not spans and (assumed := _assumed(understood)) is not None:
        yield speaker.window(assumed)


def _time(span: Span, speaker: Speaker) -> str:
    match span.kind:
        case "window":
            return speaker.window(Window(start=span.start, end=span.end))
        case "at":
            return speaker.moment(span.start)
        case _:
            return ""


def _is_respelt(understood: Understood, understanding: Understanding) -> bool:
    """Whether a word was put right; an accent or a letter written as two is none."""
    text = understood.frame.text
    words = understanding.reader(understood.language).words
    written = pieces(text)
    return any(words.respelt(one).norm not in (one.norm, one.lower, _folded(one.norm, words.folds)) for one in written)


def _folded(word: str, folds: Sequence[tuple[str, str]]) -> str:
    for typed, meant in folds:
        word = word.replace(typed, meant)
    return word


def _is_completed(understood: Understood) -> bool:
    """Whether a name was known by a part of it alone."""
    links = (
        part.value
        for _, phrase in understood.frame.phrases()
        for _, noun in phrase.parts
        for _, head in noun.parts
        for _, part in head.parts
    )
    return any(getattr(link, "reading", None) == "part" for link in links)


def _assumed(understood: Understood) -> Window | None:
    """The time of a call where none was said."""
    if understood.asked.values.get("time"):
        return None
    for call in understood.calls:
        start, end = call.args.get("start"), call.args.get("end")
        if start and end:
            return Window.model_validate({"start": start, "end": end})
    return None


def _is_time_assumed(understood: Understood) -> bool:
    return _assumed(understood) is not None
