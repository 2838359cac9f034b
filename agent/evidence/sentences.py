"""Where the sentences of a draft begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences and lines of a draft begin and end; a point within a number, an abbreviation or a name ends none."""
    start = 0
    for match in _END.finditer(text):
        if match.end() - start > 1:
            yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def complete(text: str) -> int:
    """Where the last sentence ends that is surely over, whatever comes after; 0 where none is."""
    ends = [match.end() for match in _END.finditer(text)]
    return next((end for end in reversed(ends) if end < len(text) or text[end - 1].isspace()), 0)


_END = re.compile(
    r"(?<!\bno)(?<!\bnr)(?<!\bca)(?<!\bNr)(?<!\bNo)(?<!\bz\.B)(?<!\bapprox)(?<!\d)[.!?](?!(?:(?<=(?:Jan|Feb|Aug|Okt|Nov|Dez)\.)|(?<=Sept\.))\s+\d)[\"”’)*_]*(?=\s|$)\s*|(?<=\d)\.(?=\s+[A-ZÄÖÜÁÉÍÓÚ¿¡])(?!\s+(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))\s*|\n+|(?<=[!?])\s+"
)
