"""What a server said before it ended, in an operator's language where we know what it means."""

from interfaces.embedded.home import Home

_FULL_MB = 5


def explain(last_words: str, home: Home) -> str:
    """One or two sentences."""
    lowered = last_words.lower()
    if full := full_disk(last_words, home):
        return full
    if "cannot allocate memory" in lowered or "outofmemoryerror" in lowered:
        return f"The machine or its share of memory is used up. It said: {last_words}"
    if "address already in use" in lowered:
        return "Another program took its port."
    return f"It said: {last_words}" if last_words else "It said nothing; it may have been killed."


def full_disk(words: str, home: Home) -> str | None:
    """A sentence where the disk is full. It is looked at as well, since a server cannot log it there."""
    if "no space left on device" in words.lower() or home.free_mb() < _FULL_MB:
        return f"The disk of {home.folder} is full. Make room there."
    return None
