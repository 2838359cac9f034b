"""A change that waits for a person, as a card of the chat: what it would do, word for word, and the two ways to settle it."""

from __future__ import annotations

from typing import Any, cast

from interfaces.web.chat.steps import plain
from tools.approvals.proposal import Proposal
from tools.results.proposals import ProposedChange

APPROVE, REJECT = "approve", "reject"
_JOINER = "\u2060"
_LINKS = (("://", f":{_JOINER}//"), ("www.", f"www{_JOINER}."), ("@", f"{_JOINER}@"))
"""What a page would turn into a link by itself, and what looks the same and is none."""
_STATES = {
    "proposed": "waits for approval",
    "approved": "is approved, and runs next",
    "running": "is approved, and runs now",
    "done": "was approved, and is done",
    "failed": "was approved, and did not work",
    "ambiguous": "was approved, and nobody knows whether it was done",
    "rejected": "was rejected",
    "expired": "expired before anybody settled it",
}


def card(change: ProposedChange) -> dict[str, Any]:
    """A message with buttons while it waits; what it would write is shown as it is, and is neither markup nor a link."""
    row = _row(change.id, change.state, change.sentence, change.asked_by, change.settled_by, change.outcome)
    if change.state == "proposed":
        row["options"] = [
            {"value": f"{APPROVE} {change.id}", "label": "Approve"},
            {"value": f"{REJECT} {change.id}", "label": "Reject"},
        ]
    return row


def settled_card(one: Proposal) -> dict[str, Any]:
    wish = one.wish
    return _row(one.name, one.state, wish.sentence, wish.caller.name, one.settled_by, one.outcome)


def proposal_of_row(row: dict[str, Any]) -> str | None:
    """Whose card it is, while it can be settled."""
    options = cast(list[dict[str, str]], row.get("options") or [])
    return options[0]["value"].partition(" ")[2] if options else None


def _row(
    name: str, state: str, sentence: str, asked_by: str, settled_by: str | None, outcome: str | None
) -> dict[str, Any]:
    by = f" ({plain(settled_by)})" if settled_by else ""
    lines = [f"**Proposal {name}** {_STATES[state]}{by}", f"> {_shown(sentence)}", f"Asked for by {plain(asked_by)}."]
    if outcome:
        lines.append(_shown(outcome))
    return {"role": "assistant", "content": "\n\n".join(lines)}


def _shown(text: str) -> str:
    """All of it, on one line of a quotation."""
    words = " ".join(text.split())
    for found, instead in _LINKS:
        words = words.replace(found, instead)
    return plain(words)
