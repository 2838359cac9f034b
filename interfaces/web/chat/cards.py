"""A change that waits for a person, as a card of the chat: what it would do, word for word, and the two ways to settle it."""

from __future__ import annotations

from collections.abc import Sequence
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
        row["options"] = _buttons(change.id)
    return row


def with_buttons(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as the chat shows them. It has buttons below its last message alone: all that waits in the conversation has them there."""
    names = [name for row in rows if (name := proposal_of_row(row))]
    shown = [{key: value for key, value in row.items() if key != "options"} for row in rows]
    if names and shown[-1]["role"] == "assistant":
        several = len(names) > 1
        shown[-1]["options"] = [button for name in names for button in _buttons(name, f" {name}" if several else "")]
    return shown


def settled_card(one: Proposal) -> dict[str, Any]:
    wish = one.wish
    return _row(one.name, one.state, wish.sentence, wish.caller.name, one.settled_by, one.outcome)


def proposal_of_row(row: dict[str, Any]) -> str | None:
    """Whose card it is, while it can be settled."""
    options = cast(list[dict[str, str]], row.get("options") or [])
    return options[0]["value"].partition(" ")[2] if options else None


def _buttons(name: str, named: str = "") -> list[dict[str, str]]:
    return [
        {"value": f"{APPROVE} {name}", "label": f"Approve{named}"},
        {"value": f"{REJECT} {name}", "label": f"Reject{named}"},
    ]


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
