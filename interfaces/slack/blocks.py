"""What stands below an answer: where it comes from, and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interfaces.slack.text import mrkdwn, quoted
from tools.results.proposals import ProposedChange

Block = dict[str, Any]
APPROVE, REJECT = "plantroom_approve", "plantroom_reject"


def below(foldout: Mapping[str, Any] | None, proposals: Sequence[ProposedChange]) -> Sequence[Block]:
    """``foldout`` is where the answer comes from, as the chat shows it."""
    sources = [] if foldout is None else [_context(f"**{foldout['metadata']['title']}**\n{foldout['content']}")]
    latest = {one.id: one for one in proposals}
    return [*sources, *(block for one in latest.values() for block in _proposal(one))]


def _proposal(one: ProposedChange) -> Sequence[Block]:
    return [section(f"*{one.id}* · {quoted(one.sentence)}"), *([approval(one.id)] if one.state == "proposed" else [])]


def approval(name: str) -> Block:
    """The two ways to settle a proposal."""
    return actions(button("Approve", APPROVE, name, "primary"), button("Reject", REJECT, name, "danger"))


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
