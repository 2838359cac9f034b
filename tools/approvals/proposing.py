"""From the call of a tool that changes something to a proposal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tools.approvals.proposal import Found, Proposal, Wish
from tools.approvals.record import ProposalRecord
from tools.approvals.terms import digest_of
from tools.context import ToolContext
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.proposals import Proposed, ProposedChange
from tools.results.result import Evidence, Scene
from tools.sentences.language import language
from tools.sentences.outside import reads_like_sentence, without_outside

_LONGEST_SAID = 400
_LONGEST_TOLD = 200
_MOST_FOUND = 16
_MARKUP = re.compile(r"[*`~#|]+|__+")


@dataclass(frozen=True, slots=True)
class Proposing:
    """What ``ToolContext.propose`` does."""

    record: ProposalRecord

    async def propose(self, tool: Tool, arguments: Mapping[str, Any], context: ToolContext) -> Proposed:
        """Write it down, once in a conversation. Raises ``InvalidInput`` or ``NotFound`` for what could never be done."""
        settled, assets = await tool.settled(arguments, context)
        refs = await context.reader.refs(assets) if assets else {}
        names = {id_: ref.name for id_, ref in refs.items()}
        proposal = await self.record.add(_wish(tool, settled, assets, names, context))
        return proposed(proposal, refs, context)


def _wish(
    tool: Tool, settled: Mapping[str, Any], assets: Sequence[str], names: Mapping[str, str], context: ToolContext
) -> Wish:
    now, origin = context.clock(), context.origin
    spoken = {key: _spoken(value, names) for key, value in settled.items() if value is not None and value != []}
    return Wish(
        tool=tool.name,
        digest=digest_of(tool.name, settled),
        arguments=settled,
        sentence=tool.deed(spoken, context.caller.language),
        assets=assets,
        caller=context.caller,
        model=origin.model,
        conversation=origin.conversation,
        approvers=tool.terms.roles,
        own=tool.terms.own,
        proposed_at=now,
        expires_at=now + tool.terms.within,
        evidence=[Found(letter, one[:_LONGEST_TOLD]) for letter, one in origin.evidence[-_MOST_FOUND:]],
        asked_at=origin.asked_at,
    )


def _spoken(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_spoken(one, names) for one in cast(list[object], value))
    if isinstance(value, dict):
        return " ".join(_spoken(one, names) for one in cast(dict[str, object], value).values() if one is not None)
    named = names.get(str(value))
    if named is None:
        return str(value)
    return f"“{' '.join(named.split())}”" if reads_like_sentence(named) else named


def proposed(proposal: Proposal, refs: Mapping[str, EntityRef], context: ToolContext) -> Proposed:
    """The result of the call; its note is what every answer has to say of it."""
    change = change_of(proposal, refs)
    sentence = language(context.caller.language).proposals[proposal.state]
    return Proposed(
        proposal=change,
        new=proposal.new,
        scene=Scene(highlight=[one.id for one in change.assets], focus=change.assets[0].id if change.assets else None),
        evidence=[Evidence(store="history", statement=f"the proposal {change.id}", entities=[one.id for one in change.assets])],
        notes=[sentence.format(what=change.what, id=change.id)],
    )  # fmt: skip


def change_of(proposal: Proposal, refs: Mapping[str, EntityRef]) -> ProposedChange:
    """For people and models to read: on one line, cut, with nothing in it that could be followed."""
    wish = proposal.wish
    return ProposedChange(
        id=proposal.name,
        state=proposal.state,
        tool=wish.tool,
        what=readable(wish.sentence, _LONGEST_SAID),
        sentence=wish.sentence,
        assets=[refs[id_] for id_ in wish.assets if id_ in refs],
        asked_by=wish.caller.name,
        asked_at=wish.proposed_at,
        expires_at=wish.expires_at,
        approvers=sorted(wish.approvers),
        settled_by=proposal.settled_by,
        settled_at=proposal.settled_at,
        outcome=None if proposal.outcome is None else readable(proposal.outcome, _LONGEST_TOLD),
    )


def readable(text: str, longest: int) -> str:
    line = _MARKUP.sub("", without_outside(" ".join(text.split())))
    return line if len(line) <= longest else f"{line[:longest]}…{'”' if '“' in line[:longest] else ''}"
