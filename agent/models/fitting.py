"""A request made to fit: older turns go first, then rows of the longest results.

Nobody but the endpoint knows its tokens, so they are reckoned from bytes: one for three bytes, which is on the safe side for English, for
JSON and for Chinese. What an endpoint says of a request that was too long corrects that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from agent.models.chat_model import ChatMessage, ChatRequest
from agent.run.prompt import SYSTEM, context

BYTES_PER_TOKEN = 3.0
RESERVED_SHARE = 0.25
MOST_RESERVED = 2048
"""Tokens that are kept free for the reply where no size of it is set: a quarter of the context, at most this."""
_SHORTEST_RESULT = 200
_MESSAGE_BYTES = 24


def tokens_of(request: ChatRequest) -> int:
    """Of the whole request, as it is reckoned: so many that it fits into them."""
    return ceil((_fixed(request) + sum(map(_bytes, request.messages))) / BYTES_PER_TOKEN)


def room_of(context_tokens: int, output_tokens: int | None) -> int:
    """Tokens that a request may have."""
    return context_tokens - (output_tokens or min(MOST_RESERVED, round(context_tokens * RESERVED_SHARE)))


def fitted(request: ChatRequest, tokens: int) -> ChatRequest:
    """The request within that many tokens, or as short as it can be: the question, its calls and corrections stay whole."""
    room = tokens * BYTES_PER_TOKEN - _fixed(request)
    messages = list(request.messages)
    if sum(map(_bytes, messages)) <= room:
        return request
    earlier, current = _parted(messages)
    earlier = _without_old(earlier, room - sum(map(_bytes, current)))
    return replace(request, messages=[*earlier, *_with_short_results(current, room - sum(map(_bytes, earlier)))])


def _fixed(request: ChatRequest) -> int:
    """Bytes of what is in every request: the system prompt, the tools and the context block."""
    return fixed_bytes(request.tools) + len(context(request).encode())


def fixed_bytes(tools: Sequence[Mapping[str, Any]]) -> int:
    """Of the system prompt and the tools."""
    return len(SYSTEM.encode()) + len(json.dumps(list(tools)).encode())


def _bytes(message: ChatMessage) -> int:
    calls = json.dumps(message["tool_calls"]) if "tool_calls" in message else ""
    return len(message["content"].encode()) + len(calls.encode()) + _MESSAGE_BYTES


def _parted(messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], list[ChatMessage]]:
    """The turns before the question, and what belongs to it."""
    asked = max((index for index, one in enumerate(messages) if one["role"] == "user"), default=0)
    return list(messages[:asked]), list(messages[asked:])


def _without_old(messages: list[ChatMessage], room: float) -> list[ChatMessage]:
    """First without the calls of earlier turns and their results, then without whole turns, the oldest first."""
    turns = _turns(messages)
    for index, turn in enumerate(turns):
        if sum(_bytes(one) for kept in turns for one in kept) <= room:
            break
        turns[index] = [one for one in turn if one["role"] != "tool" and "tool_calls" not in one]
    while turns and sum(_bytes(one) for kept in turns for one in kept) > room:
        del turns[0]
    return [one for turn in turns for one in turn]


def _turns(messages: Sequence[ChatMessage]) -> list[list[ChatMessage]]:
    """Each begins with a person's question."""
    turns: list[list[ChatMessage]] = []
    for message in messages:
        if message["role"] == "user" or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _with_short_results(messages: list[ChatMessage], room: float) -> list[ChatMessage]:
    """The results share what is left: what is shorter than its share stays whole."""
    results = sorted((one for one in messages if one["role"] == "tool"), key=_bytes)
    left = room - sum(_bytes(one) for one in messages if one["role"] != "tool")
    short: dict[int, ChatMessage] = {}
    for done, one in enumerate(results):
        share = max(_SHORTEST_RESULT, left / (len(results) - done))
        short[id(one)] = one if _bytes(one) <= share else _cut(one, share)
        left -= _bytes(short[id(one)])
    return [short.get(id(one), one) for one in messages]


def _cut(message: ChatMessage, share: float) -> ChatMessage:
    return {**message, "content": cut_at_rows(message["content"], round(share) - _MESSAGE_BYTES)}


def cut_at_rows(text: str, most_bytes: int) -> str:
    """The first rows of a result, whole, and how many are missing; its first line stays in any case."""
    lines = text.split("\n")
    note = "({} more lines left out: the conversation is too long; ask for less)"
    kept, used = 1, len(lines[0].encode()) + len(note) + len(str(len(lines)))
    for line in lines[1:]:
        used += len(line.encode()) + 1
        if used > most_bytes:
            break
        kept += 1
    if kept == len(lines):
        return text
    return "\n".join([*lines[:kept], note.format(len(lines) - kept)])
