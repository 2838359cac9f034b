"""What one endpoint is given: time, attempts and sizes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``silence_s`` is the longest wait for the next piece of a reply, ``answer_s`` bounds a reply as a whole, retries included.

    ``context_tokens`` is what a request and its reply may have together; None: what the endpoint tells. ``output_tokens`` bounds a reply;
    None: what the endpoint thinks fit.
    """

    silence_s: float = 60
    answer_s: float = 120
    retries: int = 2
    context_tokens: int | None = None
    output_tokens: int | None = None
