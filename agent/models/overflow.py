"""Whether an endpoint refuses a request because it is too long, and what it says of the sizes.

OpenAI: ``context_length_exceeded``. llama.cpp: ``exceed_context_size_error`` with ``n_prompt_tokens`` and ``n_ctx``, or "Context size has
been exceeded." in mid-stream. vLLM, SGLang: "maximum context length is N tokens. However, …". LM Studio, gateways: sentences of their own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from openai import APIError

_CODES = {"context_length_exceeded", "exceed_context_size_error"}
_SAID = re.compile(
    r"maximum context length|context (size|length|window)\)? (has been |is |was )?(exceeded|full)"
    r"|exceeds? (the )?(available |model'?s? |maximum )*(context|sequence)|(prompt|input) is too long"
    r"|(greater|longer|larger) than the (model'?s? )?(maximum )?context|max_tokens must be at least 1, got -"
    r"|context the overflows",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"(?:maximum context length is|available context size \(|context length of only) ?(\d+)", re.IGNORECASE
)
_PROMPT = re.compile(
    r"request \((\d+) tokens\)|\((\d+) in the messages|(?:has|contains at least|you requested) (\d+) (?:input )?tokens",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Overflow:
    """Tokens, where they were told."""

    prompt: int | None = None
    context: int | None = None


def overflow(error: APIError) -> Overflow | None:
    """None where something else is wrong."""
    given: object = error.body
    body = cast(Mapping[str, Any], given) if isinstance(given, Mapping) else dict[str, Any]()
    text = f"{body.get('message') or ''} {error.message}"
    if not ({str(body.get("code")), str(body.get("type")), str(error.code)} & _CODES or _SAID.search(text)):
        return None
    return Overflow(
        _whole(body.get("n_prompt_tokens")) or _first(_PROMPT, text),
        _whole(body.get("n_ctx")) or _first(_CONTEXT, text),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return next((int(group) for group in found.groups() if group), None) if found else None
