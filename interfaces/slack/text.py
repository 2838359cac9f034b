"""Text between us and Slack, which has marks of its own for people, channels and links."""

from __future__ import annotations

import re
from html import unescape

LONGEST = 11_000
"""Characters of a message in Markdown; Slack takes 12,000."""
LONGEST_BLOCK = 2_900
"""Of a text within a block; Slack takes 3,000."""

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_LABELLED = re.compile(r"<[^<>|]+\|([^<>]+)>")
_BARE = re.compile(r"<(?:mailto:)?([^<>!@#][^<>]*)>")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#!|$~&])")
_ACTIVE = "*_~`"


def question_of(text: str) -> str:
    """What somebody wrote, without mentions and the marks of links."""
    without = _BARE.sub(r"\1", _LABELLED.sub(r"\1", _MENTION.sub(" ", text)))
    return " ".join(unescape(without).split())


def markdown(text: str) -> str:
    """An answer of ours. What it quotes can be no link, and call nobody (“<!channel>”)."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("](", "]\\(")
    return cut(safe, LONGEST)


def mrkdwn(text: str) -> str:
    """Markdown of ours in the form that blocks take: bold and lists, and nothing else."""
    lined = "\n".join(f"• {line[2:]}" if line.startswith("- ") else line for line in text.splitlines())
    bold = re.sub(r"\*\*(.+?)\*\*", r"*\1*", lined)
    return cut(harmless(_ESCAPED.sub(r"\1", bold)), LONGEST_BLOCK)


def quoted(text: str) -> str:
    """What a device or a person wrote: as it is, and without any effect."""
    return harmless("".join(f"\u200b{one}" if one in _ACTIVE else one for one in " ".join(text.split())))


def harmless(text: str) -> str:
    """Without what Slack would act on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
