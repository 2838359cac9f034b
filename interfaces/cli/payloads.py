"""A message's bytes for people: JSON laid out, other text as it is, anything else as a hex dump."""

import json

SHOWN_BYTES = 4096
_WIDTH = 16


def readable(payload: bytes, limit: int = SHOWN_BYTES) -> str:
    """At most the first ``limit`` bytes, with a last line that says how many there are in all."""
    if not payload:
        return "(empty)"
    part = payload[:limit]
    text = _document(payload) if len(payload) <= limit else None
    text = text or _text(part, whole=len(part) == len(payload)) or _dump(part)
    return text if len(part) == len(payload) else f"{text}\n… {len(payload):,} bytes in all"


def _document(payload: bytes) -> str | None:
    try:
        document = json.loads(payload)
        text = json.dumps(document, indent=2, ensure_ascii=False)
        return text if _is_plain(text) else json.dumps(document, indent=2)
    except (ValueError, RecursionError):
        return None


def _text(part: bytes, *, whole: bool) -> str | None:
    try:
        text = part.decode()
    except UnicodeDecodeError as error:
        if whole or error.start < len(part) - 3:  # a character may be cut in two at the end
            return None
        text = part[: error.start].decode()
    return text if _is_plain(text) else None


def plain(text: str) -> str:
    """On one line, and with nothing in it that a terminal would obey."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _is_plain(text: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in text)


def _dump(part: bytes) -> str:
    lines: list[str] = []
    for start in range(0, len(part), _WIDTH):
        row = part[start : start + _WIDTH]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:06x}  {row.hex(' '):<{_WIDTH * 3 - 1}}  {shown}")
    return "\n".join(lines)
