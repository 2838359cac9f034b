"""The parts of messages in Slack, and what stands below an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interfaces.slack.text import mrkdwn

Block = dict[str, Any]
APPROVE, REJECT = "plantroom_approve", "plantroom_reject"


def below(foldout: Mapping[str, Any] | None) -> Sequence[Block]:
    """``foldout`` is where the answer comes from, as the chat shows it."""
    return [] if foldout is None else [_context(f"**{foldout['metadata']['title']}**\n{foldout['content']}")]


def section(text: str) -> Block:
    """In the form of blocks (“mrkdwn”), at most 3,000 characters."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn(text)}]}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """``style`` is “primary”, “danger” or none."""
    made = {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}
    return made if style is None else {**made, "style": style}
