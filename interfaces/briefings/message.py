"""A briefing as a message: plain text, and HTML for e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from interfaces.notifications.letter import letter, paragraph, sheet
from interfaces.notifications.message import Message
from interfaces.notifications.message import words as message_words
from tools.briefing.briefing import Briefing
from tools.briefing.wording import BriefingWords, Told

_QUIET, _LOUD = "#5f7da3", "#a06a00"
_LOUD_SECTIONS = ("waiting", "risks")


def message_of(briefing: Briefing, language: str, address: str | None, *, repeated: bool) -> Message:
    """``address`` is where people open the plant; ``repeated``: it may have come already, and says so."""
    words, shared = BriefingWords(language), message_words(language)
    title = words.title(briefing)
    last = [
        *([shared.look.format(link=f"{address.rstrip('/')}{path_of(briefing)}")] if address else []),
        *([shared.repeated] if repeated else []),
    ]
    told = words.told(briefing)
    text = "\n\n".join([words.text(briefing), *last])
    return Message(
        title, text, letter(title, [*_sheets(title, told), *(sheet(paragraph(one), "transparent") for one in last)])
    )


def path_of(briefing: Briefing) -> str:
    """Of its page."""
    return f"/briefings/{briefing.day}?{urlencode({'audience': briefing.audience})}"


def _sheets(title: str, told: Sequence[Told]) -> Sequence[str]:
    head = sheet(paragraph(title, more='font-weight="bold"'), "transparent")
    return [head, *(_section(one) for one in told)]


def _section(one: Told) -> str:
    colour = _LOUD if one.name in _LOUD_SECTIONS else _QUIET
    heading = paragraph(one.heading, more='font-weight="bold"')
    return sheet(f"{heading}{''.join(paragraph(sentence.text) for sentence in one.sentences)}", colour)
